from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from clickstream_local.failures.events import events_of
from clickstream_local.failures.objects import FailedRecord
from clickstream_local.verify.identity import failed_events, key_of, record_identity, source_events
from clickstream_transform.click.click import derived_id
from clickstream_transform.records.envelope import open_record
from clickstream_transform.records.inflate import InflateBudget

LINE = b'{"clickstream":1,"kind":"request","boundary":"b1","received_at":5}\n'
REQUEST = LINE + b'[{"event_name":"a"},{"event_name":"b","event_id":"mine"}]\nb1\n'


def keys(record: bytes) -> list[bytes | None]:
    return [event.key for event in source_events(events_of(record))]


def test_an_event_is_known_by_its_own_id() -> None:
    assert keys(REQUEST)[1] == key_of("mine")
    assert keys(b'{"event_id":"mine"}\n{"event_id":17}\n') == [key_of("mine"), key_of("17")]
    assert keys(json.dumps({"event_id": "x" * 99}).encode()) == [key_of("x" * 64)]


REPLAY = b'{"clickstream":1,"kind":"replay","identity":"0f","first":3}\n{"event_name":"a"}\n'
SPLIT = REPLAY.replace(b"replay", b"split")


@pytest.mark.parametrize("record", [REQUEST, gzip.compress(REQUEST), REPLAY, SPLIT])
def test_an_event_without_an_id_has_the_one_that_the_transform_derives(record: bytes) -> None:
    envelope = open_record(record, "record-id", 0, InflateBudget(1 << 20, 1 << 20))
    assert keys(record)[0] == key_of(derived_id(envelope.identity, envelope.first))


def test_a_copy_of_a_record_is_the_same_record() -> None:
    assert record_identity(events_of(REQUEST)) == record_identity(events_of(gzip.compress(REQUEST)))
    assert record_identity(events_of(REQUEST)) != record_identity(events_of(REQUEST.replace(b"b1", b"b2")))


@pytest.mark.parametrize("event", [b'{"event_name":"a"}', b'{"event_id":null}', b'{"event_id":true}', b"nonsense"])
def test_a_bare_event_without_an_id_has_no_identity(event: bytes) -> None:
    """It rests on Firehose's record id."""
    assert keys(event) == [None]


def test_a_rejected_event_is_the_one_of_its_record() -> None:
    envelope = open_record(REQUEST, "record-id", 0, InflateBudget(1 << 20, 1 << 20))
    context = envelope.context_members("replay", 0)
    rejected = FailedRecord("rejected", "why", b'{"event_name":"a"}', Path(), context=context)
    assert [event.key for event in failed_events(rejected)] == keys(REQUEST)[:1]


def test_events_that_share_a_reject_are_as_many_as_it_says() -> None:
    raw = b'{"event_id":"a"}\n{"event_name":"b"}'
    rejected = FailedRecord("rejected", "why", raw, Path(), context={"identity": "rest", "first": 3}, events=3)
    assert len(list(failed_events(rejected))) == 3


def test_rows_that_failed_conversion_are_known_by_their_ids() -> None:
    failed = FailedRecord("format-conversion-failed", "why", b'{"event_id":"a"}\n{"event_id":"b"}\n', Path())
    assert [event.key for event in failed_events(failed)] == [key_of("a"), key_of("b")]
