"""The click processor: what happens to values, stamps, ids, copies."""

from __future__ import annotations

import json

import pytest

from support.transform_harness import CLICK_SCHEMA, Transform, request, rows_of

NAME = {"event_name": "click"}


def test_the_smallest_event_becomes_a_row_of_what_the_server_knows() -> None:
    """The smallest valid click event is {"event_name": "click"}."""
    assert sorted(Transform().row(NAME)) == ["event_fingerprint", "event_id", "event_name", "event_time", "received_at"]


def test_a_row_has_no_nulls_and_no_column_that_the_schema_lacks() -> None:
    row = Transform().row({"page_url": "https://example.com/", "element_id": None, "app_id": "shop"} | NAME)
    assert set(row) < set(CLICK_SCHEMA["properties"])
    assert None not in row.values()
    assert "element_id" not in row


def test_a_member_that_no_column_takes_goes_to_properties() -> None:
    row = Transform().row(NAME | {"plan": {"tier": 2}, "properties": {"a": 1}})
    assert json.loads(row["properties"]) == {"a": 1, "plan": {"tier": 2}}


def test_a_member_whose_name_is_taken_in_properties_gets_a_suffix_and_a_flag() -> None:
    row = Transform().row(NAME | {"plan": "top", "plan_top": "also", "properties": {"plan": "own"}})
    assert json.loads(row["properties"]) == {"plan": "own", "plan_top": "top", "plan_top_top": "also"}
    twice = Transform().row(NAME | {"plan": "top", "properties": {"plan": "own", "plan_top": "own too"}})
    assert json.loads(twice["properties"]) == {"plan": "own", "plan_top": "own too", "plan_top2": "top"}
    assert row["enrich_flags"] == ["renamed:properties"]


def test_a_clients_value_for_a_column_of_the_server_goes_to_properties() -> None:
    """Nobody sets is_bot or ip_address from outside."""
    row = Transform().row(NAME | {"ip_address": "1.2.3.4", "is_bot": False, "enrich_flags": ["x"]}, ip="203.0.113.9")
    assert row["ip_address"] == "203.0.113.0"
    assert json.loads(row["properties"]) == {"ip_address": "1.2.3.4", "is_bot": False, "enrich_flags": ["x"]}
    assert "enrich_flags" not in row


def test_properties_of_the_wrong_type_reject_the_event() -> None:
    assert Transform().reasons(NAME | {"properties": "text", "other": 1}) == [("properties", "type")]


def test_a_schema_without_properties_drops_unknown_members_and_says_so() -> None:
    schema = {"properties": {name: CLICK_SCHEMA["properties"][name] for name in ("event_name", "enrich_flags")}}
    assert Transform(schema=schema).row(NAME | {"x": 1}) == NAME | {"enrich_flags": ["unknown_members"]}


def test_a_schema_of_the_users_own_gets_only_the_columns_it_declares() -> None:
    schema = {"type": "object", "properties": {"event_name": {"type": "string"}, "n": {"type": "integer"}}}
    assert Transform(schema=schema).row(NAME | {"n": 1}, ip="203.0.113.9") == NAME | {"n": 1}


def test_all_reasons_of_an_event_are_told_at_once() -> None:
    assert Transform().reasons({"pos_x": "1", "value": True}) == [
        ("pos_x", "type"),
        ("value", "type"),
        ("event_name", "required"),
    ]


def test_a_required_value_that_would_become_null_rejects_the_event() -> None:
    """The brief of section 3: right type, out of bounds, becomes null; but a required column cannot."""
    assert Transform().reasons({"event_name": "has\ttab"}) == [("event_name", "pattern")]
    assert Transform().reasons({"event_name": ""}) == [("event_name", "length")]
    assert Transform().reasons({"event_name": None}) == [("event_name", "required")]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ({"type": "string", "pattern": "^[a-z]+$"}, "A", "must match ^[a-z]+$"),
        (
            CLICK_SCHEMA["properties"]["event_name"],
            "\ttab",
            "must begin with a letter, a digit or a sign, and hold no control characters",
        ),
        ({"type": "number"}, float("inf"), "must be a number that the column can hold"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, [], "must have at least 1 items"),
    ],
)
def test_the_message_says_what_a_required_value_must_be(column: object, value: object, message: str) -> None:
    transform = Transform(schema={"properties": {"wanted": column}, "required": ["wanted"]})
    transform.reasons({"wanted": value})
    assert transform.rejects()[-1]["errorMessage"] == f"wanted: {message}"


