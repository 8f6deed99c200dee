"""Aggregates of the Kinesis Producer Library (facts/firehose.md#processing-order)."""

from __future__ import annotations

import hashlib

import pytest

from clickstream_local.firehose.records.kpl import deaggregated
from support.local_firehose import BACKUP, LocalFirehose


def varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def field(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


def aggregate(*records: tuple[str, bytes]) -> bytes:
    """A record as the Kinesis Producer Library writes it."""
    keys = b"".join(field(1, key.encode()) for key, _ in records)
    bodies = b"".join(
        field(3, varint(1 << 3) + varint(index) + field(3, data)) for index, (_, data) in enumerate(records)
    )
    message = keys + bodies
    return b"\xf3\x89\x9a\xc2" + message + hashlib.md5(message).digest()


def test_an_aggregate_of_the_producer_library_is_split_first(local: LocalFirehose) -> None:
    """facts/firehose.md#processing-order: before everything else, but for the source backup, which has the record as
    it came.
    """
    whole = aggregate(("a", b"one\n"), ("b", b"two" * 100 + b"\n"))
    local.kinesis_source(
        **BACKUP,
    )
    local.with_boto3(
        lambda kinesis: kinesis.put_record(StreamName="events", PartitionKey="k", Data=whole), service="kinesis"
    )
    assert local.bodies("data/") == [b"one\n" + b"two" * 100 + b"\n"]
    assert local.bodies("raw/") == [whole]
    assert (local.state()["received"], local.state()["deaggregated"], local.state()["delivered"]) == (1, 1, 2)


@pytest.mark.parametrize("data", [b"plain", b"\xf3\x89\x9a\xc2", aggregate(("a", b"x"))[:-1] + b"?"])
def test_a_record_that_is_no_aggregate_is_left_alone(data: bytes) -> None:
    assert deaggregated(data) is None


def test_an_aggregate_that_is_cut_inside_is_left_alone() -> None:
    message = field(1, b"key") + varint(3 << 3 | 2) + varint(500) + b"cut"
    assert deaggregated(b"\xf3\x89\x9a\xc2" + message + hashlib.md5(message).digest()) is None
