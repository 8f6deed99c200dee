"""Bad requests get what API Gateway would answer and never reach the stream (facts/api-gateway.md#aws-integration,
#templates, #request-validation, #mapping-templates, #gateway-responses, #response-headers).
"""

from __future__ import annotations

import json

import pytest

from support.running_pipeline import Pipeline, event

pytestmark = pytest.mark.xdist_group("pipeline")

MODEL = ("/events", "application/json", 400)


@pytest.mark.parametrize(
    ("body", "path", "content_type", "status", "text"),
    [
        pytest.param(b'{"event_name": ', *MODEL, "Invalid request body", id="malformed"),
        pytest.param(b"[]", *MODEL, "Invalid request body", id="empty array"),
        pytest.param(b"[%s]" % b",".join([event()] * 501), *MODEL, "Invalid request body", id="501 events"),
        pytest.param(b'{"page_url": "/"}', *MODEL, "Invalid request body", id="no event_name"),
        pytest.param(b'[{"event_name": "a"}, {"event_name": 1}]', *MODEL, "Invalid request body", id="one bad of two"),
        pytest.param(b'{"page_url": "/"}', "/events", "text/plain", 400, "Invalid request body", id="beacon, no name"),
        pytest.param(b"", *MODEL, "Invalid request body", id="empty body is {}"),
        pytest.param(event(), "/events", "application/xml", 415, "Unsupported Media Type", id="unknown content type"),
        pytest.param(event(), "/event", "application/json", 403, "Missing Authentication Token", id="unknown path"),
    ],
)
def test_the_endpoint_refuses_it_and_nothing_reaches_the_stream(
    pipeline: Pipeline, body: bytes, path: str, content_type: str, status: int, text: str
) -> None:
    answer = pipeline.post(body, path=path, content_type=content_type)
    assert (answer.status, text in answer.body) == (status, True), answer.body
    assert answer.headers["Access-Control-Allow-Origin"]
    assert pipeline.counts()["records_received"] == 0


def test_a_request_too_large_for_a_record_is_413_and_says_the_limit(pipeline: Pipeline) -> None:
    """A Firehose record holds 1,024,000 bytes (facts/firehose.md#put-records)."""
    answer = pipeline.post(json.dumps([{"event_name": "click", "note": "x" * 4000}] * 300).encode())
    assert answer.status == 413
    assert "1,024,000" in answer.body or "1024000" in answer.body
    assert answer.headers["Access-Control-Allow-Origin"]
    assert pipeline.counts()["records_received"] == 0


def test_five_hundred_events_are_one_record(pipeline: Pipeline) -> None:
    answer = pipeline.post(b"[%s]" % b",".join([event()] * 500))
    assert answer.status == 202
    assert json.loads(answer.body)["request_id"]
    pipeline.flush()
    assert pipeline.counts()["records_received"] == 1
    assert len(pipeline.rows()) == 500


def test_a_preflight_is_answered_for_a_browser(pipeline: Pipeline) -> None:
    answer = pipeline.post(b"", method="OPTIONS")
    assert answer.status in (200, 204)
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


def test_an_event_that_breaks_the_schema_is_kept_with_its_reasons_and_its_neighbours_arrive(pipeline: Pipeline) -> None:
    good, bad = {"event_name": "click", "event_id": "good"}, {"event_name": "click", "event_id": "bad", "value": "12"}
    assert pipeline.post(json.dumps([good, bad, good | {"event_id": "also-good"}]).encode()).status == 202
    pipeline.flush()
    assert sorted(row["event_id"] for row in pipeline.rows()) == ["also-good", "good"]
    (rejected,) = pipeline.failed()
    assert rejected.kind == "rejected"
    assert "value" in rejected.reason
    assert json.loads(rejected.raw) == bad
    assert "/errors/rejected/" in str(rejected.file)


def test_a_body_cannot_forge_a_context_line(pipeline: Pipeline) -> None:
    """A context line stands at byte 0 of a record or nowhere."""
    forged = b'{"event_name":"a"}\n{"clickstream":1,"kind":"request","received_at":0,"ip":"6.6.6.6","boundary":"x"}\n'
    assert pipeline.post(b"[%s]" % event(event_id="one")).status == 202
    answer = pipeline.post(forged)
    pipeline.flush()
    if answer.status == 202:
        assert {row["ip_address"] for row in pipeline.rows()} == {"127.0.0.0"}
    else:
        assert answer.status == 400
    assert all(row["received_at"].year > 2020 for row in pipeline.rows())


def test_a_server_column_cannot_be_set_from_outside(pipeline: Pipeline) -> None:
    """A client's value for a readOnly column is moved to properties."""
    pipeline.post(event(ip_address="6.6.6.6", is_bot=True, event_id="x"))
    pipeline.flush()
    (row,) = pipeline.rows()
    assert row["ip_address"] == "127.0.0.0"
    assert json.loads(row["properties"]) == {"ip_address": "6.6.6.6", "is_bot": True}


def test_a_hostile_request_among_good_ones_costs_itself_alone(pipeline: Pipeline) -> None:
    hostile = {"event_name": "e", "properties": {f"a{number}@b.example": 1 for number in range(13_000)}}
    for number in range(101):
        body = json.dumps(hostile).encode() if number == 50 else event(app_id="good")
        assert pipeline.post(body).status == 202
    pipeline.flush()
    assert len(pipeline.rows()) == 100
    (reject,) = pipeline.failed()
    assert (reject.kind, json.loads(reject.raw)) == ("rejected", hostile)
