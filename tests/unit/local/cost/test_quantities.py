"""Quantities from the template, worked out by hand from facts/prices.md#what-is-billed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.cost import GB, RECORD_BYTES, bill, changed, function, items, line, s3, template


def test_memory_and_architecture_are_the_function_s(tmp_path: Path) -> None:
    """facts/prices.md#what-is-billed: $0.0000166667 a GB-s on x86."""

    def more(resources: dict[str, Any]) -> None:
        function(resources).update(MemorySize=2048, Architectures=["x86_64"])

    found = line(bill("--function-ms-per-mb", 100, assembly=changed(tmp_path, more)), "lambda-x86-gb-seconds")
    seconds = 50_000 * RECORD_BYTES / 2**20 * 30 * 0.1
    assert found["quantity"] == pytest.approx(seconds * 2)
    assert found["amount"] == pytest.approx(seconds * 2 * 0.0000166667)
    assert found["how"].startswith("estimate: ")


@pytest.mark.parametrize(("memory", "milliseconds"), [(256, 1400), (512, 700), (1024, 350), (3538, 700 * 512 / 1769)])
def test_the_measured_time_is_scaled_until_there_is_a_whole_processor(
    tmp_path: Path, memory: int, milliseconds: float
) -> None:
    """docs/transform-limits.md: 0.7 s a MiB with 512 MiB, which is 0.29 (512 / 1,769) of a processor."""
    other = changed(tmp_path, lambda resources: function(resources).update(MemorySize=memory))
    expected = 50_000 * RECORD_BYTES / 2**20 * 30 * milliseconds / 1000 * memory / 1024
    assert line(bill(assembly=other), "lambda-arm-gb-seconds")["quantity"] == pytest.approx(expected)


def test_calls_follow_the_lambda_buffer(tmp_path: Path) -> None:
    """facts/firehose.md#function-calls: size or interval, whichever comes first."""

    def larger(resources: dict[str, Any]) -> None:
        for parameter in s3(resources)["ProcessingConfiguration"]["Processors"][0]["Parameters"]:
            if parameter["ParameterName"] == "BufferSizeInMBs":
                parameter["ParameterValue"] = "3"

    # A minute's 0.41 MiB does not fill 1 MiB; a hundred times as much fills it, and fills 3 MiB a third as often.
    assert line(bill(), "lambda-requests")["quantity"] == 1440 * 30
    much = ("--events-per-day", 100_000_000)
    by_size = 5_000_000 * RECORD_BYTES / 2**20 * 30
    assert line(bill(*much), "lambda-requests")["quantity"] == pytest.approx(by_size)
    other = changed(tmp_path, larger)
    assert line(bill(*much, assembly=other), "lambda-requests")["quantity"] == pytest.approx(by_size / 3)
    # Two requests a day make two calls, not one a minute.
    assert line(bill("--events-per-day", 40), "lambda-requests")["quantity"] == 2 * 30


def test_objects_follow_the_buffering_hints(tmp_path: Path) -> None:
    other = changed(tmp_path, lambda resources: s3(resources)["BufferingHints"].update(IntervalInSeconds=900))
    found = bill(assembly=other)
    assert line(found, "s3-put-requests", "events")["quantity"] == 96 * 30
    assert line(found, "s3-put-requests", "backup")["quantity"] == 288 * 30
    # 1,000,000,000 events make 1,174 GB of rows (twice what came in) a day: 128 MiB are full before five minutes pass.
    much = line(bill("--events-per-day", 1_000_000_000), "s3-put-requests", "events")["quantity"]
    assert much == pytest.approx(50_000_000 * RECORD_BYTES * 2 / (128 * 2**20) * 30)


def test_buffers_under_a_minute_pay_multipart_uploads(tmp_path: Path) -> None:
    """facts/firehose.md#buffering: below 60 s Firehose uses multipart uploads."""

    def hasty(resources: dict[str, Any]) -> None:
        s3(resources)["BufferingHints"]["IntervalInSeconds"] = 30
        for parameter in s3(resources)["ProcessingConfiguration"]["Processors"][0]["Parameters"]:
            if parameter["ParameterName"] == "BufferIntervalInSeconds":
                parameter["ParameterValue"] = "10"

    found = line(bill(assembly=changed(tmp_path, hasty)), "s3-put-requests", "events")
    assert found["quantity"] == 2880 * 30 * 3
    assert "multipart" in found["how"]


def test_what_the_template_turns_off_is_not_billed(tmp_path: Path) -> None:
    def plain(resources: dict[str, Any]) -> None:
        s3(resources)["S3BackupMode"] = "Disabled"
        del s3(resources)["DataFormatConversionConfiguration"]

    found = bill(assembly=changed(tmp_path, plain))
    assert "conversion-gb" not in items(found)
    assert not [one for one in found["lines"] if "backup" in one["what"]]
    # Rows as they are, twice what came in.
    assert line(found, "s3-gb-months")["quantity"] == pytest.approx(50_000 * RECORD_BYTES * 2 * 30 / GB)


