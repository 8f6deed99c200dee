from __future__ import annotations

from typing import Any

import pytest

from cdk_clickstream import ConfigurationError
from cdk_clickstream.schema.references import inline_references

TREE = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/definitions/tree"}}}}


def inlined(member: dict[str, Any], **definitions: Any) -> Any:
    whole = inline_references({"properties": {"member": member}, "definitions": definitions})
    assert list(whole) == ["properties"]
    return whole["properties"]["member"]


def test_a_local_reference_is_inlined() -> None:
    money = {"type": "number", "x-glue-type": "decimal(9,2)"}
    assert inlined({"$ref": "#/definitions/money"}, money=money) == money


def test_annotations_beside_a_reference_count_and_other_keywords_do_not() -> None:
    """draft-07: keywords beside $ref are ignored."""
    member = inlined({"$ref": "#/definitions/t", "readOnly": True, "maxLength": 3}, t={"type": "string"})
    assert member == {"type": "string", "readOnly": True}


def test_a_recursive_reference_can_be_kept_as_text() -> None:
    child = {"$ref": "#/definitions/tree", "x-glue-type": "string"}
    tree = {"type": "object", "properties": {"child": child}}
    assert inlined({"$ref": "#/definitions/tree"}, tree=tree) == {
        "type": "object",
        "properties": {"child": {"type": "object", "x-glue-type": "string"}},
    }


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("https://example.com/schema.json", "is not in this file"),
        ("#/definitions/none", "is not defined"),
        ("#/definitions/tree", "is recursive"),
        ("#/definitions/loop", "is recursive"),
    ],
)
def test_a_reference_that_cannot_be_inlined_is_refused(reference: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        inlined({"$ref": reference}, tree=TREE, loop={"$ref": "#/definitions/loop"})
