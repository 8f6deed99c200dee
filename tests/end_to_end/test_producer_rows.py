"""What the producer wrote, read back through the reference stack, beside the same events put by boto3 alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clickstream_producer import FirehoseStream, Producer
from support.running_pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("pipeline")


def events(prefix: str) -> list[dict[str, Any]]:
    """Two batches of events whose ids begin with a prefix."""
    return [
        {
            "event_id": f"{prefix}-{number:04}",
            "event_name": ("click", "page_view", "scroll")[number % 3],
            "client_time": f"2026-11-21T12:{number // 60 % 60:02}:{number % 60:02}.250Z",
            "page_url": f"https://shop.example/c/{number % 9}?q=\u00fc%20{number}",
            "user_id": f"u-{number % 17}",
            "value": number / 4,
            "properties": {"n": number, "list": [1, "a", None]},
        }
        for number in range(700)
    ]


def test_the_rows_are_those_of_the_same_events_put_by_boto3_alone(pipeline: Pipeline) -> None:
    target = FirehoseStream(
        pipeline.stream,
        region="us-east-1",
        endpoint_url=pipeline.runtime.url,
        credentials={"access_key_id": "LOCAL", "secret_access_key": "local"},
    )
    with Producer(target) as producer:
        assert producer.put_many(events("producer")) == 700
    theirs = events("boto3")
    for start in (0, 500):
        records = [{"Data": json.dumps(event).encode() + b"\n"} for event in theirs[start : start + 500]]
        answer = pipeline.firehose().put_record_batch(DeliveryStreamName=pipeline.stream, Records=records)
        assert answer["FailedPutCount"] == 0
    pipeline.flush()
    assert pipeline.failed() == []
    rows = {row["event_id"]: row for row in pipeline.rows()}
    assert len(rows) == 1_400
    different = {
        name
        for number in range(700)
        for name, value in rows[f"producer-{number:04}"].items()
        if value != rows[f"boto3-{number:04}"][name]
    }
    # When a record came is its own; all else of a row is the event's.
    assert different - {"received_at"} == {"event_id"}
    assert rows["producer-0005"]["user_id"] == "u-5"
