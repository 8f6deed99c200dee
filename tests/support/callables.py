"""The parameters of every public callable of the constructs, from their signatures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, NamedTuple, get_type_hints

import cdk_clickstream

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
