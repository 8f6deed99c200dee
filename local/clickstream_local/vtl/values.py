"""Java's view of values: how they print, what equals what, and the collections that JSON does not have.

A template works on what JSON gives (``dict``, ``list``, ``str``, ``int``, ``float``, ``bool``, None) and on what it
makes itself. A plain ``list`` is json-smart's ``JSONArray``, which prints as JSON; the lists of the language are
``ArrayList``, which print as ``[a, b]``. A ``dict`` is a ``LinkedHashMap``, which prints as ``{a=1, b=2}``.
(facts/api-gateway.md#mapping-templates: maps print Java-style, lists as JSON, maps inside lists as JSON.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, TypeGuard

from clickstream_local.vtl.json_text import list_text, scalar_text


class ArrayList(list[Any]):
    """``java.util.ArrayList``: list literals, ranges, ``subList``."""


class ContextMap(dict[str, Any]):
    """A map that the service itself puts into ``$context``: printed whole it is nothing, as recorded on AWS."""


class Collection(list[Any]):
    """What ``keySet``, ``values`` and ``entrySet`` give: iterable and printable, but without an index."""


class StringArray(list[Any]):
    """``String[]``, what ``split`` gives. Velocity lets it be used like a list."""


class Character(str):
    """``java.lang.Character``, what ``charAt`` gives: prints like a string, but is not one."""

    __slots__ = ()


class MapEntry:
    """``java.util.Map.Entry``."""

    __slots__ = ("_map", "key")

    def __init__(self, mapping: dict[Any, Any], key: object) -> None:
        self._map = mapping
        self.key = key

    @property
    def value(self) -> Any:
        """The value that the map holds now."""
        return self._map.get(self.key)

    def set_value(self, value: object) -> Any:
        """Replace the value in the map; returns the old one."""
        old = self.value
        self._map[self.key] = value
        return old

    def __str__(self) -> str:
        return f"{java_text(self.key)}={java_text(self.value)}"


def to_text(value: object) -> str:
    """What ``String.valueOf`` gives; None is the empty string, as API Gateway prints an unresolved reference."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if value is None:
        return ""
    return str(value) if kind is int else java_text(value)


def java_text(value: object) -> str:
    """``String.valueOf``: None is ``null``."""
    if isinstance(value, ContextMap):
        return ""
    if isinstance(value, dict):
        return "{" + ", ".join([f"{java_text(k)}={java_text(v)}" for k, v in value.items()]) + "}"
    if isinstance(value, ArrayList | Collection):
        return "[" + ", ".join([java_text(item) for item in value]) + "]"
    if isinstance(value, StringArray):
        return f"[Ljava.lang.String;@{id(value) & 0xFFFFFFF:x}"
    if isinstance(value, list):
        return list_text(value)
    return scalar_text(value)


def is_number(value: object) -> TypeGuard[float]:
    """Whether Java would call it a ``Number``; a boolean is not one."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def java_equals(left: object, right: object) -> bool:
    """``left.equals(right)``: numbers of different types differ, collections compare item by item."""
    if left is None or right is None:
        return left is right
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and len(left) == len(right)
            and all(key in right and java_equals(item, right[key]) for key, item in left.items())
        )
    if isinstance(left, list) and not isinstance(left, StringArray):
        return (
            isinstance(right, list)
            and isinstance(left, Collection) == isinstance(right, Collection)
            and len(left) == len(right)
            and all(map(java_equals, left, right))
        )
    if isinstance(left, str | int | float):
        return type(left) is type(right) and left == right
    return left is right


def loosely_equal(left: object, right: object) -> bool:
    """The ``==`` of a template.

    Numbers compare by value, values of one type by ``equals``, others by what they print. None, which is the result of
    arithmetic that has none, equals only itself.
    """
    if type(left) is str and type(right) is str:
        return left == right
    if left is None or right is None:
        return left is right
    if is_number(left) and is_number(right):
        return compare(left, right) == 0
    if type(left) is type(right) or (isinstance(left, list) and isinstance(right, list)):
        return java_equals(left, right)
    return java_text(left) == java_text(right)


def compare(left: float, right: float) -> int:
    """-1, 0 or 1 for two numbers; a whole number is compared to a fraction as a ``double``."""
    if isinstance(left, float) or isinstance(right, float):
        left, right = _double(left), _double(right)
    return (left > right) - (left < right)


def _is_string(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Character)


def _double(value: float) -> float:
    """``doubleValue()``: what does not fit is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def items(value: object) -> Iterator[Any] | None:
    """What ``#foreach`` runs over: the items of a collection, the values of a map; None for anything else."""
    if isinstance(value, list):
        return iter(value)
    if isinstance(value, dict):
        return iter(value.values())
    return None


def add(left: object, right: object) -> object:
    """``+``: a sum, or both sides' text behind each other when one of them is a string."""
    if _is_string(left) or _is_string(right):
        return to_text(left) + to_text(right)
    return arithmetic("+", left, right)


def arithmetic(operator: str, left: Any, right: Any) -> object:
    """An operation on two numbers; None when a side is not a number or the divisor is zero.

    Whole numbers stay whole: a division is cut towards zero, a remainder has the sign of the dividend.
    """
    if not (is_number(left) and is_number(right)):
        return None
    whole = isinstance(left, int) and isinstance(right, int)
    if not whole:
        left, right = _double(left), _double(right)
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if right == 0:
        return None
    if not whole:
        return left / right if operator == "/" else math.fmod(left, right)
    quotient = abs(left) // abs(right)
    if (left < 0) != (right < 0):
        quotient = -quotient
    return quotient if operator == "/" else left - quotient * right
