"""JSON in and out, with the standard library's C scanner and encoder built once.

Both are called directly because ``json.loads`` and ``json.dumps`` with options build new ones at each call, which
costs about as much as the work on a small event.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

REPLACEMENT = "\ufffd"
"""What stands for text that UTF-8 cannot carry: a lone surrogate, a byte that was not UTF-8."""


_SURROGATE = "[\ud800-\udfff]"


def _unknown_type(value: object) -> object:
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def _make_encoder() -> Callable[[Any], str]:
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # an interpreter without the C accelerator
        return json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")).encode
    encode = make(None, _unknown_type, json.encoder.encode_basestring, None, ":", ",", False, False, False)
    join = "".join

    def compact(value: Any) -> str:
        return join(encode(value, 0))

    return compact


compact = _make_encoder()
"""Compact JSON text of a value; raises ``ValueError`` for NaN and infinity, ``RecursionError`` when too deep."""

quote: Callable[[str], str] = json.encoder.encode_basestring
"""A text as JSON text, quotes included; what is not ASCII stays as it is."""


def fragment(value: Any) -> str:
    """As ``compact``, faster for the values that most columns have."""
    kind = value.__class__
    return quote(value) if kind is str else str(value) if kind is int else compact(value)


def utf8_members(members: str) -> tuple[bytes, bool]:
    """The members of a JSON object, without its braces, in UTF-8, and whether text had to be mended for it.

    A lone surrogate, or a byte that was no UTF-8, cannot be written to a column.
    """
    try:
        return members.encode(), False
    except UnicodeEncodeError:
        # Names of a map may become equal, and a reader may refuse an object that has one twice.
        return compact(without_surrogates(scan(f"{{{members}}}", 0)[0]))[1:-1].encode(), True


Scan = Callable[[str, int], tuple[Any, int]]


def _scanner(decoder: json.JSONDecoder) -> Scan:
    return cast("Scan", vars(decoder)["scan_once"])


scan = _scanner(json.JSONDecoder())
"""``scan(text, start) -> (value, end)``; raises ``StopIteration``, ``ValueError`` or ``RecursionError``."""


def _lenient_int(digits: str) -> int | float:
    # The interpreter refuses to convert more than 4,300 digits; such a number fits no column, and infinity says so.
    try:
        return int(digits)
    except ValueError:
        return math.inf if digits[0] != "-" else -math.inf


scan_huge_numbers = _scanner(json.JSONDecoder(parse_int=_lenient_int))
"""As ``scan``, for texts with an integer that ``int`` refuses; slower on every integer."""


def scan_value(text: str, start: int) -> tuple[Any, int]:
    """The JSON value at ``start`` and where it ends, integers of any length included.

    Raises ``json.JSONDecodeError``, ``StopIteration`` (no value begins there) or ``RecursionError``.
    """
    try:
        return scan(text, start)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return scan_huge_numbers(text, start)


def without_surrogates(value: Any) -> Any:
    """The value with every lone surrogate replaced by U+FFFD, in keys too; equal ones get ``_`` appended."""
    if isinstance(value, str):
        return value if value.isascii() else re.sub(_SURROGATE, REPLACEMENT, value)
    if isinstance(value, dict):
        clean: dict[str, Any] = {}
        names = UnusedNames(clean, "_")
        for key, item in value.items():
            clean[names.of(without_surrogates(key))] = without_surrogates(item)
        return clean
    if isinstance(value, list):
        return [without_surrogates(item) for item in value]
    return value


def without_nonfinite(value: Any) -> Any:
    """The value with every NaN and infinity replaced by null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: without_nonfinite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nonfinite(item) for item in value]
    return value


class UnusedNames:
    """Finds names that an object does not have yet.

    A name that is taken gets a suffix, then the suffix and 2, 3 and so on; the counts are kept, so that a thousand
    equal names cost a thousand steps.
    """

    __slots__ = ("_counts", "_suffix", "_taken")

    def __init__(self, taken: Mapping[str, Any], suffix: str) -> None:
        self._taken = taken
        self._suffix = suffix
        self._counts: dict[str, int] = {}

    def of(self, name: str) -> str:
        """The name, with a suffix where it is taken."""
        if name not in self._taken:
            return name
        count = self._counts.get(name, 0)
        unused = name
        while unused in self._taken:
            count += 1
            unused = f"{name}{self._suffix}{count if count > 1 else ''}"
        self._counts[name] = count
        return unused
