from __future__ import annotations

from typing import Any

import pytest

from cdk_clickstream import ConfigurationError, EventSchema
from cdk_clickstream.endpoint.request_model import events_model, strict_event

UNSUPPORTED = {
    "exclusiveMinimum",
    "exclusiveMaximum",
    "default",
    "readOnly",
    "discriminator",
    "const",
    "format",
    "$ref",
}


def strict(**properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"event_name": {"type": "string"}, **properties}}
    members: dict[str, Any] = strict_event(EventSchema.from_dict(schema))["properties"]
    return members


def keywords(model: dict[str, Any]) -> set[str]:
    """Every keyword of a model, its members' included."""
    found = set(model)
    for member in model.get("properties", {}).values():
        found |= keywords(member)
    for nested in ("items", "additionalProperties"):
        if isinstance(model.get(nested), dict):
            found |= keywords(model[nested])
    return found


def test_the_bundled_schema_becomes_a_model_of_supported_keywords_alone() -> None:
    """facts/api-gateway.md#request-validation: draft 4, without exclusiveMinimum, default, readOnly and
    discriminator.
    """
    model = strict_event(EventSchema.click())
    assert keywords(model) & UNSUPPORTED == set()
    assert model["properties"]["event_name"]["maxLength"] == 128
    assert model["properties"]["event_name"]["pattern"].startswith(r"^[^\u0000-\u0020")
    assert model["properties"]["page_url"]["maxLength"] > 0


def test_what_the_server_makes_is_not_in_the_model() -> None:
    """ReadOnly members are not in the model."""
    members = strict_event(EventSchema.click())["properties"]
    assert not {"received_at", "is_bot", "ip_address", "enrich_flags"} & set(members)


def test_the_name_of_an_event_is_always_required_and_may_not_be_null() -> None:
    schema = EventSchema.from_dict({"type": "object", "properties": {"event_name": {"type": "string"}}})
    model = strict_event(schema)
    assert model["required"] == ["event_name"]
    assert model["properties"]["event_name"]["type"] == "string"


def test_null_stands_for_an_absent_value() -> None:
    members = strict(size={"type": ["integer", "null"], "enum": [1, 2]})
    assert members["size"] == {"type": ["integer", "null"], "enum": [1, 2, None]}


def test_exclusive_bounds_of_whole_numbers_become_inclusive() -> None:
    members = strict(n={"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10.5, "maximum": 5})
    assert members["n"] == {"type": ["integer", "null"], "minimum": 1, "maximum": 5}


def test_exclusive_bounds_of_other_numbers_are_left_to_the_transform() -> None:
    assert strict(n={"type": "number", "exclusiveMinimum": 0})["n"] == {"type": ["number", "null"]}


def test_a_constant_is_a_choice_of_one() -> None:
    assert strict(kind={"type": "string", "const": "a"})["kind"]["enum"] == ["a", None]


def test_lists_and_objects_are_checked_inside() -> None:
    members = strict(
        tags={"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 5}},
        labels={"type": "object", "additionalProperties": {"type": "integer"}},
        place={"type": "object", "required": ["x"], "properties": {"x": {"type": "number"}}},
    )
    assert members["tags"]["items"] == {"type": ["string", "null"], "maxLength": 5}
    assert members["labels"]["additionalProperties"] == {"type": ["integer", "null"]}
    assert (members["place"]["required"], members["place"]["type"]) == (["x"], ["object", "null"])


def test_what_is_kept_as_text_may_be_anything() -> None:
    assert strict(blob={"x-glue-type": "string"})["blob"] == {}


def test_the_model_takes_one_such_event_or_many() -> None:
    event = strict_event(EventSchema.click())
    one, many = events_model(event)["oneOf"]
    assert one == many["items"] == event


def test_a_schema_that_makes_too_large_a_model_is_refused() -> None:
    """facts/api-gateway.md#request-validation: at most 400 KB."""
    members = {f"member_{number}": {"type": "string", "enum": ["x" * 200]} for number in range(700)}
    with pytest.raises(ConfigurationError, match=r"request_validation='strict'.*400 KB"):
        strict(**members)


def test_the_model_takes_one_event_or_up_to_500() -> None:
    one, many = events_model()["oneOf"]
    assert one["required"] == ["event_name"]
    assert (many["minItems"], many["maxItems"], many["items"]) == (1, 500, one)


def test_identifiers_may_be_numbers_and_times_epoch_numbers() -> None:
    members = strict_event(EventSchema.click())["properties"]
    assert members["user_id"]["type"] == ["string", "null", "integer"]
    assert members["client_time"]["type"] == ["string", "null", "number"]
    assert members["page_title"]["type"] == ["string", "null"]
