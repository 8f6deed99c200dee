"""Objects in S3: names, times, headers, backup, and what happens when they cannot be written (facts 4.3, 8)."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from support.sample_data import shared_file

BACKUP = {"BucketARN": "arn:aws:s3:::lake", "RoleARN": "arn:r", "Prefix": "raw/", "CompressionFormat": "GZIP"}
LOGGING = {"Enabled": True, "LogGroupName": "/aws/kinesisfirehose/clicks", "LogStreamName": "DestinationDelivery"}


def test_records_are_concatenated_with_nothing_in_between(local: Any) -> None:
    """Facts 4.3."""
    local.stream()
    local.deliver(b"abc", b"def\n", b"ghi")
    assert local.bodies() == [b"abcdef\nghi"]


def test_an_object_is_named_by_stream_version_time_and_uuid(local: Any) -> None:
    """Facts 4.3; without a timestamp expression year to hour are appended to the prefix (facts 5, rule 2)."""
    local.stream()
    local.deliver(b"x")
    (key,) = local.keys()
    assert re.fullmatch(
        r"data/2026/11/21/12/clicks-1-2026-11-21-12-00-00-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
        key,
    )


def test_the_time_is_the_arrival_of_the_oldest_record(local: Any) -> None:
    """Facts 5, rule 1."""
    local.stream(Prefix="h=!{timestamp:HH-mm}/")

    async def scenario() -> None:
        await local.put(b"first")
        local.now += 3600
        await local.put(b"second")
        local.now += 3600

    local.run(scenario)
    (key,) = local.keys()
    assert key.startswith("h=12-00/clicks-1-2026-11-21-12-00-00-")


def test_a_time_zone_moves_prefix_and_name(local: Any) -> None:
    """Facts 4.3: CustomTimeZone."""
    local.stream(Prefix="d=!{timestamp:dd-HH}/", CustomTimeZone="Asia/Kolkata")
    local.deliver(b"x")
    assert local.keys()[0].startswith("d=21-17/clicks-1-2026-11-21-17-30-00-")


@pytest.mark.parametrize(
    ("s3", "ending", "encoding"),
    [
        ({}, "", None),
        ({"CompressionFormat": "GZIP"}, ".gz", "gzip"),
        ({"CompressionFormat": "GZIP", "FileExtension": ".json.gz"}, ".json.gz", "gzip"),
        ({"CompressionFormat": "GZIP", "FileExtension": ""}, ".gz", "gzip"),
        ({"FileExtension": ".jsonl"}, ".jsonl", None),
    ],
)
def test_extension_and_encoding_follow_the_compression(
    local: Any, s3: dict[str, str], ending: str, encoding: str | None
) -> None:
    """Facts 4.3: FileExtension replaces the default; empty means unset; Content-Type is always the same."""
    local.stream(**s3)
    local.deliver(b"x")
    (found,) = local.store.list("lake")
    assert re.fullmatch(r".*-[0-9a-f]{12}" + re.escape(ending), found.key)
    assert (found.content_encoding, found.content_type) == (encoding, "application/octet-stream")


def test_a_kms_key_is_kept_beside_the_object(local: Any) -> None:
    key = "arn:aws:kms:eu-west-1:1:key/k"
    local.stream(EncryptionConfiguration={"KMSEncryptionConfig": {"AWSKMSKeyARN": key}})
    local.deliver(b"x")
    (found,) = local.store.list("lake")
    assert found.metadata["x-amz-server-side-encryption-aws-kms-key-id"] == key


def test_a_plain_s3_destination_delivers_too(local: Any) -> None:
    plain = {"BucketARN": "arn:aws:s3:::lake", "RoleARN": "arn:r", "Prefix": "plain/"}
    stream = local.stream()
    local.streams[0] = type(stream)(stream.logical_id, stream.name, stream.arn, {"S3DestinationConfiguration": plain})
    local.deliver(b"x")
    assert local.keys()[0].startswith("plain/2026/11/21/12/")


def test_the_backup_holds_every_record_as_it_was_received(local: Any) -> None:
    """Facts 8.1: before any processing, with its own prefix and compression."""
    local.function("return answer(record, b'changed') if data != b'bad' else answer(record, b'', 'Dropped')")
    local.stream(S3BackupMode="Enabled", S3BackupConfiguration=BACKUP, ProcessingConfiguration=local.processing())
    local.deliver(b"one\n", b"bad", b"two\n")
    (backup,) = local.bodies("raw/")
    assert gzip.decompress(backup) == b"one\nbadtwo\n"
    assert local.bodies("data/") == [b"changedchanged"]


def test_a_backup_that_is_not_enabled_writes_nothing(local: Any) -> None:
    local.stream(S3BackupMode="Disabled", S3BackupConfiguration=BACKUP)
    local.deliver(b"x")
    assert local.keys("raw/") == []


def test_a_full_buffer_is_delivered_without_waiting(local: Any) -> None:
    """Facts 2.1: SizeInMBs counts before compression."""
    local.stream(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900}, CompressionFormat="GZIP")

    async def scenario() -> int:
        await local.put(b"x" * 600_000, b"y" * 448_576)
        for _ in range(100):
            if local.keys():
                break
            await asyncio.sleep(0.02)
        return len(local.keys())

    assert local.run(scenario) == 1


def test_a_buffer_interval_replaces_the_templates(local: Any) -> None:
    local.stream()

    async def scenario() -> list[str]:
        await local.put(b"x")
        await asyncio.sleep(0.5)
        found: list[str] = local.keys()
        return found

    assert len(local.run(scenario, buffer_interval=0.1)) == 1


def test_counts_add_up_before_and_after_delivery(local: Any) -> None:
    local.stream()

    async def scenario() -> dict[str, Any]:
        await local.put(b"1\n2\n", b"3")
        before: dict[str, Any] = local.state()
        await local.service.flush()
        return before

    before = local.run(scenario)
    after = local.state()
    assert (before["received"], before["buffered"], before["delivered"]) == (2, 2, 0)
    assert (after["received"], after["buffered"], after["delivered"], after["rows_delivered"]) == (2, 0, 2, 3)
    assert (after["logical_id"], after["bucket"]) == ("ClicksStream", "lake")


def test_what_cannot_be_written_stays_buffered_and_is_logged(local: Any) -> None:
    """Facts 4.1: a failed S3 write is retried."""
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


def test_delivered_records_make_room_for_others(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that was let go of counts no more, whatever became of it; else a stream would throttle for ever."""
    hints = 64 + 1 + 5
    monkeypatch.setattr("clickstream_local.firehose.stages.pipeline.BACKLOG_BYTES", (3 - hints) * 1024 * 1024)
    kinds = "{b'f': 'ProcessingFailed', b'd': 'Dropped'}"
    local.function(f"return answer(record, data, {kinds}.get(data[:1], 'Ok'))", memory_mb=512)
    local.stream(
        DataFormatConversionConfiguration=local.conversion(),
        ProcessingConfiguration=local.processing(),
        S3BackupMode="Enabled",
        S3BackupConfiguration=BACKUP,
    )
    half = b"x" * 250_000
    records = [b'{"event_name":"' + half + b'"}', b"f" + half, b"d" + half, b"no json" + half]

    async def scenario() -> list[int]:
        failed = []
        for _ in range(6):
            failed.append((await local.put(*records))["FailedPutCount"])
            await local.service.flush()
        return failed

    assert local.run(scenario) == [0] * 6
    state = local.state()
    assert (state["received"], state["delivered"], state["dropped"], state["failed"]) == (24, 6, 6, 12)


def test_no_payload_is_in_any_log(local: Any) -> None:
    local.function("raise ValueError('no')")
    local.stream(ProcessingConfiguration=local.processing(), CloudWatchLoggingOptions=LOGGING)
    local.deliver(b"4111111111111111")
    logs = "".join(path.read_text() for path in Path(local.root, "logs").rglob("*.log"))
    assert "Lambda.FunctionError" in logs
    assert "4111111111111111" not in logs


def test_names_match_the_recorded_pattern(local: Any) -> None:
    """Vectors.json, object_name."""
    case = json.loads(shared_file("facts/vectors.json").read_text())["object_name"]
    stream = case["stream"]
    local.stream(stream)

    async def scenario() -> None:
        await local.put(b"x", stream=stream)

    local.now = 1_783_936_862.9  # 2026-07-13T10:01:02.9Z: the precision is a second
    local.run(scenario)
    assert re.fullmatch(case["regex"], local.keys()[0].rpartition("/")[2])