@pytest.mark.parametrize("event", [[], "text", 1, None, True])
def test_an_event_that_is_no_object_is_rejected(event: object) -> None:
    assert Transform().reasons([event]) == [("", "type")]


def test_flags_and_reasons_never_hold_what_the_client_wrote() -> None:
    transform = Transform()
    row = transform.row(NAME | {"s3cret": 1, "page_title": "s3cret" * 1000, "properties": {"s3cret": float("nan")}})
    assert "s3cret" not in json.dumps(row["enrich_flags"])
    transform(request(b'{"event_name":["s3cret"]}'))
    (reject,) = transform.rejects()
    assert "s3cret" not in json.dumps([reject["reasons"], reject["errorMessage"]])


def test_text_that_utf8_cannot_carry_is_mended_and_flagged() -> None:
    (answer,) = Transform()(request(b'{"event_name":"a","page_title":"x\\ud800y","properties":{"\\udfff":1}}'))
    (row,) = rows_of(answer)
    assert (row["page_title"], row["properties"]) == ("x\ufffdy", '{"\ufffd":1}')
    assert row["enrich_flags"] == ["encoding"]


def test_bytes_that_are_no_utf8_cost_no_event() -> None:
    (answer,) = Transform()(b'{"event_name":"a","page_title":"caf\xe9"}\n{"event_name":"b"}')
    rows = rows_of(answer)
    assert rows[0]["page_title"] == "caf\ufffd"
    assert rows[0]["enrich_flags"] == ["encoding"]
    assert rows[1]["event_name"] == "b"


def test_the_user_agent_is_cut_at_a_thousand_characters() -> None:
    row = Transform().row(NAME, user_agent="x" * 1200)
    assert len(row["user_agent"]) == 1000
    assert row["enrich_flags"] == ["truncated:user_agent"]


def test_a_copy_of_an_event_is_dropped_within_an_invocation() -> None:
    event = b'{"event_name":"a","event_id":"1","sent_at":"2026-11-21T10:00:00Z"}'
    retried = event.replace(b"10:00:00Z", b"10:00:07Z")
    transform = Transform()
    first, second = transform(request(event, boundary="1"), request(retried, boundary="2"))
    assert len(rows_of(first)) == 1
    assert second["result"] == "Dropped"
    assert transform.metrics[0]["EventsDeduplicated"] == 1


def test_the_next_invocation_remembers_nothing() -> None:
    transform = Transform()
    event = request(b'{"event_name":"a","event_id":"1"}')
    assert transform.rows(event) == transform.rows(event)


def test_the_same_id_with_other_content_is_kept_and_flagged() -> None:
    first, second = Transform().rows(b'{"event_name":"a","event_id":"1"}', b'{"event_name":"b","event_id":"1"}')
    assert "enrich_flags" not in first
    assert second["enrich_flags"] == ["duplicate_id"]


def test_equal_events_without_an_id_of_their_own_are_all_kept() -> None:
    rows = Transform().rows(b'{"event_name":"a"}{"event_name":"a","event_id":""}')
    assert len({row["event_id"] for row in rows}) == 2
    assert len({row["event_fingerprint"] for row in rows}) == 1


def test_two_ids_that_are_equal_only_after_being_cut_are_not_copies() -> None:
    long_id = "x" * 64
    rows = Transform().rows(
        b'{"event_name":"a","event_id":"%s1"}{"event_name":"a","event_id":"%s2"}' % ((long_id.encode(),) * 2)
    )
    assert [row["event_id"] for row in rows] == [long_id, long_id]


@pytest.mark.parametrize("event_id", [7, [1]])
def test_ids_of_another_type_in_a_schema_of_the_users_own_are_left_alone(event_id: object) -> None:
    column = {"type": "array", "items": {"type": "integer"}} if isinstance(event_id, list) else {"type": "integer"}
    schema = {"properties": {"event_name": {"type": "string"}, "event_id": column}}
    transform = Transform(schema=schema)
    assert transform.row(NAME) == NAME
    assert transform.row(NAME | {"event_id": event_id}) == NAME | {"event_id": event_id}


