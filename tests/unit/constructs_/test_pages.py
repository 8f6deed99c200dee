"""What the pages on costs and on existing parts name is what there is."""

from __future__ import annotations

import inspect
import re

import pytest

import cdk_clickstream
from support.checkout import CHECKOUT

PAGES = {name: (CHECKOUT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("cost", "existing")}
CALL = re.compile(r"(?<![.\w])([A-Z][A-Za-z]+)(?:\.([a-z]\w*))?\(")


def code_of(page: str) -> list[str]:
    return re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", page, flags=re.DOTALL | re.MULTILINE))


def parameters() -> set[str]:
    """Names of the parameters of everything public."""
    things = [getattr(cdk_clickstream, name) for name in cdk_clickstream.__all__]
    functions = [one for thing in things for _, one in inspect.getmembers(thing, callable) if not isinstance(one, type)]
    return {name for one in functions for name in getattr(one, "__annotations__", {})}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_each_class_and_method_on_the_page_exists(page: str) -> None:
    named = {call for code in code_of(page) for call in CALL.findall(code)}
    assert len(named) > 10
    for word, method in named:
        thing = getattr(cdk_clickstream, word)
        assert not method or callable(getattr(thing, method)), (word, method)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_each_option_on_the_page_exists(page: str) -> None:
    named = {option for code in code_of(page) for option in re.findall(r"(?<!\w)([a-z]\w*)=", code)}
    assert len(named) > 10
    of_the_cdk = {"use_precreated_roles"}
    assert named - parameters() <= of_the_cdk
