"""Every public callable of the constructs refuses an argument of the wrong type, by its name.

The cases come from the signatures, so that a new option is covered by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from aws_cdk import aws_iam as iam

from cdk_clickstream import ConfigurationError
from support.callables import parameters


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
