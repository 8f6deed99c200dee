"""The Firehose pattern of the AWS Solutions Constructs runs from its template, which nobody here wrote."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clickstream_local.assembly.cloud_assembly import load_stacks
from clickstream_local.testing import LocalPipeline

TEMPLATE = Path(__file__).parent / "templates" / "solutions_constructs" / "kinesisfirehose_s3.template.json"
STREAM = "KinesisFirehoseSolutionsPattern59781EAD"


@pytest.fixture
def pattern() -> Iterator[LocalPipeline]:
    with LocalPipeline(TEMPLATE, now=datetime(2026, 11, 21, 9, 30, tzinfo=UTC)) as pipeline:
        yield pipeline


def put(pattern: LocalPipeline, *data: bytes) -> None:
    answer = pattern.client("firehose").put_record_batch(
        DeliveryStreamName=STREAM, Records=[{"Data": one} for one in data]
    )
    assert answer["FailedPutCount"] == 0


def delivered(pattern: LocalPipeline) -> dict[str, bytes]:
    """Keys and unpacked bodies of what has been delivered."""
    return {one.key: gzip.decompress(one.path.read_bytes()) for one in pattern.objects()}


def test_nothing_of_it_is_unsupported() -> None:
    assert [stack.unsupported for stack in load_stacks(TEMPLATE)] == [()]


def test_records_are_one_packed_object_under_the_hour_of_their_arrival(pattern: LocalPipeline) -> None:
    """facts/firehose.md#object-names: without a prefix keys begin with yyyy/MM/dd/HH/ in UTC; CompressionFormat GZIP
    ends them in .gz.
    """
    put(pattern, b"one\n", b"two\n")
    pattern.flush()
    ((key, body),) = delivered(pattern).items()
    assert key.startswith(f"2026/11/21/09/{STREAM}-1-2026-11-21-09-30-")
    assert key.endswith(".gz")
    assert body == b"one\ntwo\n"


def test_its_buffer_is_delivered_after_the_interval_that_the_pattern_sets(pattern: LocalPipeline) -> None:
    """Its BufferingHints are 300 seconds or 5 MB, whichever comes first (facts/firehose.md#buffering)."""
    put(pattern, b"one\n")
    pattern.advance(299)
    assert delivered(pattern) == {}
    pattern.advance(2)
    assert list(delivered(pattern).values()) == [b"one\n"]
