"""A member's Glue type and check, and what has neither."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_clickstream import ConfigurationError
from cdk_clickstream.schema.compiler import compile_member

INT64 = {"low": -(2**63), "high": 2**63 - 1}
AS_TEXT = {"x-glue-type": "string"}


def of(kind: str, **keywords: Any) -> dict[str, Any]:
    return {"type": kind, **keywords}


def check(kind: str, **arguments: Any) -> dict[str, Any]:
    return {"kind": kind, **arguments}


def refusal(member: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        compile_member(member, "#/properties/member")
    return str(caught.value)


@pytest.mark.parametrize(
    ("member", "glue", "compiled"),
    [
        (
            of("string", maxLength=3, minLength=0, pattern="^a$"),
            "string",
            check("string", max_length=3, pattern=r"^a\Z"),
        ),
        (of("string", enum=["a", "b"]), "string", check("string", allowed=["a", "b"])),
        (of("string", enum=["a", "b"], const="a"), "string", check("string", allowed=["a"])),
        (of("string", const="a"), "string", check("string", allowed=["a"])),
        (of("string", format="date-time"), "timestamp", check("date_time")),
        (of("string", format="date"), "date", check("date")),
        (of("string", format="email"), "string", check("string")),
        (of("string", minLength=2) | AS_TEXT, "string", check("string", min_length=2)),
        (of("integer", minimum=0, maximum=2**31 - 1), "int", check("integer", low=0, high=2**31 - 1)),
        (of("integer", minimum=0, maximum=2**31), "bigint", check("integer", low=0, high=2**31)),
        (of("integer", minimum=-1e30, maximum=1e30), "bigint", check("integer", **INT64)),
        (of("integer", minimum=0.5, exclusiveMaximum=9), "bigint", check("integer", low=1, high=8)),
        (of("integer", exclusiveMinimum=0.5, maximum=9.5), "bigint", check("integer", low=1, high=9)),
        (of("integer"), "bigint", check("integer", **INT64)),
        (of("number"), "double", check("number")),
        (of("number", minimum=0, exclusiveMaximum=1), "double", check("number", low=0, below=1)),
        (
            of("number", exclusiveMinimum=0) | {"x-glue-type": "decimal(12,2)"},
            "decimal(12,2)",
            check("number", above=0, below=1e10),
        ),
        (of("boolean"), "boolean", check("boolean")),
        ({"type": ["string", "null"]}, "string", check("string")),
        (
            of("array", items=of("boolean"), maxItems=2, minItems=1),
            "array<boolean>",
            check("array", item=check("boolean"), max_items=2, min_items=1),
        ),
        (of("object"), "string", check("json_text", type="object")),
        (of("object", additionalProperties=True), "string", check("json_text", type="object")),
        (of("object", additionalProperties=of("number")), "map<string,double>", check("mapping", item=check("number"))),
        (
            of("object", properties={"a": of("boolean"), "b": of("array", items=of("string"))}, required=["a"]),
            "struct<a:boolean,b:array<string>>",
            check("struct", members={"a": check("boolean"), "b": check("array", item=check("string"))}, required=["a"]),
        ),
        ({"anyOf": [of("string")]} | AS_TEXT, "string", check("json_text")),
        ({"type": ["integer", "array"]} | AS_TEXT, "string", check("json_text")),
        (
            {"type": "array", "not": {}, "maxLength": 9} | AS_TEXT,
            "string",
            check("json_text", type="array", max_length=9),
        ),
    ],
)
def test_each_kind_of_member_has_its_column_type_and_its_check(
    member: dict[str, Any], glue: str, compiled: dict[str, Any]
) -> None:
    assert compile_member(member, "#/properties/member") == (glue, compiled)


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
