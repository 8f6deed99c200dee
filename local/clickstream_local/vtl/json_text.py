r"""JSON in, and JSON out in json-smart's spelling: ``1.0E21``, ``\u2028`` escaped, no spaces.

orjson does the work where its spelling is the same; a scan of its output finds the cases where it may not be.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any, Final, NoReturn

import orjson

from clickstream_local.vtl.lenient_json import parse_leniently

# A run of 19 digits may be a number that orjson turns into a fraction. Two passes in C are faster than a pattern.
_DIGITS_AS_ZERO: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER: Final = b"0" * 19
# json-smart escapes these beyond what JSON needs. In UTF-8 they all begin with one of two bytes.
_ODD_CHARACTER: Final = re.compile("[\x80-\x9f\u2000-\u20ff]")
_EXPONENT: Final = re.compile(rb"0e[+-]?0+(?:[,}\]]|\Z)")
_NO_FRACTION: Final = frozenset((str, int, bool, type(None)))
_JSON_KINDS: Final = _NO_FRACTION | {float, dict, list}
_ESCAPED: Final = re.compile('["\\\\\x00-\x1f\x7f-\x9f\u2000-\u20ff]')
_ESCAPED_SLASH: Final = re.compile('["\\\\/\x00-\x1f\x7f-\x9f\u2000-\u20ff]')
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def parse(text: str) -> Any:
    """A JSON text as values, read permissively. Whole numbers of any size stay exact.

    Raises
    ------
    ValueError
        The text is not JSON, even to :func:`~clickstream_local.vtl.lenient_json.parse_leniently`; says where.
    """
    data = text.encode("utf-8", "surrogatepass")
    if _LONG_NUMBER not in data.translate(_DIGITS_AS_ZERO):
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            pass  # lone surrogates and deep nesting are JSON, though not to orjson
    try:
        return _parse_any(text)
    except RecursionError as error:
        raise ValueError("JSON is nested too deeply") from error


def _parse_any(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError:
        return parse_leniently(text)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def to_json(value: object) -> str:
    """What ``$input.json`` prints."""
    try:
        data = orjson.dumps(value)
    except TypeError:
        return "".join(_pieces(value, _ESCAPED))
    if b"\\u" in data or b"\x7f" in data or (_odd_number_possible(data) and not _same_numbers(value)):
        return "".join(_pieces(value, _ESCAPED))
    text = data.decode()
    if (b"\xc2" in data or b"\xe2" in data) and _ODD_CHARACTER.search(text):
        return "".join(_pieces(value, _ESCAPED))
    return text


def _odd_number_possible(data: bytes) -> bool:
    """A quick look for what Java spells with an exponent, or orjson does; right when it says no."""
    zeros = data.translate(_DIGITS_AS_ZERO)
    return b"0.00" in data or b"00000000." in zeros or _EXPONENT.search(zeros) is not None


def _same_numbers(value: Any) -> bool:
    """Whether orjson spells every number of a value as Java does; unknown kinds of value count as not."""
    waiting: list[Iterable[Any]] = [(value,)]
    while waiting:
        values = waiting.pop()
        kinds = set(map(type, values))
        if kinds <= _NO_FRACTION:
            continue
        if not kinds <= _JSON_KINDS:
            return False
        if float in kinds and any(type(item) is float and item != 0 and not 1e-3 <= abs(item) < 1e7 for item in values):
            return False
        if dict in kinds:
            waiting.extend([item.values() for item in values if type(item) is dict])
        if list in kinds:
            waiting.extend([item for item in values if type(item) is list])
    return True


def list_text(value: list[Any]) -> str:
    """What a JSON array prints as: JSON with ``/`` escaped."""
    return "".join(_pieces(value, _ESCAPED_SLASH))


def _pieces(value: Any, escaped: re.Pattern[str]) -> list[str]:
    """The text of a value, in parts."""
    out: list[str] = []

    def write(value: Any) -> None:
        if isinstance(value, str):
            out.append(_quoted(value, escaped))
        elif value is None:
            out.append("null")
        elif isinstance(value, dict):
            separator = "{"
            for key, item in value.items():
                out.append(f"{separator}{_quoted(scalar_text(key), escaped)}:")
                write(item)
                separator = ","
            out.append("}" if value else "{}")
        elif isinstance(value, list):
            separator = "["
            for item in value:
                out.append(separator)
                write(item)
                separator = ","
            out.append("]" if value else "[]")
        elif isinstance(value, float) and not math.isfinite(value):
            out.append("null")
        elif isinstance(value, int | float):
            out.append(scalar_text(value))
        else:
            out.append(_quoted(str(value), escaped))

    write(value)
    return out


def _quoted(text: str, escaped: re.Pattern[str]) -> str:
    return '"' + escaped.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character) or f"\\u{ord(character):04X}"


def scalar_text(value: object) -> str:
    """``String.valueOf`` of anything but a collection."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return java_double(value) if isinstance(value, float) else str(value)


def java_double(value: float) -> str:
    """``Double.toString``: a fraction always has a point, and an exponent below 0.001 and from ten million on.

    Java writes two digits at least, and takes the two that are nearest: 4.9E-324 where Python has 5e-324.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    mantissa, _, exponent = repr(value).partition("e")
    sign = "-" if value < 0 else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = whole + fraction
    significant = digits.lstrip("0")
    two_digits = f"{abs(value):.1e}"
    if len(significant.rstrip("0")) == 1 and float(two_digits) == abs(value):
        nearest, _, power_of_ten = two_digits.partition("e")
        return f"{sign}{nearest}E{int(power_of_ten)}"
    power = int(exponent or 0) + len(whole) - 1 - (len(digits) - len(significant))
    return f"{sign}{significant[0]}.{significant[1:].rstrip('0') or '0'}E{power}"
