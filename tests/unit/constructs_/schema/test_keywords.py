from __future__ import annotations

import re
from typing import Any

import pytest

from cdk_clickstream import ConfigurationError
from cdk_clickstream.schema.keywords import check_keywords, python_pattern


def refusal(member: dict[str, Any]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        check_keywords(member, "#/properties/member", member["type"])
    return str(caught.value)


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
    message = refusal({"type": "object", keyword: {}})
    assert f"#/properties/member/{keyword}" in message
    assert '"x-glue-type": "string"' in message


@pytest.mark.parametrize(
    ("member", "keyword"),
    [
        ({"type": "string", "maxLength": -1}, "maxLength"),
        ({"type": "string", "maxLength": True}, "maxLength"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 1.5}, "maxItems"),
        ({"type": "integer", "minimum": "0"}, "minimum"),
        ({"type": "integer", "multipleOf": 5}, "multipleOf"),
        ({"type": "number", "exclusiveMaximum": True}, "exclusiveMaximum"),
        ({"type": "number", "maximum": 10**400}, "maximum"),
        ({"type": "number", "minimum": float("nan")}, "minimum"),
        ({"type": "string", "pattern": "("}, "pattern"),
        ({"type": "string", "enum": []}, "enum"),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]}, "required"),
        ({"type": "integer", "maxLength": 3}, "maxLength"),
    ],
)
def test_a_keyword_that_cannot_be_checked_is_refused_with_its_path(member: dict[str, Any], keyword: str) -> None:
    assert f"#/properties/member/{keyword}" in refusal(member)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [("^a$", "a\n", False), ("^[$]\\$$", "$$", True), (r"\$", "$", True), ("[a$]", "$", True), ("a$|b", "ba", True)],
)
def test_a_dollar_means_the_very_end_as_in_ecma_262(pattern: str, text: str, matches: bool) -> None:
    assert (re.search(python_pattern(pattern), text) is not None) == matches
