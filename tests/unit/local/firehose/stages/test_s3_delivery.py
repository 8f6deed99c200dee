"""Objects in S3: names, times, and what happens when they cannot be written (facts/firehose.md#object-names,
#backup).
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from support.local_firehose import LOGGING, LocalFirehose
from support.sample_data import shared_file


def test_an_object_is_named_by_stream_version_time_and_uuid(local: LocalFirehose) -> None:
    """facts/firehose.md#object-names; without a timestamp expression year to hour are appended to the prefix
    (facts/firehose.md#prefixes).
    """
    local.stream()
    local.deliver(b"x")
    (key,) = local.keys()
    assert re.fullmatch(
        r"data/2026/11/21/12/clicks-1-2026-11-21-12-00-00-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
        key,
    )


def test_names_match_the_recorded_pattern(local: LocalFirehose) -> None:
    """Vectors.json, object_name."""
    case = json.loads(shared_file("facts/vectors.json").read_text())["object_name"]
    stream = case["stream"]
    local.stream(stream)

    async def scenario() -> None:
        await local.put(b"x", stream=stream)

    local.now = 1_783_936_862.9  # 2026-07-13T10:01:02.9Z: the precision is a second
    local.run(scenario)
    assert re.fullmatch(case["regex"], local.keys()[0].rpartition("/")[2])


def test_the_time_is_the_arrival_of_the_oldest_record(local: LocalFirehose) -> None:
    """facts/firehose.md#prefixes."""
    local.stream(Prefix="h=!{timestamp:HH-mm}/")

    async def scenario() -> None:
        await local.put(b"first")
        local.now += 3600
        await local.put(b"second")
        local.now += 3600

    local.run(scenario)
    (key,) = local.keys()
    assert key.startswith("h=12-00/clicks-1-2026-11-21-12-00-00-")


def test_a_time_zone_moves_prefix_and_name(local: LocalFirehose) -> None:
    """facts/firehose.md#object-names: CustomTimeZone."""
    local.stream(Prefix="d=!{timestamp:dd-HH}/", CustomTimeZone="Asia/Kolkata")
    local.deliver(b"x")
    assert local.keys()[0].startswith("d=21-17/clicks-1-2026-11-21-17-30-00-")


def test_what_cannot_be_written_stays_buffered_and_is_logged(local: LocalFirehose) -> None:
    """facts/firehose.md#error-output-types: a failed S3 write is retried."""
    local.stream(CloudWatchLoggingOptions=LOGGING)
    blocked = local.root / "s3/lake/data"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file where a directory has to be")

    async def scenario() -> dict[str, Any]:
        await local.put(b"precious")
        with pytest.raises(DeliveryError, match=r"delivery stream clicks: cannot write s3://lake/data/"):
            await local.service.flush()
        held: dict[str, Any] = local.state()
        blocked.unlink()
        await local.service.flush()
        return held

    assert local.run(scenario)["buffered"] == 1
    assert local.bodies() == [b"precious"]
    (entry,) = local.logged()
    assert entry["errorCode"] == "InternalError"
    assert entry["destination"] == "arn:aws:s3:::lake"
