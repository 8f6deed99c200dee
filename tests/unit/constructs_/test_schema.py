from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cdk_clickstream import ConfigurationError, EventSchema
from clickstream_transform.columns.schema import Schema
from clickstream_transform.errors import ConfigError

NAME = {"event_name": {"type": "string"}}


def type_of(member: dict[str, Any]) -> str:
    schema = EventSchema.from_dict({"type": "object", "properties": {**NAME, "member": member}})
    return schema.columns[1].type


def refusal(schema: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        EventSchema.from_dict(schema)  # type: ignore[arg-type]
    return str(caught.value)


def member_refusal(member: object) -> str:
    return refusal({"type": "object", "properties": {**NAME, "member": member}})


@pytest.mark.parametrize(
    ("member", "glue"),
    [
        ({"type": "string", "enum": ["a"], "maxLength": 3, "pattern": "a"}, "string"),
        ({"type": "string", "format": "date-time"}, "timestamp"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "string", "format": "email"}, "string"),
        ({"type": "integer", "minimum": 0, "maximum": 2147483647}, "int"),
        ({"type": "integer", "minimum": 0, "maximum": 2147483648}, "bigint"),
        ({"type": "integer", "minimum": 0}, "bigint"),
        ({"type": "integer"}, "bigint"),
        ({"type": "number"}, "double"),
        ({"type": "number", "x-glue-type": "decimal(12,2)"}, "decimal(12,2)"),
        ({"type": "boolean"}, "boolean"),
        ({"type": ["string", "null"]}, "string"),
        ({"type": "array", "items": {"type": "integer"}}, "array<bigint>"),
        ({"type": "object"}, "string"),
        ({"type": "object", "additionalProperties": True}, "string"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "map<string,double>"),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "boolean"}, "b": {"type": "array", "items": {"type": "string"}}},
            },
            "struct<a:boolean,b:array<string>>",
        ),
        ({"x-glue-type": "string", "anyOf": [{"type": "string"}, {"type": "number"}]}, "string"),
    ],
)
def test_each_kind_of_member_has_its_column_type(member: dict[str, Any], glue: str) -> None:
    """DESIGN section 3, the table."""
    assert type_of(member) == glue


@pytest.mark.parametrize(
    "keyword",
    [
        "minProperties",
        "propertyNames",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "if",
        "patternProperties",
        "dependencies",
        "contains",
    ],
)
def test_a_keyword_without_a_column_type_is_refused_with_path_and_way_out(keyword: str) -> None:
    message = member_refusal({"type": "object", keyword: {}})
    assert f"#/properties/member/{keyword}" in message
    assert '"x-glue-type": "string"' in message


@pytest.mark.parametrize(
    ("member", "path"),
    [
        ({"type": "string", "maxLength": -1}, "maxLength"),
        ({"type": "string", "maxLength": True}, "maxLength"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 1.5}, "maxItems"),
        ({"type": "integer", "minimum": "0"}, "minimum"),
        ({"type": "number", "exclusiveMaximum": True}, "exclusiveMaximum"),
        ({"type": "string", "pattern": "("}, "pattern"),
        ({"type": "string", "enum": []}, "enum"),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]}, "required"),
        ({"type": "integer", "maxLength": 3}, "maxLength"),
    ],
)
def test_a_keyword_with_a_value_that_cannot_be_checked_is_refused(member: dict[str, Any], path: str) -> None:
    assert f"#/properties/member/{path}" in member_refusal(member)


def test_what_is_accepted_here_starts_the_transform_and_what_is_refused_here_does_not() -> None:
    """A schema that the transform refuses when it starts would fail every record."""
    members: list[Any] = [
        *({"type": kind} for kind in ("string", "integer", "number", "boolean", "object", "array", "null", "text")),
        {"type": ["string", "null"], "format": "date-time", "description": "x", "readOnly": True},
        {"type": ["string", "integer"]},
        {"x-glue-type": "string", "anyOf": []},
        {"type": ["object", "array"], "x-glue-type": "string"},
        {"type": "number", "x-glue-type": "decimal(9,2)", "minimum": 0},
        {"type": "number", "x-glue-type": "float"},
        {"type": "array", "items": {"type": "string", "maxLength": 3}, "minItems": 1},
        {"type": "array", "items": {"anyOf": []}},
        {"type": "array", "items": [{"type": "string"}]},
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "string"}},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "object", "patternProperties": {}},
        {"type": "string", "enum": []},
        {"type": "string", "pattern": "("},
        {"type": "string", "maxLength": -1},
        {"type": "string", "minimum": 1},
        {"$ref": "#/definitions/none"},
        {"$ref": "other.json"},
        True,
    ]
    for member in members:
        schema = {"type": "object", "properties": {**NAME, "member": member}}
        try:
            text = EventSchema.from_dict(schema).text
        except ConfigurationError:
            with pytest.raises(ConfigError):
                Schema.from_dict(schema)
        else:
            Schema.from_dict(json.loads(text))


def test_tuple_items_are_refused() -> None:
    assert "#/properties/member/items" in member_refusal({"type": "array", "items": [{"type": "string"}]})


def test_an_array_without_items_is_refused() -> None:
    assert "#/properties/member/items" in member_refusal({"type": "array"})


def test_a_refused_keyword_is_found_at_any_depth() -> None:
    member = {"type": "array", "items": {"type": "object", "properties": {"x": {"anyOf": []}}}}
    assert "#/properties/member/items/properties/x/anyOf" in member_refusal(member)


def test_a_member_of_two_types_is_refused() -> None:
    assert "#/properties/member/type" in member_refusal({"type": ["string", "number"]})


def test_a_member_without_a_type_is_refused() -> None:
    assert "None is not one type" in member_refusal({"enum": ["a"]})


