"""A stream at work: its counts, its bounds, the order of its stages (facts/firehose.md#processing-order)."""

from __future__ import annotations

from typing import Any

import pytest

from support.local_firehose import BACKUP, LocalFirehose, processor


def test_counts_add_up_before_and_after_delivery(local: LocalFirehose) -> None:
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


def test_delivered_records_make_room_for_others(local: LocalFirehose, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that was let go of counts no more, whatever became of it; else a stream would throttle for ever."""
    hints = 64 + 1 + 5
    monkeypatch.setattr("clickstream_local.firehose.stages.pipeline.BACKLOG_BYTES", (3 - hints) * 1024 * 1024)
    kinds = "{b'f': 'ProcessingFailed', b'd': 'Dropped'}"
    local.function(f"return answer(record, data, {kinds}.get(data[:1], 'Ok'))", memory_mb=512)
    local.stream(
        DataFormatConversionConfiguration=local.conversion(),
        ProcessingConfiguration=local.processing(),
        **BACKUP,
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


def test_sub_records_are_transformed_each_alone_and_counted(local: LocalFirehose) -> None:
    """facts/firehose.md#processing-order: de-aggregation comes before the Lambda processor; the backup is taken before
    both.
    """
    local.function("return answer(record, data + b';')")
    configuration = local.processing()
    configuration["Processors"].insert(0, processor("RecordDeAggregation", SubRecordType="JSON"))
    local.stream(
        ProcessingConfiguration=configuration,
        **BACKUP,
    )
    local.deliver(b'{"a":1}{"a":2}', b'{"a":3}')
    assert local.bodies("data/") == [b'{"a":1};{"a":2};{"a":3};']
    assert local.bodies("raw/") == [b'{"a":1}{"a":2}{"a":3}']
    state = local.state()
    assert (state["received"], state["deaggregated"], state["delivered"]) == (2, 1, 3)


def test_what_could_not_be_written_before_two_updates_is_delivered_after_them(local: LocalFirehose) -> None:
    """facts/firehose.md#streams."""
    local.stream(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 60})
    bucket, first, second = local.root / "s3" / "lake", b"1" * 600_000, b"2" * 600_000

    async def update(version: str) -> None:
        changes = {"BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 60 + int(version)}}
        request = {
            "DeliveryStreamName": "clicks",
            "CurrentDeliveryStreamVersionId": version,
            "DestinationId": "destinationId-000000000001",
            "ExtendedS3DestinationUpdate": changes,
        }
        assert (await local.call("UpdateDestination", request))[0] == 200

    async def scenario() -> None:
        bucket.parent.mkdir(exist_ok=True)
        bucket.touch()  # no folder: nothing can be written
        await local.put(first, second)  # the second does not fit beside the first, which is released
        await update("1")
        await local.service.settle()
        await update("2")
        bucket.unlink()
        await local.service.flush()
        assert sorted(local.bodies()) == [first, second]

    local.run(scenario)