def test_dedupe_can_be_switched_off() -> None:
    event = b'{"event_name":"a","event_id":"1"}'
    assert len(Transform(dedupe=False).rows(event + event)) == 2


def test_the_fingerprint_leaves_out_what_differs_between_copies() -> None:
    """digest of the canonical event minus volatile fields."""
    event = NAME | {"page_title": "t"}
    rows = [
        Transform().row(event | {"event_id": "1", "sent_at": "2026-11-21T09:00:00Z"}, ip="203.0.113.9"),
        Transform().row({"page_title": "t", "sent_at": "2026-11-21T09:00:09Z", "event_name": "click"}),
    ]
    assert rows[0]["event_fingerprint"] == rows[1]["event_fingerprint"]
    assert rows[0]["event_fingerprint"] != Transform().row(event | {"page_title": "u"})["event_fingerprint"]


@pytest.mark.parametrize(
    "name", ["Order Completed", "$pageview", "заказ оформлен", "注文完了", "Add to cart!", "a/b (50%) é", "x" * 128]
)
def test_an_event_may_be_named_in_any_script(name: str) -> None:
    row = Transform().row({"event_name": name})
    assert (row["event_name"], row.get("enrich_flags")) == (name, None)


@pytest.mark.parametrize("name", ["", " ", " a", "a\tb", "a\n", "a\x00", "a\x85b", "a\u2028b", "\u00a0a"])
def test_an_event_name_with_control_characters_or_a_blank_first_is_rejected(name: str) -> None:
    assert [path for path, _ in Transform().reasons({"event_name": name})] == ["event_name"]


def test_identifiers_that_are_whole_numbers_become_text_and_are_flagged() -> None:
    numbers = {"event_id": 7, "user_id": 42, "anonymous_id": -1, "session_id": 1_700_000_000_000, "schema_version": 2}
    row = Transform().row(NAME | numbers)
    assert {name: row[name] for name in numbers} == {name: str(number) for name, number in numbers.items()}
    assert set(row["enrich_flags"]) == {f"text:{name}" for name in numbers}
    assert Transform().reasons(NAME | {"user_id": True, "session_id": 1.5, "page_title": 1}) == [
        ("user_id", "type"),
        ("session_id", "type"),
        ("page_title", "type"),
    ]


def test_a_copy_is_known_by_a_number_as_its_id() -> None:
    rows = Transform().rows(request(b'[{"event_name":"a","event_id":7},{"event_name":"a","event_id":7}]'))
    assert [row["event_id"] for row in rows] == ["7"]


@pytest.mark.parametrize(
    ("given", "time"),
    [
        (1_795_255_100, "2026-11-21T09:58:20.000Z"),
        (1_795_255_100.5, "2026-11-21T09:58:20.500Z"),
        (1_795_255_100_123, "2026-11-21T09:58:20.123Z"),
        (1_795_255_100_123.4, "2026-11-21T09:58:20.123Z"),
    ],
)
def test_an_epoch_time_in_seconds_or_milliseconds_is_read_and_flagged(given: float, time: str) -> None:
    row = Transform().row(NAME | {"client_time": given, "sent_at": given})
    assert (row["client_time"], row["sent_at"]) == (time, time)
    assert row["enrich_flags"] == ["epoch:client_time", "epoch:sent_at"]


@pytest.mark.parametrize("given", [-1, 10**15, 10**400, 1e300, float("nan"), float("inf")])
def test_a_number_that_is_no_epoch_time_is_left_out_and_flagged(given: float) -> None:
    row = Transform().row(NAME | {"client_time": given})
    assert "client_time" not in row
    assert row["enrich_flags"] == ["range:client_time"]


@pytest.mark.parametrize("member", ["batch", "events", "data"])
def test_the_reason_names_the_envelope_that_holds_the_events(member: str) -> None:
    transform = Transform()
    envelope = {member: [{"event": "a"}], "sent_at": "2026-11-21T10:00:00.000Z"}
    assert transform.reasons(envelope) == [("event_name", "required"), (member, "batch_envelope")]
    assert transform.rejects()[-1]["errorMessage"].endswith(
        f"{member}: the events are inside its member '{member}': send one event, or the JSON array of them alone"
    )
    assert transform.reasons({member: []}) == [("event_name", "required")]