def test_a_backup_is_never_more_than_its_lifecycle_keeps(tmp_path: Path) -> None:
    def week(resources: dict[str, Any]) -> None:
        for resource in resources.values():
            for rule in resource["Properties"].get("LifecycleConfiguration", {}).get("Rules", ()):
                if rule.get("Prefix") == "backup/":
                    rule["ExpirationInDays"] = 7

    share = ("--compressed-share", 0.5)
    found = line(bill(*share, assembly=changed(tmp_path, week)), "s3-gb-months", "backup")
    assert found["quantity"] == pytest.approx(50_000 * RECORD_BYTES * 0.5 * 7 / GB)
    assert "deleted after 7 days" in found["how"]


def test_dynamic_partitioning_is_billed_by_gb_and_object_of_each_partition() -> None:
    """facts/prices.md#what-is-billed: $0.02 a GB delivered, $0.005 a thousand objects."""
    found = bill("--partitions", 10, "--row-growth", 3, assembly=template("multi_tenant-Sites"))
    assert line(found, "partitioning-gb")["amount"] == pytest.approx(50_000 * RECORD_BYTES * 3 * 30 / GB * 0.02)
    objects = line(found, "partitioning-objects")
    assert (objects["quantity"], objects["amount"]) == (288 * 30 * 10, pytest.approx(288 * 30 * 10 / 1000 * 0.005))
    assert line(found, "s3-put-requests", "events")["quantity"] == objects["quantity"]


def test_each_partition_fills_a_buffer_of_its_own() -> None:
    """Ten of them fill 128 MiB as often together as one buffer would that took everything."""
    much = ("--events-per-day", 10_000_000_000, "--partitions", 10)
    found = bill(*much, assembly=template("multi_tenant-Sites"))
    by_size = 500_000_000 * RECORD_BYTES * 2 / (128 * 2**20) * 30
    assert line(found, "partitioning-objects")["quantity"] == pytest.approx(by_size)


def test_the_time_of_jq_is_named_and_not_guessed() -> None:
    usage = template("multi_tenant-Usage")
    found = bill("--partitions", 1, "--events-per-request", 1, assembly=usage)
    jq = line(found, "partitioning-jq-hours")
    assert (jq["quantity"], jq["amount"]) == (None, None)
    assert jq["what"] in found["left_out"]


def test_a_kinesis_stream_on_demand_is_billed_by_hour_and_gb() -> None:
    """facts/prices.md#what-is-billed: $0.04 a stream-hour, $0.08 a GB in; Firehose rounds records of a Kinesis source
    as well.
    """
    found = bill(assembly=template("kinesis-and-key"))
    assert line(found, "kinesis-on-demand-hours")["amount"] == pytest.approx(720 * 0.04)
    carried = 50_000 * found["record_bytes"] * 30 / GB
    assert line(found, "kinesis-on-demand-gb")["amount"] == pytest.approx(carried * 0.08)
    assert line(found, "firehose-gb")["quantity"] == pytest.approx(50_000 * 15 * 1024 * 30 / GB)


def test_a_kinesis_stream_of_shards_is_billed_by_shard_hour_and_25_kb(tmp_path: Path) -> None:
    """facts/prices.md#what-is-billed: $0.015 a shard-hour, $0.014 a million put units of 25 KB."""

    def two_shards(resources: dict[str, Any]) -> None:
        (stream,) = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Kinesis::Stream"]
        del stream["StreamModeDetails"]
        stream["ShardCount"] = 2

    other = changed(tmp_path, two_shards, template("kinesis-and-key"))
    found = bill("--events-per-request", 100, assembly=other)
    assert line(found, "kinesis-shard-hours")["amount"] == pytest.approx(2 * 720 * 0.015)
    # A record of some 60,000 bytes is three units of 25,600.
    assert line(found, "kinesis-put-units")["amount"] == pytest.approx(10_000 * 30 * 3 / 1_000_000 * 0.014)


def test_log_events_are_not_rounded_and_their_decompression_is_billed(tmp_path: Path) -> None:
    """facts/prices.md#what-is-billed: log deliveries by the GB without rounding; decompression by the GB decompressed,
    $0.00325.
    """

    def unpacked(resources: dict[str, Any]) -> None:
        s3(resources)["ProcessingConfiguration"]["Processors"].insert(0, {"Type": "Decompression"})

    other = changed(tmp_path, unpacked, template("cloudwatch_logs-ServiceLog"))
    found = bill("--compressed-share", 0.1, assembly=other)
    assert line(found, "firehose-log-gb")["quantity"] == pytest.approx(1_000_000 * 60 * 30 / GB)
    assert line(found, "decompression-gb")["amount"] == pytest.approx(1_000_000 * 600 * 30 / GB * 0.00325)
    # The function's time goes by what is unpacked.
    seconds = 1_000_000 * 600 / 2**20 * 30 * 0.7
    assert line(found, "lambda-arm-gb-seconds")["quantity"] == pytest.approx(seconds * 0.5)
    assert not items(found) & {"firehose-gb", "api-requests"}
    assert found["batches"] == []


def test_a_function_made_elsewhere_has_calls_and_no_time() -> None:
    found = bill(assembly=template("services"))
    assert line(found, "lambda-requests")["quantity"] == 1440 * 30
    assert line(found, "lambda-gb-seconds")["quantity"] is None
    assert "Lambda, of a function made elsewhere" in found["left_out"]
