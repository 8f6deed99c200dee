"""The check of rows that the bundled code did not make itself: those of a user's function, or events as they came."""

from __future__ import annotations

from typing import Any

from clickstream_transform.columns.checks import Report
from clickstream_transform.columns.compiled_column import Columns
from clickstream_transform.errors import EventRejectedError, Reason
from clickstream_transform.records.codec import UnusedNames, compact, without_nonfinite, without_surrogates

OVERFLOW_COLUMN = "properties"
FLAGS_COLUMN = "enrich_flags"
MOVED_SUFFIX = "_top"
"""Added to the name of a top-level member that moves to ``properties`` and finds its name taken there."""

_NO_FLAGS = Reason(
    FLAGS_COLUMN,
    "encoding",
    "must be a list of texts, to say what was mended: the event has text that is no UTF-8, or numbers without a value",
)
_BROKEN = {
    "range": "must be in the range of the schema and of its column",
    "length": "must have a length that the schema allows",
    "truncated": "must be no longer than the schema allows",
    "pattern": "must match the schema's pattern",
    "format": "must be a date or a time",
}


class RowCheck:
    """Checks rows by the columns of the table, so that no row can fail the conversion of its record.

    A member that no column takes goes to ``properties``, if that is a column of free members.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        overflow = columns.get(OVERFLOW_COLUMN)
        self._overflow = overflow if overflow is not None and overflow.takes_members else None
        flags = columns.get(FLAGS_COLUMN)
        self.has_flags = flags is not None and flags.check(["text"], Report()) == ["text"]
        """Whether a row can say what was mended in it."""

    def checked(self, row: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """The row as the table can hold it, and whether it lost members without a flag that says so.

        A value out of bounds is cut or left out where the row has a column ``enrich_flags`` that can say so.

        Raises
        ------
        EventRejectedError
            The row breaks the schema.
        """
        report = Report()
        columns = self._columns
        others = {name: value for name, value in row.items() if name not in columns}
        if others and self._overflow is not None:
            members = row.get(OVERFLOW_COLUMN)
            if members is None or members.__class__ is dict:
                row = row | {OVERFLOW_COLUMN: merged(members or {}, others, report)}
                others = {}
        kept = {}
        for name, column in columns.items():
            value = row.get(name)
            # A text in the column of free members is in the column's own form already.
            as_it_is = value.__class__ is str and column.takes_members
            result = value if value is None or as_it_is else column.check(value, report)
            if result is not None:
                kept[name] = result
            elif column.requirements is not None and all(reason.path != name for reason in report.reasons):
                rules = column.requirements
                rule = next((rule for rule in rules if f"{rule}:{name}" in report.flags), "required")
                report.refuse(name, rule, rules.get(rule, "is required, but missing or not usable"))
        if others:
            report.flag("unknown_members")
        if report.flags and self.has_flags:
            kept[FLAGS_COLUMN] = kept.get(FLAGS_COLUMN, []) + report.flags
        elif report.flags:
            for flag in report.flags:
                kind, _, name = flag.partition(":")
                if kind in _BROKEN:
                    report.refuse(name, kind, _BROKEN[kind])
        if report.reasons:
            raise EventRejectedError(report.reasons)
        return kept, bool(others) and not self.has_flags


def row_line(row: dict[str, Any], *, has_flags: bool = True) -> bytes:
    """A row as a line of JSON in UTF-8. What JSON has no form for is mended, and ``enrich_flags`` says so.

    ``range``: NaN or infinity became null. ``encoding``: a lone surrogate, or a byte that was no UTF-8, was replaced.

    Raises
    ------
    EventRejectedError
        Something was mended, and the row cannot say so.
    """
    flags = []
    try:
        text = compact(row)
    except ValueError:
        row, flags = without_nonfinite(row), ["range"]
        text = compact(row)
    try:
        line = text.encode()
    except UnicodeEncodeError:
        row = without_surrogates(row)
        flags.append("encoding")
    if flags:
        known = row.get(FLAGS_COLUMN, [])
        if not has_flags or known.__class__ is not list:
            raise EventRejectedError([_NO_FLAGS])
        line = compact(row | {FLAGS_COLUMN: known + flags}).encode()
    return line + b"\n"


def merged(members: dict[str, Any], others: dict[str, Any], report: Report) -> dict[str, Any]:
    """Free members, with others added under names that are not taken."""
    whole = dict(members)
    names = UnusedNames(whole, MOVED_SUFFIX)
    for name, value in others.items():
        unused = names.of(name)
        if unused is not name:
            report.flag(f"renamed:{OVERFLOW_COLUMN}")
        whole[unused] = value
    return whole
