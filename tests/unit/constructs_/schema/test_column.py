from __future__ import annotations

from typing import Any

import pytest

from cdk_clickstream import Column, ConfigurationError


def compiled(member: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return dict(Column.of_member("member", member, required=required).compiled)


@pytest.mark.parametrize(
    ("key", "name"),
    [("page_url", "page_url"), ("pageURL", "page_url"), ("user-id", "user_id"), ("HTTPStatus", "http_status")],
)
def test_a_name_that_is_no_column_name_becomes_one(key: str, name: str) -> None:
    column = Column.of_member(key, {"type": "string"}, required=False)
    assert (column.name, column.json_key) == (name, key)


@pytest.mark.parametrize("key", ["1st", "", "x" * 129])
def test_a_name_from_which_no_column_name_can_be_made_is_refused(key: str) -> None:
    with pytest.raises(ConfigurationError, match="gives no column name"):
        Column.of_member(key, {"type": "string"}, required=False)


def test_a_long_description_is_cut_to_what_glue_takes_as_a_comment() -> None:
    column = Column.of_member("a", {"type": "string", "description": "x" * 300}, required=False)
    assert len(column.comment) == 255


@pytest.mark.parametrize(
    ("description", "comment"),
    [
        ("one\ntwo", "one two"),
        ("one \r\n  two\n", "one two"),
        ("bell\x07", "bell"),
        ("a\tb – ü 😀", "a\tb – ü 😀"),
        ("half \ud83d pair", "half pair"),
    ],
)
def test_a_description_becomes_a_comment_of_the_characters_that_glue_takes(description: str, comment: str) -> None:
    column = Column.of_member("a", {"type": "string", "description": description}, required=False)
    assert column.comment == comment


def test_a_column_that_the_server_fills_asks_nothing_of_the_client() -> None:
    member = {"type": "string", "readOnly": True}
    assert compiled(member, required=True) == {"check": {"kind": "string"}, "read_only": True}


@pytest.mark.parametrize(
    ("member", "requirements"),
    [
        ({"type": "boolean"}, {}),
        (
            {"type": "string", "pattern": "^[a-z]+$", "minLength": 2},
            {"pattern": "must match ^[a-z]+$", "length": "must have at least 2 characters"},
        ),
        (
            {"type": "string", "pattern": "^[a-z]+$", "x-pattern-description": "have small letters only"},
            {"pattern": "must have small letters only"},
        ),
        ({"type": "string", "format": "date-time"}, {"format": "must be a date-time of RFC 3339"}),
        ({"type": "integer", "minimum": 1, "maximum": 9}, {"range": "must be at least 1 and at most 9"}),
        ({"type": "number"}, {"range": "must be a number that the column can hold"}),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, {"length": "must have at least 1 items"}),
    ],
)
def test_a_required_column_says_what_its_value_must_be(member: dict[str, Any], requirements: dict[str, str]) -> None:
    assert compiled(member, required=True)["requirements"] == requirements
    assert "requirements" not in compiled(member)
