"""The methods of strings, numbers and booleans."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from clickstream_local.vtl.errors import MethodError
from clickstream_local.vtl.java_regex import pattern, replacement
from clickstream_local.vtl.methods import Overloads, register
from clickstream_local.vtl.values import Character, StringArray, compare, java_text


def _units(text: str) -> str:
    """The text in UTF-16 units, which is how Java counts; the same text when it has none beyond U+FFFF."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join([chr(low | high << 8) for low, high in zip(data[::2], data[1::2], strict=True)])


def _joined(units: str) -> str:
    """The opposite of ``_units``."""
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _substring(text: str, first: int, last: int | None = None) -> str:
    units = _units(text)
    end = len(units) if last is None else last
    if not 0 <= first <= end <= len(units):
        raise MethodError(f"substring: begin {first}, end {end}, length {len(units)}")
    return _joined(units[first:end])


def _char_at(text: str, index: int) -> str:
    units = _units(text)
    if not 0 <= index < len(units):
        raise MethodError(f"charAt: index {index}, length {len(units)}")
    return Character(units[index])


def _index_of(text: str, part: str | int, start: int = 0) -> int:
    return _units(text).find(_needle(part), max(start, 0))


def _last_index_of(text: str, part: str | int) -> int:
    return _units(text).rfind(_needle(part))


def _needle(part: str | int) -> str:
    return _units(chr(part) if isinstance(part, int) else part)


def _comparable(value: object, other: object) -> None:
    """Java compares values of one class only."""
    if type(value) is not type(other):
        raise MethodError(f"cannot compare a {type(value).__name__} to a {type(other).__name__}")


def _compare_to(left: str, right: str) -> int:
    _comparable(left, right)
    left, right = _units(left), _units(right)
    for one, other in zip(left, right, strict=False):
        if one != other:
            return ord(one) - ord(other)
    return len(left) - len(right)


def _split(text: str, regex: str, limit: int = 0) -> StringArray:
    """Java's split: no empty string at the end unless a limit asks for it, none at the start from an empty match."""
    parts: list[str] = []
    start = 0
    for found in pattern(regex).finditer(text):
        if limit > 0 and len(parts) == limit - 1:
            break
        if found.end() == 0 or (found.start() == found.end() == len(text)):
            continue
        parts.append(text[start : found.start()])
        start = found.end()
    if not parts:
        return StringArray([text])
    parts.append(text[start:])
    if limit == 0:
        while parts and not parts[-1]:
            parts.pop()
    return StringArray(parts)


def _starts_with(text: str, part: str, offset: int = 0) -> bool:
    return offset >= 0 and _units(text).startswith(_units(part), offset)


def _trim(text: str) -> str:
    return text.strip("".join(map(chr, range(33))))


def _parse_int(_: object, text: str) -> int:
    if re.fullmatch(r"[+-]?[0-9]+", text) is None:
        raise MethodError("the argument is not a whole number")
    return int(text)


def _parse_double(_: object, text: str) -> float:
    if re.fullmatch(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[fFdD]?\s*", text) is None:
        raise MethodError("the argument is not a number")
    return float(text.strip().rstrip("fFdD"))


def _compare_numbers(value: float, other: float) -> int:
    _comparable(value, other)
    return compare(value, other)


def _to_int(value: float) -> int:
    return int(value) if math.isfinite(value) else 0


@lru_cache(maxsize=512)
def _replacer(regex: str, new: str, count: int) -> Callable[[str], str]:
    substitute, by = pattern(regex).sub, replacement(new)
    return lambda text: substitute(by, text, count)


def _replace_regex(count: int) -> Callable[[str, str, str], str]:
    def replace(text: str, regex: str, new: str) -> str:
        try:
            return _replacer(regex, new, count)(text)
        except re.error as error:
            raise MethodError(f"the replacement {new!r:.80}: {error}") from error

    return replace


_STRING: Final[dict[str, Overloads]] = {
    "length": (("", lambda text: len(_units(text))),),
    "isEmpty": (("", lambda text: not text),),
    "charAt": (("i", _char_at),),
    "substring": (("i", _substring), ("ii", _substring)),
    "indexOf": (("s", _index_of), ("i", _index_of), ("si", _index_of), ("ii", _index_of)),
    "lastIndexOf": (("s", _last_index_of), ("i", _last_index_of)),
    "contains": (("s", lambda text, part: part in text),),
    "startsWith": (("s", _starts_with), ("si", _starts_with)),
    "endsWith": (("s", lambda text, part: text.endswith(part)),),
    "equalsIgnoreCase": (("s", lambda text, other: other is not None and text.casefold() == other.casefold()),),
    "compareTo": (("o", _compare_to),),
    "compareToIgnoreCase": (("s", lambda text, other: _compare_to(text.lower(), other.lower())),),
    "concat": (("s", lambda text, other: text + other),),
    "replace": (("ss", lambda text, old, new: text.replace(old, new)),),
    "replaceAll": (("ss", _replace_regex(0)),),
    "replaceFirst": (("ss", _replace_regex(1)),),
    "matches": (("s", lambda text, regex: pattern(regex).fullmatch(text) is not None),),
    "split": (("s", _split), ("si", _split)),
    "toLowerCase": (("", str.lower),),
    "toUpperCase": (("", str.upper),),
    "trim": (("", _trim),),
    "intern": (("", lambda text: text),),
    "valueOf": (("o", lambda _, value: java_text(value)),),
}

_NUMBER: Final[dict[str, Overloads]] = {
    "intValue": (("", _to_int),),
    "longValue": (("", _to_int),),
    "doubleValue": (("", float),),
    "compareTo": (("o", _compare_numbers),),
}

register(str, _STRING)
register(Character, {"compareTo": (("o", _compare_to),)})
register(
    int,
    {
        **_NUMBER,
        "parseInt": (("s", _parse_int),),
        "parseLong": (("s", _parse_int),),
        "valueOf": (("s", _parse_int), ("i", lambda _, value: value)),
    },
)
register(
    float,
    {
        **_NUMBER,
        "isNaN": (("", math.isnan),),
        "isInfinite": (("", math.isinf),),
        "parseDouble": (("s", _parse_double),),
        "valueOf": (("s", _parse_double),),
    },
)
register(
    bool,
    {
        "booleanValue": (("", bool),),
        "compareTo": (("o", _compare_numbers),),
        "parseBoolean": (("s", lambda _, text: text is not None and text.lower() == "true"),),
    },
)
