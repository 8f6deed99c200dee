"""The checks of single values: what a column of each type takes, mends or refuses.

A check returns the value as the column holds it, or None. It writes a reason into the report where the value is of the
wrong type (the event is rejected), and a flag where it was of the right type but out of bounds (the row goes on).
Flags and reasons name columns only: what a client chose, a map's key for instance, never gets into them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clickstream_transform.errors import EventRejectedError, Reason
from clickstream_transform.records.codec import compact, without_nonfinite
from clickstream_transform.timestamps import epoch_millis, format_millis, normalise_date, normalise_date_time, to_millis

_LARGEST = sys.float_info.max
MAX_REASONS = 20
"""Reasons that are told of one event."""


class Report:
    """What the checks found in one event; ``millis`` has the times among its columns, where they came as kept."""

    __slots__ = ("flags", "millis", "reasons", "refused")

    def __init__(self) -> None:
        self.flags: list[str] = []
        self.reasons: list[Reason] = []
        self.refused = 0
        self.millis: dict[str, int] = {}

    def flag(self, name: str) -> None:
        """Note something that was changed or doubted, once."""
        if name not in self.flags:
            self.flags.append(name)

    def refuse(self, path: str, rule: str, message: str) -> None:
        """Note a value that cannot be mended: the same reason once, and ``MAX_REASONS`` at most.

        An array may hold thousands of such values; ``refused`` counts them.
        """
        self.refused += 1
        known = self.reasons
        if len(known) < MAX_REASONS and all(reason.message != message or reason.path != path for reason in known):
            known.append(Reason(path, rule, message))

    def wrong_type(self, path: str, value: object, wanted: str) -> None:
        """Note a value of the wrong type."""
        self.refuse(path, "type", f"must be {wanted}, not {json_type(value)}")


Check = Callable[[Any, Report], Any]

_TYPE_NAMES: Mapping[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}
_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def json_type(value: object) -> str:
    """The JSON type of a value, with its article."""
    return _TYPE_NAMES[value.__class__]


def not_an_object(event: object) -> EventRejectedError:
    """The error of an event that is another JSON value than an object."""
    return EventRejectedError([Reason("", "type", f"must be an object, not {json_type(event)}")])


def make_check(path: str, given: Mapping[str, Any]) -> Check:
    """The check that data describe: ``kind`` is one of ``_KINDS``, the other members are the function's arguments.

    ``allowed`` beside them lists the only values that are taken.
    """
    arguments = dict(given)
    kind, allowed = arguments.pop("kind"), arguments.pop("allowed", None)
    if "item" in arguments:
        arguments["item"] = make_check(path, arguments["item"])
    if "members" in arguments:
        members = arguments["members"].items()
        arguments["members"] = {name: make_check(f"{path}.{name}", member) for name, member in members}
    check: Check = _KINDS[kind](path, **arguments)
    return check if allowed is None else one_of(path, allowed, check)


def string(
    path: str,
    max_length: int | None = None,
    min_length: int = 0,
    pattern: str | None = None,
    integers: bool = False,
) -> Check:
    """Text, cut to its maximum length; text that is too short or does not match becomes null.

    With ``integers``, a whole number becomes its digits, and is flagged.
    """

    def plain(value: Any, report: Report) -> Any:
        if value.__class__ is not str:
            if not integers or value.__class__ is not int:
                return report.wrong_type(path, value, "a string")
            report.flag(f"text:{path}")
            value = str(value)
        if max_length is not None and len(value) > max_length:
            report.flag(f"truncated:{path}")
            return value[:max_length]
        return value

    if not min_length and pattern is None:
        return plain

    matches = None if pattern is None else re.compile(pattern, re.ASCII).search

    def bounded(value: Any, report: Report) -> Any:
        if integers and value.__class__ is int:
            value = plain(value, report)
        if value.__class__ is str:
            if len(value) < min_length:
                return report.flag(f"length:{path}")
            # The whole text is judged, not what is left after cutting: EURO is no currency, and not EUR either.
            if matches is not None and matches(value) is None:
                return report.flag(f"pattern:{path}")
            if max_length is None or len(value) <= max_length:
                return value
        return plain(value, report)

    return bounded


def one_of(path: str, allowed: list[Any], check: Check) -> Check:
    """A value from a list; any other rejects the event."""

    def checked(value: Any, report: Report) -> Any:
        refused = report.refused
        kept = check(value, report)
        if report.refused == refused and value not in allowed:
            report.refuse(path, "enum", f"must be one of the schema's {len(allowed)} values")
        return kept

    return checked


def date_time(path: str) -> Check:
    """A time, brought to UTC; a text that is no time becomes null. A number is an epoch time, and is flagged."""

    def checked(value: Any, report: Report) -> Any:
        if value.__class__ is int or value.__class__ is float:
            millis = epoch_millis(value)
            if millis is None:
                return report.flag(f"range:{path}")
            report.flag(f"epoch:{path}")
            report.millis[path] = millis
            return format_millis(millis)
        if value.__class__ is not str:
            return report.wrong_type(path, value, "a date-time string or an epoch number")
        millis = to_millis(value)
        if millis is not None:
            report.millis[path] = millis
            return value  # what Date.toISOString() writes is the column's own format
        time, has_offset = normalise_date_time(value)
        if time is None:
            return report.flag(f"format:{path}")
        if not has_offset:
            report.flag(f"offset:{path}")
        return time

    return checked


def date_only(path: str) -> Check:
    """A date ``yyyy-MM-dd``; other text becomes null."""

    def checked(value: Any, report: Report) -> Any:
        if value.__class__ is not str:
            return report.wrong_type(path, value, "a date string")
        day = normalise_date(value)
        return day if day is not None else report.flag(f"format:{path}")

    return checked


def integer(path: str, low: int, high: int) -> Check:
    """A whole number from ``low`` to ``high``, 1.0 included; outside its range it becomes null."""

    def checked(value: Any, report: Report) -> Any:
        kind = value.__class__
        if kind is float:
            if value.is_integer():
                value = int(value)
            elif value - value == 0:
                report.refuse(path, "type", "must be an integer, not a fraction")
                return None
            else:
                return report.flag(f"range:{path}")
        elif kind is not int:
            return report.wrong_type(path, value, "an integer")
        return value if low <= value <= high else report.flag(f"range:{path}")

    return checked


def number(
    path: str,
    low: float = -_LARGEST,
    high: float = _LARGEST,
    above: float | None = None,
    below: float | None = None,
) -> Check:
    """A finite number from ``low`` to ``high``, greater than ``above``, less than ``below``; another becomes null."""

    def checked(value: Any, report: Report) -> Any:
        kind = value.__class__
        if kind is not float and kind is not int:
            return report.wrong_type(path, value, "a number")
        if not low <= value <= high or (above is not None and value <= above) or (below is not None and value >= below):
            return report.flag(f"range:{path}")
        return value

    return checked


def boolean(path: str) -> Check:
    """True or false and nothing that looks like them."""

    def checked(value: Any, report: Report) -> Any:
        return value if value.__class__ is bool else report.wrong_type(path, value, "a boolean")

    return checked


def array(path: str, item: Check, max_items: int | None = None, min_items: int = 0) -> Check:
    """A list, cut to its maximum length; a scalar is not wrapped, a null stays in its place."""

    def checked(value: Any, report: Report) -> Any:
        if value.__class__ is not list:
            return report.wrong_type(path, value, "an array")
        if len(value) < min_items:
            return report.flag(f"length:{path}")
        if max_items is not None and len(value) > max_items:
            report.flag(f"truncated:{path}")
            value = value[:max_items]
        return [None if one is None else item(one, report) for one in value]

    return checked


def struct(path: str, members: Mapping[str, Check], required: Sequence[str] = ()) -> Check:
    """An object with known members; an unknown one is dropped and flagged, without its name."""

    def checked(value: Any, report: Report) -> Any:
        if value.__class__ is not dict:
            return report.wrong_type(path, value, "an object")
        kept = {}
        for name, check in members.items():
            given = value.get(name)
            result = None if given is None else check(given, report)
            if result is not None:
                kept[name] = result
            elif name in required:
                report.refuse(f"{path}.{name}", "required", "is required, but missing or not usable")
        if any(name not in members for name in value):
            report.flag(f"unknown:{path}")
        return kept

    return checked


def mapping(path: str, item: Check) -> Check:
    """An object with members of one type; keys keep their case."""

    def checked(value: Any, report: Report) -> Any:
        if value.__class__ is not dict:
            return report.wrong_type(path, value, "an object")
        return {key: None if one is None else item(one, report) for key, one in value.items()}

    return checked


def json_text(path: str, type: str | None = None, max_length: int | None = None) -> Check:  # noqa: A002
    """Anything, or anything of one JSON type, as compact JSON text; text above its maximum length becomes null."""
    types = _PYTHON_TYPES[type] if type else ()
    wanted = f"{'an' if type in ('array', 'integer', 'object') else 'a'} {type}"

    def checked(value: Any, report: Report) -> Any:
        if types and value.__class__ not in types:
            return report.wrong_type(path, value, wanted)
        try:
            text = compact(value)
        except ValueError:  # NaN or infinity, which JSON text cannot hold
            report.flag(f"range:{path}")
            text = compact(without_nonfinite(value))
        if max_length is not None and len(text) > max_length:
            return report.flag(f"length:{path}")
        return text

    return checked


_KINDS: Mapping[str, Callable[..., Check]] = {
    "string": string,
    "date_time": date_time,
    "date": date_only,
    "integer": integer,
    "number": number,
    "boolean": boolean,
    "array": array,
    "struct": struct,
    "mapping": mapping,
    "json_text": json_text,
}
