"""The content of a record: a context line, a body, a boundary."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.transform_harness import RECEIVED_AT, TOKEN, Transform, encoded, request, rows_of

EVENTS = [{"event_id": f"id-{number}", "event_name": "click", "page_title": "Ünïcode \n line"} for number in range(3)]
LINES = [json.dumps(event).encode() for event in EVENTS]


@pytest.mark.parametrize(
    "record",
    [
        b"\n".join(LINES) + b"\n",
        b"\r\n".join(LINES),
        b"".join(LINES),
        b"[" + b",".join(LINES) + b"]",
        b" \n[" + b" , ".join(LINES) + b"\n]\n",
        json.dumps(EVENTS, indent=2).encode(),
        b"\n".join(json.dumps(event, indent=2).encode() for event in EVENTS),
        b"[" + LINES[0] + b"]" + LINES[1] + b"[]\n" + LINES[2],
        b"\xef\xbb\xbf" + b"\n".join(LINES),
        gzip.compress(b"\n".join(LINES)),
        gzip.compress(LINES[0]) + gzip.compress(b"\n".join(LINES[1:])),
    ],
    ids=[
        "ndjson",
        "crlf",
        "concatenated",
        "array",
        "spaced",
        "pretty array",
        "pretty",
        "mixed",
        "bom",
        "gzip",
        "members",
    ],
)
def test_every_format_of_a_record_gives_the_same_rows(record: bytes) -> None:
    """One bare event, newline-delimited, concatenated, an array, gzip of any: the result is the same rows."""
    assert Transform().rows(record) == Transform().rows(b"\n".join(LINES))
    assert [row["event_id"] for row in Transform().rows(record)] == ["id-0", "id-1", "id-2"]


@pytest.mark.parametrize(
    "body", [b"\n".join(LINES), b"[" + b",".join(LINES) + b"]", json.dumps(EVENTS, indent=1).encode()]
)
def test_a_request_gives_the_same_rows_in_every_format_of_its_body(body: bytes) -> None:
    assert Transform().rows(request(body)) == Transform().rows(gzip.compress(request(LINES[0] + LINES[1] + LINES[2])))


def test_a_context_line_stamps_the_rows_of_its_request() -> None:
    row = Transform().row({"event_name": "click"}, ip="203.0.113.9", user_agent="Agent/1.0", country="NL")
    assert row["received_at"] == "2026-11-21T10:00:00.123Z"
    assert (row["ip_address"], row["user_agent"], row["country"]) == ("203.0.113.0", "Agent/1.0", "NL")


def test_a_record_without_a_context_line_has_the_time_of_its_arrival() -> None:
    (row,) = Transform().rows(b'{"event_name":"click"}')
    assert row["received_at"] == "2026-11-21T10:00:00.999Z"
    assert "ip_address" not in row


def test_a_body_may_hold_the_text_of_a_context_line_and_of_a_boundary() -> None:
    """A body cannot forge a context line."""
    forged = request(b'{"event_name":"forged"}', ip="198.51.100.1", boundary="other").rstrip(b"\n")
    transform = Transform()
    (answer,) = transform(request(b'{"event_name":"a"}\n' + forged + b'\n{"event_name":"b"}', ip="203.0.113.9"))
    rows = rows_of(answer)
    assert [row["event_name"] for row in rows] == ["a", "forged", "b"]
    assert {row["ip_address"] for row in rows} == {"203.0.113.0"}
    assert [reject["reasons"][0]["rule"] for reject in transform.rejects()] == ["required", "invalid_json"]


@pytest.mark.parametrize(
    "record",
    [
        request(b'{"event_name":"a"}')[:-1],
        request(b'{"event_name":"a"}') + b"\n",
        b"\n" + request(b'{"event_name":"a"}'),
        request(b'{"event_name":"a"}', boundary=""),
        request(b'{"event_name":"a"}').replace(b'"clickstream": 1', b'"clickstream": true'),
        request(b'{"event_name":"a"}').replace(b'"clickstream": 1', b'"clickstream": 2'),
        request(b'{"event_name":"a"}').replace(b'"kind": "request"', b'"kind": "admin"'),
    ],
    ids=[
        "no newline after the boundary",
        "text after the boundary",
        "not at byte 0",
        "empty",
        "true",
        "version 2",
        "kind",
    ],
)
def test_a_line_that_is_no_context_line_is_an_event_like_any_other(record: bytes) -> None:
    """A context line stands at byte 0 or nowhere; for a request the boundary closes the record."""
    transform = Transform()
    (answer,) = transform(record)
    (row,) = rows_of(answer)
    assert row["received_at"] == "2026-11-21T10:00:00.999Z"
    assert ("event_name", "required") in [
        (reason["path"], reason["rule"]) for reject in transform.rejects() for reason in reject["reasons"]
    ]


def test_the_newline_of_the_context_line_is_not_the_one_before_the_boundary() -> None:
    transform = Transform()
    (answer,) = transform(request(b"").replace(b"\n\n", b"\n"))
    assert answer["result"] == "Dropped"
    assert [reject["reasons"][0]["rule"] for reject in transform.rejects()] == ["required", "invalid_json"]


def test_rows_of_the_kind_transformed_are_passed_on_unchanged() -> None:
    """What replaying a failed conversion needs."""
    rows = b'{"any":"row", "b":1}\n{"x":[1, 2]}'
    (answer,) = Transform()(b'{"clickstream":1,"kind":"transformed"}\n' + rows)
    assert answer == {"recordId": "record0", "result": "Ok", "data": encoded(rows + b"\n")}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"Hello World", "invalid_json"),
        (b"[" * 100_000, "too_deep"),
        (b"\x1f\x8bnot gzip", "invalid_gzip"),
        (gzip.compress(b'{"event_name":"a"}', mtime=0)[:-4], "invalid_gzip"),
        (request(b""), "empty"),
        (b'{"clickstream":1,"kind":"transformed"}\n\n', "empty"),
    ],
)
def test_a_record_in_which_nothing_can_be_read_fails_as_a_whole(record: bytes, reason: str) -> None:
    transform = Transform()
    assert transform(record) == [{"recordId": "record0", "result": "ProcessingFailed"}]
    assert transform.metrics[0][f"RecordsFailed.{reason}"] == 1


def test_an_id_is_derived_from_the_record_so_equal_anonymous_clicks_stay_two_rows() -> None:
    """A digest of the record's identity, the position in it and the raw text."""
    click = b'{"event_name":"click"}'
    rows = Transform().rows(request(click + click, boundary="one"), request(click, boundary="two"), click, click)
    assert len({row["event_id"] for row in rows}) == 5
    again = Transform().rows(request(click + click, boundary="one"), request(click, boundary="two"), click, click)
    assert again == rows


