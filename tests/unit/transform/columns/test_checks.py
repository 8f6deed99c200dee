"""Value by value: what each kind of column takes, mends or refuses."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_transform.columns.checks import Report
from support.transform_harness import columns_of


def check(schema: dict[str, Any], value: object) -> tuple[Any, list[str], list[tuple[str, str]]]:
    """The value as the column ``c`` holds it, the flags, and path and rule of the reasons."""
    report = Report()
    compiled = columns_of({"properties": {"c": schema}})
    kept = compiled["c"].check(value, report)
    return kept, report.flags, [(reason.path, reason.rule) for reason in report.reasons]


INT = {"type": "integer", "minimum": 0, "maximum": 100}
STRUCT = {"type": "object", "properties": {"a": {"type": "integer"}, "b": INT}, "required": ["a"]}
MAP = {"type": "object", "additionalProperties": INT}
FREE = {"type": "object"}
TIME = {"type": "string", "format": "date-time"}


@pytest.mark.parametrize(
    ("schema", "value", "kept"),
    [
        ({"type": "string"}, "", ""),
        ({"type": "string", "maxLength": 3}, "\U0001f600\U0001f600\U0001f600", "\U0001f600\U0001f600\U0001f600"),
        ({"type": ["string", "null"]}, "a", "a"),
        ({"type": "string", "enum": ["a", "b"]}, "b", "b"),
        ({"type": "string", "const": "a"}, "a", "a"),
        ({"type": "string", "pattern": "b"}, "abc", "abc"),
        ({"type": "string", "pattern": "^[$]\\$$"}, "$$", "$$"),
        (TIME, "2026-11-21T10:00:00.123Z", "2026-11-21T10:00:00.123Z"),
        (TIME, "2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000Z"),
        (TIME, "2026-11-21t10:00:00.123456789z", "2026-11-21T10:00:00.123Z"),
        (TIME, "2026-11-21T10:00:00+05:30", "2026-11-21T04:30:00.000Z"),
        (TIME, "2026-11-21 10:00:00-0800", "2026-11-21T18:00:00.000Z"),
        ({"type": "string", "format": "date"}, "2026-02-28", "2026-02-28"),
        (INT, 100, 100),
        (INT, 1.0, 1),
        ({"type": "integer"}, 2**63 - 1, 2**63 - 1),
        ({"type": "number"}, 1, 1),
        ({"type": "number"}, -1.5e308, -1.5e308),
        ({"type": "number", "x-glue-type": "decimal(5,2)"}, 999.99, 999.99),
        ({"type": "boolean"}, False, False),
        ({"type": "array", "items": INT}, [1, 2.0, None], [1, 2, None]),
        (STRUCT, {"a": 1, "b": 2}, {"a": 1, "b": 2}),
        (MAP, {"Key": 1, "é": None}, {"Key": 1, "é": None}),
        (FREE, {"a": [1, "é"]}, '{"a":[1,"é"]}'),
        ({"x-glue-type": "string", "anyOf": [{"type": "string"}]}, ["a", 1], '["a",1]'),
        ({"x-glue-type": "string", "type": ["integer", "array"]}, 1, "1"),
    ],
)
def test_a_good_value_is_kept_in_the_form_of_its_column(schema: dict[str, Any], value: object, kept: object) -> None:
    result, flags, reasons = check(schema, value)
    assert (result, type(result)) == (kept, type(kept))
    assert (flags, reasons) == ([], [])


@pytest.mark.parametrize(
    ("schema", "value", "kept", "flag"),
    [
        ({"type": "string", "maxLength": 3}, "abcd", "abc", "truncated:c"),
        ({"type": "string", "minLength": 2}, "a", None, "length:c"),
        ({"type": "string", "pattern": "^[A-Z]{3}$", "maxLength": 3}, "EURO", None, "pattern:c"),
        ({"type": "string", "pattern": "^[A-Z]{3}$"}, "EUR\n", None, "pattern:c"),
        ({"type": "string", "pattern": "^\\d$"}, "٣", None, "pattern:c"),
        (TIME, "yesterday", None, "format:c"),
        (TIME, "2026-02-30T10:00:00.000Z", None, "format:c"),
        (TIME, "2026-02-28T10-00:00.000Z", None, "format:c"),
        (TIME, "20261121T100000Z", None, "format:c"),
        (TIME, "0001-01-01T00:00:00+10:00", None, "format:c"),
        (TIME, "2026-11-21T10:00:00", "2026-11-21T10:00:00.000Z", "offset:c"),
        ({"type": "string", "format": "date"}, "2026-02-30", None, "format:c"),
        ({"type": "string", "format": "date"}, "20260228", None, "format:c"),
        (INT, 101, None, "range:c"),
        (INT, -1, None, "range:c"),
        (INT, float("nan"), None, "range:c"),
        (INT, float("inf"), None, "range:c"),
        ({"type": "integer"}, 2**63, None, "range:c"),
        ({"type": "integer", "exclusiveMinimum": 0}, 0, None, "range:c"),
        ({"type": "number", "exclusiveMaximum": 1}, 1.0, None, "range:c"),
        ({"type": "number"}, float("nan"), None, "range:c"),
        ({"type": "number"}, 10**400, None, "range:c"),
        ({"type": "number", "x-glue-type": "decimal(5,2)"}, 1000, None, "range:c"),
        ({"type": "array", "items": INT}, [1, 101], [1, None], "range:c"),
        ({"type": "array", "items": INT, "maxItems": 1}, [1, 2], [1], "truncated:c"),
        ({"type": "array", "items": INT, "minItems": 1}, [], None, "length:c"),
        (STRUCT, {"a": 1, "secret": 2}, {"a": 1}, "unknown:c"),
        (STRUCT, {"a": 1, "b": 101}, {"a": 1}, "range:c.b"),
        (MAP, {"secret": 101}, {"secret": None}, "range:c"),
        (FREE, {"a": [float("nan"), 1]}, '{"a":[null,1]}', "range:c"),
        (FREE | {"maxLength": 5}, {"a": 1}, None, "length:c"),
    ],
)
def test_a_value_that_is_out_of_bounds_is_mended_and_flagged(
    schema: dict[str, Any], value: object, kept: object, flag: str
) -> None:
    assert check(schema, value) == (kept, [flag], [])


@pytest.mark.parametrize(
    ("schema", "value", "reason"),
    [
        ({"type": "string"}, 1, ("c", "type")),
        ({"type": "string", "enum": ["a"]}, "b", ("c", "enum")),
        ({"type": "string", "enum": ["a"]}, 1, ("c", "type")),
        ({"type": "string", "const": "a"}, "b", ("c", "enum")),
        (TIME, True, ("c", "type")),
        ({"type": "string", "format": "date"}, 20, ("c", "type")),
        (INT, True, ("c", "type")),
        (INT, "1", ("c", "type")),
        (INT, 1.5, ("c", "type")),
        ({"type": "number"}, False, ("c", "type")),
        ({"type": "number"}, "1", ("c", "type")),
        ({"type": "boolean"}, 1, ("c", "type")),
        ({"type": "boolean"}, "true", ("c", "type")),
        ({"type": "array", "items": INT}, 1, ("c", "type")),
        ({"type": "array", "items": INT}, ["1"], ("c", "type")),
        (STRUCT, [1], ("c", "type")),
        (STRUCT, {"a": "1"}, ("c.a", "type")),
        (STRUCT, {}, ("c.a", "required")),
        (MAP, {"secret": "1"}, ("c", "type")),
        (FREE, "text", ("c", "type")),
        ({"x-glue-type": "string", "type": "object", "not": {}}, [], ("c", "type")),
    ],
)
def test_a_value_of_the_wrong_type_rejects_the_event(
    schema: dict[str, Any], value: object, reason: tuple[str, str]
) -> None:
    _, _, reasons = check(schema, value)
    assert reason in reasons
