"""DESIGN section 3, the table: a member's Glue type and check, and what has neither."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_clickstream import ConfigurationError
from cdk_clickstream.schema.compiler import compile_member

INT64 = {"low": -(2**63), "high": 2**63 - 1}


def refusal(member: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        compile_member(member, "#/properties/member")
    return str(caught.value)


@pytest.mark.parametrize(
    ("member", "glue", "check"),
    [
        (
            {"type": "string", "maxLength": 3, "minLength": 0, "pattern": "^a$"},
            "string",
            {"kind": "string", "max_length": 3, "pattern": r"^a\Z"},
        ),
        ({"type": "string", "enum": ["a", "b"]}, "string", {"kind": "string", "allowed": ["a", "b"]}),
        ({"type": "string", "enum": ["a", "b"], "const": "a"}, "string", {"kind": "string", "allowed": ["a"]}),
        ({"type": "string", "const": "a"}, "string", {"kind": "string", "allowed": ["a"]}),
        ({"type": "string", "format": "date-time"}, "timestamp", {"kind": "date_time"}),
        ({"type": "string", "format": "date"}, "date", {"kind": "date"}),
        ({"type": "string", "format": "email"}, "string", {"kind": "string"}),
        ({"type": "string", "x-glue-type": "string", "minLength": 2}, "string", {"kind": "string", "min_length": 2}),
        (
            {"type": "integer", "minimum": 0, "maximum": 2147483647},
            "int",
            {"kind": "integer", "low": 0, "high": 2147483647},
        ),
        (
            {"type": "integer", "minimum": 0, "maximum": 2147483648},
            "bigint",
            {"kind": "integer", "low": 0, "high": 2147483648},
        ),
        ({"type": "integer", "minimum": -1e30, "maximum": 1e30}, "bigint", {"kind": "integer"} | INT64),
        (
            {"type": "integer", "minimum": 0.5, "exclusiveMaximum": 9},
            "bigint",
            {"kind": "integer", "low": 1, "high": 8},
        ),
        (
            {"type": "integer", "exclusiveMinimum": 0.5, "maximum": 9.5},
            "bigint",
            {"kind": "integer", "low": 1, "high": 9},
        ),
        ({"type": "integer"}, "bigint", {"kind": "integer"} | INT64),
        ({"type": "number"}, "double", {"kind": "number"}),
        (
            {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
            "double",
            {"kind": "number", "low": 0, "below": 1},
        ),
        (
            {"type": "number", "x-glue-type": "decimal(12,2)", "exclusiveMinimum": 0},
            "decimal(12,2)",
            {"kind": "number", "above": 0, "below": 1e10},
        ),
        ({"type": "boolean"}, "boolean", {"kind": "boolean"}),
        ({"type": ["string", "null"]}, "string", {"kind": "string"}),
        (
            {"type": "array", "items": {"type": "integer"}, "maxItems": 2, "minItems": 1},
            "array<bigint>",
            {"kind": "array", "item": {"kind": "integer"} | INT64, "max_items": 2, "min_items": 1},
        ),
        ({"type": "object"}, "string", {"kind": "json_text", "type": "object"}),
        ({"type": "object", "additionalProperties": True}, "string", {"kind": "json_text", "type": "object"}),
        (
            {"type": "object", "additionalProperties": {"type": "number"}},
            "map<string,double>",
            {"kind": "mapping", "item": {"kind": "number"}},
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "boolean"}, "b": {"type": "array", "items": {"type": "string"}}},
                "required": ["a"],
            },
            "struct<a:boolean,b:array<string>>",
            {
                "kind": "struct",
                "members": {"a": {"kind": "boolean"}, "b": {"kind": "array", "item": {"kind": "string"}}},
                "required": ["a"],
            },
        ),
        ({"x-glue-type": "string", "anyOf": [{"type": "string"}]}, "string", {"kind": "json_text"}),
        ({"x-glue-type": "string", "type": ["integer", "array"]}, "string", {"kind": "json_text"}),
        (
            {"x-glue-type": "string", "type": "array", "not": {}, "maxLength": 9},
            "string",
            {"kind": "json_text", "type": "array", "max_length": 9},
        ),
    ],
)
def test_each_kind_of_member_has_its_column_type_and_its_check(
    member: dict[str, Any], glue: str, check: dict[str, Any]
) -> None:
    assert compile_member(member, "#/properties/member") == (glue, check)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ({"type": "array", "items": [{"type": "string"}]}, "#/properties/member/items': is not one schema"),
        ({"type": "array"}, "#/properties/member/items"),
        ({"type": ["string", "number"]}, "#/properties/member/type"),
        ({"type": "text"}, "'text' is not one type"),
        ({"type": "null"}, "'null' is not one type"),
        ({"type": {"a": 1}}, "is not one type"),
        ({"x-glue-type": "string", "type": "text"}, "'text' is not a JSON type"),
        ({"x-glue-type": "string", "maxLength": -1}, "#/properties/member/maxLength"),
        ({"enum": ["a"]}, "None is not one type"),
        ({"anyOf": []}, "#/properties/member/anyOf"),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "string"}},
            "cannot stand beside properties",
        ),
        ({"type": "object", "properties": {"pageUrl": {"type": "string"}}}, "fields of a struct cannot be mapped"),
        ({"type": "object", "properties": {"depth": True}}, "#/properties/member/properties/depth': is not an object"),
        (True, "#/properties/member': is not an object"),
        ("string", "#/properties/member': is not an object"),
    ],
)
def test_a_member_without_a_column_type_is_refused_with_its_path(member: object, message: str) -> None:
    assert message in refusal(member)


def test_a_refused_keyword_is_found_at_any_depth() -> None:
    member = {"type": "array", "items": {"type": "object", "properties": {"x": {"anyOf": []}}}}
    assert "#/properties/member/items/properties/x/anyOf" in refusal(member)


@pytest.mark.parametrize(
    ("kind", "chosen"),
    [("number", "decimal(39,0)"), ("number", "decimal(5,6)"), ("integer", "decimal(5,2)"), ("number", "float")],
)
def test_an_impossible_glue_type_is_refused(kind: str, chosen: str) -> None:
    assert "decimal(p,s) with 1 <= p <= 38" in refusal({"type": kind, "x-glue-type": chosen})
