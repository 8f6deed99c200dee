"""The Firehose contract: facts/firehose.md#function-reply, facts/firehose.md#function-request, #function-reply,
#function-failures.
"""

from __future__ import annotations

import json

import pytest

from clickstream_transform.contract.processor import Batch
from support.transform_harness import (
    ARRIVAL,
    BAD_EVENT,
    GOOD_EVENT,
    TOKEN,
    Client,
    Context,
    Transform,
    batch,
    encoded,
    request,
    rows_of,
)

POISON = [
    b"",
    b"not json",
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'"text"',
    b"9" * 5_000,
    b"NaN",
    b'{"event_name":' + b"9" * 5_000 + b"}",
    b'{"event_name":"x","value":1e400}',
    b'{"event_name":"\\ud800"}',
    b'{"event_name":"x","\\udfff":"\\ud800"}',
    b'{"event_name":"x","properties":' + b'{"a":' * 950 + b"1" + b"}" * 951,
    b"\x1f\x8b",
]


def test_a_good_record_is_answered_in_the_form_that_firehose_wants() -> None:
    reply = Transform().reply(batch(GOOD_EVENT))
    assert list(reply) == ["records"]
    (answer,) = reply["records"]
    assert list(answer) == ["recordId", "result", "data"]
    assert rows_of(answer)[0]["event_id"] == "good"


def test_a_record_of_rejected_events_only_is_dropped_after_they_were_acknowledged() -> None:
    """facts/firehose.md#function-failures: Dropped leaves no trace, so it has to be safe elsewhere
    first.
    """
    transform = Transform()
    assert transform(BAD_EVENT) == [{"recordId": "record0", "result": "Dropped"}]
    assert len(transform.rejects()) == 1


@pytest.mark.parametrize("poison", POISON, ids=range(len(POISON)))
def test_good_records_are_byte_identical_beside_poison(poison: bytes) -> None:
    """facts/goals.md#transform, goal 1: every recordId once, good records byte-identical to a clean run."""
    clean = Transform()(GOOD_EVENT, b"[]", GOOD_EVENT.replace(b"good", b"also good"))
    answers = Transform()(GOOD_EVENT, poison, GOOD_EVENT.replace(b"good", b"also good"))
    assert [answer["recordId"] for answer in answers] == ["record0", "record1", "record2"]
    assert (answers[0], answers[2]) == (clean[0], clean[2])


@pytest.mark.parametrize("poison", POISON, ids=range(len(POISON)))
def test_good_events_survive_beside_poison_in_one_record(poison: bytes) -> None:
    """facts/peers.md#complaints: isolate per event inside a batch record."""
    (answer,) = Transform()(GOOD_EVENT + b"\n" + poison + b"\n" + GOOD_EVENT.replace(b"good", b"also good"))
    assert [row["event_id"] for row in rows_of(answer) if "good" in row["event_id"]] == ["good", "also good"]


def test_a_record_id_that_comes_twice_is_answered_once_with_the_rows_of_both() -> None:
    """facts/firehose.md#function-failures: a repeated id fails the record or the whole batch; AWS's own sample event
    has one.
    """
    event = batch(GOOD_EVENT, GOOD_EVENT.replace(b"good", b"twin"))
    event["records"][1]["recordId"] = "record0"
    (answer,) = Transform().reply(event)["records"]
    assert [row["event_id"] for row in rows_of(answer)] == ["good", "twin"]


def test_a_record_id_that_comes_twice_fails_when_one_of_its_records_cannot_be_read() -> None:
    event = batch(GOOD_EVENT, b"not json")
    event["records"][1]["recordId"] = "record0"
    assert Transform().reply(event)["records"] == [{"recordId": "record0", "result": "ProcessingFailed"}]


def test_a_record_of_an_msk_source_is_answered_under_its_own_key() -> None:
    """facts/firehose.md#function-reply: result field is kafkaRecordValue, not data."""
    event = batch(GOOD_EVENT)
    event["records"][0]["kafkaRecordValue"] = event["records"][0].pop("data")
    (answer,) = Transform().reply(event)["records"]
    assert list(answer) == ["recordId", "result", "kafkaRecordValue"]


@pytest.mark.parametrize("arrival", [ARRIVAL, ARRIVAL + 0.5, "2026-11-21T10:00:00.999Z"])
def test_an_arrival_time_may_be_a_number_or_iso_text(arrival: object) -> None:
    """data/README: approximateArrivalTimestamp is a number in one of AWS's samples and an ISO string in another."""
    event = batch(GOOD_EVENT)
    event["records"][0]["approximateArrivalTimestamp"] = arrival
    (answer,) = Transform().reply(event)["records"]
    assert rows_of(answer)[0]["received_at"] == "2026-11-21T10:00:00.999Z"


