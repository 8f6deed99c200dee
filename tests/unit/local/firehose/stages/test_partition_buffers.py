"""The buffers of active partitions (facts/firehose.md#dynamic-partitioning)."""

from __future__ import annotations

import asyncio

import pytest

from clickstream_local.firehose.config.disagreements import Disagreements
from support.local_firehose import BY_NAME, PARTITIONED, TO_NAMES, LocalFirehose, event


def test_each_partition_converts_to_its_own_file(local: LocalFirehose) -> None:
    local.function(BY_NAME)
    local.stream(
        Prefix=TO_NAMES,
        ProcessingConfiguration=local.processing(),
        DataFormatConversionConfiguration=local.conversion(),
        **PARTITIONED,
    )
    local.deliver(event("click"), event("view"))
    assert [key.split("/")[1] for key in local.keys("data/")] == ["name=click", "name=view"]
    assert {body[:4] for body in local.bodies("data/")} == {b"PAR1"}


def test_one_more_partition_than_may_be_active_goes_to_the_error_prefix(local: LocalFirehose) -> None:
    """facts/firehose.md#dynamic-partitioning: beyond the limit, ``activePartitionExceeded``."""
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)
    local.deliver(*(event(f"e{number}") for number in range(5)), disagreements=Disagreements(active_partitions=3))
    assert len(local.keys("data/")) == 3
    assert len(local.errors("activePartitionExceeded")) == 2
    assert (local.state()["delivered"], local.state()["failed"]) == (3, 2)


def test_a_delivered_partition_is_no_longer_active(local: LocalFirehose) -> None:
    """facts/firehose.md#dynamic-partitioning: a partition is active until its buffer is delivered."""
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)

    async def scenario() -> None:
        for number in range(4):
            await local.put(event(f"e{number}"))
            await local.service.flush()

    local.run(scenario, disagreements=Disagreements(active_partitions=1))
    assert len(local.keys("data/")) == 4
    assert not local.errors("activePartitionExceeded")


def test_a_partition_whose_object_could_not_be_written_keeps_its_records(local: LocalFirehose) -> None:
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)

    async def scenario() -> None:
        await local.put(event("click"))
        (local.root / "s3").write_text("in the way")
        with pytest.raises(Exception, match="cannot write"):
            await local.service.flush()
        (local.root / "s3").unlink()
        await local.service.flush()

    local.run(scenario)
    assert local.bodies("data/name=click/") == [event("click")]


def test_a_partition_that_fills_faster_than_it_is_written_loses_nothing(local: LocalFirehose) -> None:
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)

    async def scenario() -> None:
        (local.root / "s3").write_text("in the way")
        for number in range(30):
            await local.put(event(f"e{number % 3}"))
            await asyncio.sleep(0.01 if number % 4 else 0)
        (local.root / "s3").unlink()
        await local.service.flush()

    local.run(scenario, buffer_interval=0.01)
    assert b"".join(local.bodies("data/")).count(b"\n") == 30
    assert local.state()["delivered"] == 30
    assert local.state()["buffered"] == 0
