"""Every public callable of the constructs refuses an argument of the wrong type, by its name.

The cases come from the signatures, so that a new option is covered by itself.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import pytest
from aws_cdk import aws_iam as iam

import cdk_clickstream
from cdk_clickstream import ConfigurationError


class _OtherEnum(Enum):
    OTHER = "other"


WRONG: tuple[Any, ...] = (
    object(),
    lambda event: event,
    _OtherEnum.OTHER,
    None,
    True,
    7,
    7.5,
    "text",
    [object()],
    {"name": object()},
    {7: "text"},
)
HOOKS = ("EventSource",)
"""A base class that sources implement; users make sources by ``Source``."""


class Parameter(NamedTuple):
    call: Callable[..., Any]
    name: str
    hint: Any
    place: int | None
    """Of a parameter that callers cannot name, such as ``*actions`` after the grantee."""


def parameters() -> Iterator[tuple[str, Parameter]]:
    for class_name in cdk_clickstream.__all__:
        cls = getattr(cdk_clickstream, class_name)
        if issubclass(cls, Enum | Exception) or class_name in HOOKS:
            continue
        for name, member in vars(cls).items():
            if name.startswith("_") and name != "__init__":
                continue
            is_static = isinstance(member, classmethod | staticmethod)
            function = member.__func__ if is_static else member
            if not inspect.isfunction(function):
                continue
            hints = get_type_hints(function)
            names = list(inspect.signature(function).parameters.values())
            for one in names if isinstance(member, staticmethod) else names[1:]:
                call = cls if name == "__init__" else getattr(cls, name)
                place = names.index(one) - 1 if one.kind is one.VAR_POSITIONAL else None
                if not is_static and name != "__init__":
                    call = _of_any_object(call)
                yield f"{class_name}.{name}({one.name})", Parameter(call, one.name, hints[one.name], place)


def _of_any_object(method: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments, **options: method(object(), *arguments, **options)


def takes(hint: Any, value: Any) -> bool:
    """Whether a value of :data:`WRONG` is right for a hint; written apart from the gate."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in (Any, object):
        return True
    if origin in (Union, UnionType):
        return any(takes(one, value) for one in arguments)
    if hint is NoneType:
        return value is None
    if origin is Literal:
        return any(value is one for one in arguments)
    if origin in (Sequence, tuple):
        return False
    if origin in (Mapping, dict):
        key, item = arguments
        return isinstance(value, dict) and all(takes(key, k) and takes(item, v) for k, v in value.items())
    if callable(value) and origin is not None:
        return True
    if hint is float:
        return type(value) in (int, float)
    return type(value) is hint


PARAMETERS = dict(parameters())


@pytest.mark.parametrize("place", PARAMETERS)
def test_an_argument_of_the_wrong_type_is_refused_by_its_name(place: str) -> None:
    one = PARAMETERS[place]
    for value in WRONG:
        if takes(one.hint, value):
            continue
        before = [iam.AccountRootPrincipal()] * (one.place or 0)
        arguments, options = ([], {one.name: value}) if one.place is None else ([*before, value], {})
        with pytest.raises(ConfigurationError, match=rf"\b{re.escape(one.name)}\b") as refused:
            one.call(*arguments, **options)
        assert "must be" in str(refused.value)
        assert "Pass " in str(refused.value)
        assert " at 0x" not in str(refused.value)


def test_the_signatures_are_seen() -> None:
    """The test above would pass over an empty list."""
    assert len(PARAMETERS) > 250
    assert {"ClickstreamPipeline.__init__(auth)", "Transform.click(dedupe)", "Source.kinesis(shards)"} <= set(
        PARAMETERS
    )
