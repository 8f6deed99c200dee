from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cdk_clickstream import ConfigurationError, EventSchema
from support.stacks import refusal as refusal_of
from tools import click_columns

NAME = {"event_name": {"type": "string"}}


def refusal(schema: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        EventSchema.from_dict(schema)  # type: ignore[arg-type]
    return str(caught.value)


def test_the_schema_is_kept_without_references() -> None:
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


def test_a_name_that_is_no_column_name_is_mapped() -> None:
    """facts/firehose.md#openx: with CaseInsensitive=false a camelCase key needs a mapping."""
    schema = EventSchema.from_dict({"type": "object", "properties": {**NAME, "pageURL": {"type": "string"}}})
    assert schema.json_key_mappings == {"page_url": "pageURL"}


def test_two_members_with_one_column_name_are_refused() -> None:
    message = refusal(
        {"type": "object", "properties": {**NAME, "pageUrl": {"type": "string"}, "page_url": {"type": "string"}}}
    )
    assert "#/properties/page_url" in message
    assert "#/properties/pageUrl gives already" in message


@pytest.mark.parametrize("properties", [{"x": {"type": "string"}}, {"event_name": {"type": "integer"}}])
def test_a_schema_without_a_string_event_name_is_refused(properties: dict[str, Any]) -> None:
    """The request model demands one of every event."""
    assert "#/properties/event_name" in refusal({"type": "object", "properties": properties})


@pytest.mark.parametrize("schema", [{}, {"type": "array"}, {"type": "object", "properties": {}}])
def test_a_schema_that_describes_no_object_is_refused(schema: dict[str, Any]) -> None:
    assert "describe one event as an object" in refusal(schema).lower()


def test_a_required_member_that_is_not_declared_is_refused() -> None:
    message = refusal({"type": "object", "properties": NAME, "required": ["b"]})
    assert "schema='#/required': 'b' is not among the properties" in message


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


def test_the_click_schema_has_a_column_for_each_member() -> None:
    schema = EventSchema.click()
    types = {column.name: column.type for column in schema.columns}
    assert types["event_time"] == "timestamp"
    assert types["pos_x"] == "int"
    assert types["session_number"] == "bigint"
    assert types["element_classes"] == "array<string>"
    assert types["properties"] == "string"
    assert schema.json_key_mappings == {}


def test_the_bundled_columns_are_what_the_compiler_makes_of_the_bundled_schema() -> None:
    assert click_columns.FILE.read_text(encoding="utf-8") == click_columns.content(), "run: make docs"


@pytest.mark.parametrize(
    ("name", "others", "refused"),
    [
        ("page_url", False, False),
        ("page_urll", True, True),
        ("order_id", True, False),
        ("order_id", False, True),
        ("received_at", True, True),
    ],
    ids=["a column", "a slip", "another member", "another member where a column is meant", "what the server fills"],
)
def test_a_member_is_looked_up(name: str, *, others: bool, refused: bool) -> None:
    def check() -> None:
        EventSchema.click().check_member("option", name, others=others)

    if refused:
        assert refusal_of(check).startswith(f"option='{name}'")
    else:
        check()


def test_a_schema_without_a_place_for_other_members_takes_none() -> None:
    schema = EventSchema.from_dict({"type": "object", "properties": {"event_name": {"type": "string"}}})
    assert "Name one of event_name." in refusal_of(lambda: schema.check_member("option", "order_id", others=True))