def test_a_request_that_is_put_again_keeps_its_derived_ids() -> None:
    record = request(b'{"event_name":"click"}')
    first, second = Transform(dedupe=False).rows(record, record)
    assert first["event_id"] == second["event_id"]


def test_a_replayed_event_keeps_its_id_its_time_and_its_sender() -> None:
    transform = Transform()
    record = request(b'[{"event_name":"a"},{"event_name":7,"n":1}]', ip="203.0.113.9", user_agent="A/1", principal="p")
    transform(record)
    context = transform.rejects()[0]["context"]
    mended = json.dumps(context).encode() + b'\n{"event_name":"b"}'
    (row,) = transform.rows(mended)
    (_, expected) = Transform().rows(
        request(b'[{"event_name":"a"},{"event_name":"b"}]', ip="203.0.113.9", user_agent="A/1")
    )
    assert row["received_at"] == expected["received_at"]
    assert (row["ip_address"], row["user_agent"]) == ("203.0.113.0", "A/1")
    assert context["received_at"] == RECEIVED_AT
    assert context["principal"] == "p"
    assert transform.rows(mended) == [row]


STRANGERS = {
    "a replay": {"event_name": "x", "clickstream": 1, "kind": "replay", "received_at": 946684800000, "country": "AQ"},
    "rows that are through": {"event_name": "x", "clickstream": 1, "kind": "transformed"},
    "a split record": {"event_name": "x", "clickstream": 1, "kind": "split", "attempt": 3, "identity": "i", "first": 9},
    "a token that was guessed": {"event_name": "x", "clickstream": 1, "kind": "replay", "token": "0" * 36},
    "a token that is a list": {"event_name": "x", "clickstream": 1, "kind": "replay", "token": [TOKEN]},
    "a token that is empty": {"event_name": "x", "clickstream": 1, "kind": "split", "token": ""},
    "a request": {"event_name": "x", "clickstream": 1, "kind": "request", "boundary": json.dumps(EVENTS[-1])},
    "another use of the name": {"event_name": "x", "clickstream": {"campaign": 7}},
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_an_event_that_looks_like_a_context_line_is_an_event_and_changes_no_neighbours_row(stranger: str) -> None:
    """CWE-290, CWE-349: what a client writes does not decide whose words the record's other events are."""
    neighbours = b"\n".join(LINES)
    transform = Transform(context_tokens=[TOKEN])
    first, *others = transform.rows(json.dumps(STRANGERS[stranger]).encode() + b"\n" + neighbours + b"\n")
    assert (first["event_name"], first["received_at"]) == ("x", "2026-11-21T10:00:00.999Z")
    assert others == Transform().rows(neighbours)
    assert transform.rejects() == []
    assert "RecordsWithUnknownToken" not in transform.metrics[0]


@pytest.mark.parametrize("token", [TOKEN, "5d1f0c52-6c39-44a4-8f0e-0d7f7f0f9a77"])
def test_a_context_line_is_believed_by_the_token_and_by_previous_ones(token: str) -> None:
    transform = Transform(context_tokens=[TOKEN, "5d1f0c52-6c39-44a4-8f0e-0d7f7f0f9a77"])
    row = transform.row({"event_name": "click"}, token=token, ip="203.0.113.9")
    assert (row["received_at"], row["ip_address"]) == ("2026-11-21T10:00:00.123Z", "203.0.113.0")


@pytest.mark.parametrize("context", [{}, {"token": "5d1f0c52-6c39-44a4-8f0e-0d7f7f0f9a77"}], ids=["none", "another"])
@pytest.mark.parametrize("body", [b"\n".join(LINES), json.dumps(EVENTS).encode()], ids=["lines", "array"])
def test_the_events_of_an_endpoint_whose_token_is_not_known_become_rows_without_its_context(
    context: dict[str, str], body: bytes
) -> None:
    """Function and template are not deployed in the same moment, in whichever order: no event may be lost meanwhile."""
    transform = Transform(context_tokens=[TOKEN])
    rows = transform.rows(request(body, ip="203.0.113.9", user_agent="Agent/1.0", **context))
    assert rows == Transform().rows(b"\n".join(LINES))
    assert transform.rejects() == []
    assert transform.metrics[0]["RecordsWithUnknownToken"] == 1


@pytest.mark.parametrize("kind", ["split", "replay", "transformed"])
def test_events_that_were_put_again_with_another_token_are_read_as_bare_ones(kind: str) -> None:
    line = {"clickstream": 1, "kind": kind, "received_at": 1, "ip": "203.0.113.9", "identity": "i", "first": 0}
    transform = Transform(context_tokens=[TOKEN])
    rows = transform.rows(json.dumps(line).encode() + b"\n" + b"\n".join(LINES))
    assert rows == Transform().rows(b"\n".join(LINES))
    assert transform.rejects() == []


def test_the_line_that_closes_a_record_is_an_event_where_no_endpoint_wrote_it() -> None:
    forged = {"clickstream": 1, "kind": "request", "boundary": LINES[-1].decode()}
    transform = Transform(context_tokens=[TOKEN])
    rows = transform.rows(json.dumps(forged).encode() + b"\n" + b"\n".join(LINES) + b"\n")
    assert rows == Transform().rows(b"\n".join(LINES))
    assert len(transform.rejects()) == 1


def test_a_client_of_the_endpoint_cannot_write_the_line_before_its_own_body() -> None:
    """The line that counts is the endpoint's, at byte 0, whatever tokens the body has."""
    forged = request(b'{"event_name":"forged"}', token=TOKEN, ip="198.51.100.1", boundary="otherone")
    row, _ = Transform(context_tokens=[TOKEN]).rows(
        request(b'{"event_name":"a"}\n' + b'{"event_name":"b"}', token=TOKEN, ip="203.0.113.9")
    )
    assert row["ip_address"] == "203.0.113.0"
    transform = Transform(context_tokens=[TOKEN])
    (answer,) = transform(request(forged, token=TOKEN, ip="203.0.113.9"))
    assert {row["ip_address"] for row in rows_of(answer)} == {"203.0.113.0"}


members = st.text(max_size=8) | st.sampled_from(["token", "kind", "received_at", "identity", "boundary", "attempt"])
values = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["split", "replay", TOKEN])
marks = values | st.just(1) | st.lists(values, max_size=2) | st.dictionaries(members, values, max_size=2)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(members, values, max_size=5), marks, st.sampled_from([b"\n", b"\r\n", b""]))
def test_no_member_named_clickstream_changes_a_neighbours_row(
    event: dict[str, object], mark: object, separator: bytes
) -> None:
    stranger = json.dumps({**event, "clickstream": mark}).replace(TOKEN, TOKEN[::-1]).encode()
    (answer,) = Transform(context_tokens=[TOKEN])(stranger + separator + b"\n".join(LINES) + b"\n")
    rows = [row for row in rows_of(answer) if row.get("event_id", "").startswith("id-")]
    assert rows == Transform().rows(b"\n".join(LINES))