def test_properties_beside_additional_properties_are_refused() -> None:
    member = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "string"}}
    assert "cannot stand beside properties" in member_refusal(member)


def test_a_field_of_a_struct_that_would_need_a_mapping_is_refused() -> None:
    member = {"type": "object", "properties": {"pageUrl": {"type": "string"}}}
    assert "fields of a struct cannot be mapped" in member_refusal(member)


@pytest.mark.parametrize(
    ("kind", "chosen"),
    [("number", "decimal(39,0)"), ("number", "decimal(5,6)"), ("integer", "decimal(5,2)"), ("number", "float")],
)
def test_an_impossible_glue_type_is_refused(kind: str, chosen: str) -> None:
    assert "decimal(p,s) with 1 <= p <= 38" in member_refusal({"type": kind, "x-glue-type": chosen})


@pytest.mark.parametrize("member", [True, "string"])
def test_a_member_that_is_no_object_is_refused(member: object) -> None:
    assert "#/properties/member" in member_refusal(member)


def test_a_member_of_a_struct_that_is_no_object_is_refused() -> None:
    message = member_refusal({"type": "object", "properties": {"depth": True}})
    assert "schema='#/properties/member/properties/depth': is not an object" in message


def test_a_local_reference_is_inlined() -> None:
    schema = EventSchema.from_dict(
        {
            "type": "object",
            "properties": {**NAME, "price": {"$ref": "#/definitions/money"}},
            "definitions": {"money": {"type": "number", "x-glue-type": "decimal(9,2)"}},
        }
    )
    assert schema.columns[1].type == "decimal(9,2)"
    assert "$ref" not in schema.text
    assert "definitions" not in schema.text


def test_a_remote_reference_is_refused() -> None:
    assert "is not in this file" in member_refusal({"$ref": "https://example.com/schema.json"})


def test_a_recursive_reference_can_be_kept_as_text() -> None:
    tree = {
        "type": "object",
        "properties": {"child": {"$ref": "#/definitions/tree", "x-glue-type": "string"}},
    }
    schema = EventSchema.from_dict(
        {
            "type": "object",
            "properties": {**NAME, "tree": {"$ref": "#/definitions/tree"}},
            "definitions": {"tree": tree},
        }
    )
    assert schema.columns[1].type == "struct<child:string>"


def test_a_missing_reference_is_refused() -> None:
    assert "is not defined" in member_refusal({"$ref": "#/definitions/none"})


def test_a_recursive_reference_is_refused() -> None:
    tree = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/definitions/tree"}}}}
    message = refusal(
        {
            "type": "object",
            "properties": {**NAME, "tree": {"$ref": "#/definitions/tree"}},
            "definitions": {"tree": tree},
        }
    )
    assert "is recursive" in message


def test_a_name_that_is_no_column_name_is_mapped() -> None:
    """aws-facts 7.4: with CaseInsensitive=false a camelCase key needs a mapping."""
    schema = EventSchema.from_dict(
        {"type": "object", "properties": {**NAME, "pageURL": {"type": "string"}, "user-id": {"type": "string"}}}
    )
    assert schema.json_key_mappings == {"page_url": "pageURL", "user_id": "user-id"}


def test_two_members_with_one_column_name_are_refused() -> None:
    message = refusal(
        {"type": "object", "properties": {**NAME, "pageUrl": {"type": "string"}, "page_url": {"type": "string"}}}
    )
    assert "#/properties/page_url" in message
    assert "#/properties/pageUrl gives already" in message


def test_a_name_from_which_no_column_name_can_be_made_is_refused() -> None:
    assert "gives no column name" in refusal({"type": "object", "properties": {**NAME, "1st": {"type": "string"}}})


@pytest.mark.parametrize("properties", [{"x": {"type": "string"}}, {"event_name": {"type": "integer"}}])
def test_a_schema_without_a_string_event_name_is_refused(properties: dict[str, Any]) -> None:
    """The request model demands one of every event (DESIGN section 2)."""
    assert "#/properties/event_name" in refusal({"type": "object", "properties": properties})


@pytest.mark.parametrize("schema", [{}, {"type": "array"}, {"type": "object", "properties": {}}])
def test_a_schema_that_describes_no_object_is_refused(schema: dict[str, Any]) -> None:
    assert "describe one event as an object" in refusal(schema).lower()


def test_a_combinator_at_the_top_is_refused() -> None:
    assert "#/anyOf" in refusal({"type": "object", "properties": NAME, "anyOf": []})


def test_a_schema_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.json"):
        EventSchema.from_file(tmp_path / "none.json")


def test_a_schema_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is not JSON"):
        EventSchema.from_file(file)


def test_column_order_is_member_order() -> None:
    schema = EventSchema.from_dict(
        {"type": "object", "properties": {"z": {"type": "string"}, **NAME, "a": {"type": "string"}}}
    )
    assert [column.name for column in schema.columns] == ["z", "event_name", "a"]
    assert list(json.loads(schema.text)["properties"]) == ["z", "event_name", "a"]


def test_a_long_description_is_cut_to_what_glue_takes_as_a_comment() -> None:
    schema = EventSchema.from_dict(
        {"type": "object", "properties": {"event_name": {"type": "string", "description": "x" * 300}}}
    )
    assert len(schema.columns[0].comment) == 255


def test_the_click_schema_has_a_column_for_each_member() -> None:
    schema = EventSchema.click()
    types = {column.name: column.type for column in schema.columns}
    assert types["event_time"] == "timestamp"
    assert types["pos_x"] == "int"
    assert types["session_number"] == "bigint"
    assert types["element_classes"] == "array<string>"
    assert types["properties"] == "string"
    assert schema.json_key_mappings == {}