@pytest.mark.parametrize("arrival", [None, "yesterday", -1, float("inf"), True, 10**30])
def test_an_arrival_time_that_is_none_becomes_the_time_of_the_transform(arrival: object) -> None:
    event = batch(GOOD_EVENT)
    event["records"][0]["approximateArrivalTimestamp"] = arrival
    (answer,) = Transform().reply(event)["records"]
    assert rows_of(answer)[0]["received_at"] == "2026-11-21T10:00:01.999Z"


def test_a_record_without_an_id_is_left_out_and_its_neighbours_go_on() -> None:
    event = batch(GOOD_EVENT)
    event["records"] += [None, 7, {}, {"recordId": 3, "data": encoded(GOOD_EVENT)}]
    assert [answer["recordId"] for answer in Transform().reply(event)["records"]] == ["record0"]


def test_an_event_that_is_no_batch_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="transforms Amazon Data Firehose batches"):
        Transform().reply({"Records": []})


def test_without_a_reject_stream_a_rejected_event_fails_its_record() -> None:
    transform = Transform(reject_stream=None)
    answers = transform(GOOD_EVENT + BAD_EVENT, GOOD_EVENT.replace(b"good", b"other"))
    assert [answer["result"] for answer in answers] == ["ProcessingFailed", "Ok"]
    assert transform.metrics[0]["RecordsFailed.no_reject_stream"] == 1
    assert transform.client.calls == []


def test_a_processor_that_raises_rejects_that_event_only(capsys: pytest.CaptureFixture[str]) -> None:
    transform = Transform()
    begin = transform.harness._processor.begin

    def broken() -> Batch:
        batch = begin()
        rows = batch.rows

        def explode(value: object, index: int, envelope: object) -> bytes | None:
            if value == {"event_name": "secret"}:
                raise ZeroDivisionError("secret")
            return rows(value, index, envelope)  # type: ignore[arg-type]

        batch.rows = explode  # type: ignore[method-assign]
        return batch

    transform.harness._processor.begin = broken  # type: ignore[method-assign]
    (answer,) = transform(GOOD_EVENT + b'{"event_name":"secret"}')
    assert [row["event_id"] for row in rows_of(answer)] == ["good"]
    assert transform.rejects()[0]["reasons"][0]["message"] == "the transform raised ZeroDivisionError"
    line = json.loads(capsys.readouterr().out)
    assert line["error"] == "ZeroDivisionError"
    assert "secret" not in json.dumps(line)


def test_nothing_of_a_payload_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    transform = Transform(client=Client(lambda stream, records: ["InternalFailure"] * len(records)))
    transform(request(b'{"event_name":["s3cret"],"page_url":"s3cret"}', ip="192.0.2.77"), b"s3cret", seconds=30)
    printed = capsys.readouterr().out + json.dumps(transform.metrics)
    assert "put_gave_up" in printed
    assert "s3cret" not in printed
    assert "192.0.2" not in printed


def test_nothing_that_tells_of_a_record_shows_the_token_of_its_context_line(capsys: pytest.CaptureFixture[str]) -> None:
    transform = Transform(context_tokens=[TOKEN], client=Client(lambda stream, records: [None] * len(records)))
    transform(request(BAD_EVENT, token=TOKEN), request(b"", token=TOKEN), request(BAD_EVENT, token="y" * 36))
    told = capsys.readouterr().out + json.dumps(transform.metrics) + json.dumps(transform.rejects())
    assert len(transform.rejects()) == 2
    assert TOKEN not in told
    assert "y" * 36 not in told


def test_the_harness_reads_the_remaining_time_only_when_it_has_to_put() -> None:
    class NoTime(Context):
        def get_remaining_time_in_millis(self) -> int:
            raise AssertionError("asked")

    assert Transform().harness.handle(batch(GOOD_EVENT), NoTime())["records"][0]["result"] == "Ok"


@pytest.mark.parametrize("data", [None, 7, "not base64!", "é"])
def test_data_that_is_no_base64_fails_its_record_only(data: object) -> None:
    event = batch(b"x", GOOD_EVENT)
    event["records"][0]["data"] = data
    answers = Transform().reply(event)["records"]
    assert [answer["result"] for answer in answers] == ["ProcessingFailed", "Ok"]
