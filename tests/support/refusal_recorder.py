"""A pytest plugin that writes down what each check did: ``-p refusal_recorder``.

It wraps the functions of :mod:`cdk_clickstream._validation` in every module that calls them, runs only the tests that
speak of refusals, and writes the call sites to the file that ``CLICKSTREAM_REFUSALS`` names: ``room/module.py:line`` to
what was seen there.
"""

from __future__ import annotations

import inspect
import json
import os
import pkgutil
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import cdk_clickstream
from cdk_clickstream import ConfigurationError, _validation

FILE_VARIABLE = "CLICKSTREAM_REFUSALS"
REFUSES, BELOW, ABOVE = "refuses", "refuses the next below", "refuses the next above"
LOWEST, HIGHEST = "takes the lowest", "takes the highest"

_SPEAKS_OF_REFUSALS = re.compile("refus|ConfigurationError")
_LIBRARY = Path(cdk_clickstream.__file__).parent
_seen: dict[str, set[str]] = defaultdict(set)


def recorded(check: Callable[..., Any], outcomes: Callable[[Any, bool], Iterable[str]]) -> Callable[..., Any]:
    """Return the check, which notes at its caller's line what came of it."""

    def wrapper(*arguments: Any) -> Any:
        caller = sys._getframe(1)
        code = caller.f_code
        line, *_ = list(code.co_positions())[caller.f_lasti // 2]
        site = _seen[f"{Path(code.co_filename).relative_to(_LIBRARY)}:{line}"]
        try:
            result = check(*arguments)
        except ConfigurationError:
            site.update(outcomes(arguments, True))
            raise
        site.update(outcomes(arguments, False))
        return result

    return wrapper


def _refusal(_: Any, refused: bool) -> Iterable[str]:
    return [REFUSES] if refused else []


def _edge(arguments: Any, refused: bool) -> Iterable[str]:
    """On which side a refused value lay, if it was not farther off than one unit; which limit a taken one was."""
    _, value, lowest, highest, *_ = arguments
    if refused:
        return [BELOW] if lowest - 1 <= value < lowest else [ABOVE] if highest < value <= highest + 1 else []
    return [name for name, limit in ((LOWEST, lowest), (HIGHEST, highest)) if value == limit]


def pytest_configure() -> None:
    """Wrap the checks wherever they are called."""
    kinds = {"refuse": _refusal, "check_identifier": _refusal, "check_range": _edge}
    wrapped = {name: recorded(getattr(_validation, name), outcomes) for name, outcomes in kinds.items()}
    for module_info in pkgutil.walk_packages(cdk_clickstream.__path__, "cdk_clickstream."):
        module = import_module(module_info.name)
        for name in wrapped.keys() & vars(module).keys() if module is not _validation else ():
            setattr(module, name, wrapped[name])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that expect no refusal."""
    functions = {item: getattr(item, "function") for item in items}  # noqa: B009 - only functions are collected
    kept = [item for item in items if _SPEAKS_OF_REFUSALS.search(inspect.getsource(functions[item]))]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_sessionfinish() -> None:
    """Write what was seen."""
    Path(os.environ[FILE_VARIABLE]).write_text(
        json.dumps({site: sorted(seen) for site, seen in _seen.items()}), encoding="utf-8"
    )
