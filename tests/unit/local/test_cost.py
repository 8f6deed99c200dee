"""`clickstream cost`: quantities from the template, amounts worked out by hand from aws-facts section 12."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from clickstream_local.cli import main
from clickstream_local.cost.items import PRICED
from clickstream_local.cost.traffic import billed_bytes
from support.checkout import CHECKOUT
from support.cost import SNAPSHOTS, bill, changed, cost, function, items, line, s3
from support.pipeline_fixtures import assembly
from support.small_template import small_template

__all__ = ["assembly"]

GB = 2**30
GUIDE = CHECKOUT / "docs" / "cost.md"
# What the default template's endpoint makes of a request by Chrome on Windows: a context line, the body, a boundary.
CONTEXT = (
    r'{"clickstream":1,"kind":"request","received_at":1795290643123,"ip":"203.0.113.45","user_agent":"Mozilla\/5.0 '
    r"(Windows NT 10.0; Win64; x64) AppleWebKit\/537.36 (KHTML, like Gecko) Chrome\/142.0.0.0 Safari\/537.36"
    r'","api_key_id":"","principal":"","boundary":"JKJaXmPLvHcESHA="}'
)
ADDED = len(CONTEXT) + len("\n") + len("\nJKJaXmPLvHcESHA=\n")
# An array of twenty events of 600 bytes: brackets and nineteen commas.
RECORD = 20 * 600 + 2 + 19 + ADDED


def test_a_month_of_the_default_pipeline_is_what_the_facts_make_of_it() -> None:
    """Facts 12: $3.50 a million requests, $0.029 and $0.018 a GB, $0.20 a million calls, $0.0000133334 a GB-s."""
    found = bill("--events-per-request", 20)
    # 1,000,000 / 20 = 50,000 requests a day, each one record of 12,314 bytes, which is billed as 15 KB.
    gigabytes = 50_000 * 15 * 1024 * 30 / GB
    amounts = {
        "api-requests": 1.5 * 3.50,
        "firehose-gb": gigabytes * 0.029,
        "conversion-gb": gigabytes * 0.018,
        "lambda-requests": 1440 * 30 * 0.20 / 1_000_000,
        "lambda-arm-gb-seconds": 50_000 * RECORD / 2**20 * 30 * 0.7 * 0.5 * 0.0000133334,
    }
    assert {one["item"]: one["amount"] for one in found["lines"] if one["amount"] is not None} == pytest.approx(amounts)
    assert found["total"] == pytest.approx(sum(amounts.values()))
    assert round(found["total"], 2) == 6.35


def test_the_reference_app_costs_what_its_snapshot_does(assembly: Path) -> None:
    found, expected = bill(assembly=assembly), bill()
    assert (found["stack"], found["total"]) == ("Clickstream", expected["total"])
    assert [one["quantity"] for one in found["lines"]] == [one["quantity"] for one in expected["lines"]]


def test_what_the_endpoint_adds_is_measured_with_the_template_s_own_mapping_template(tmp_path: Path) -> None:
    assert bill()["record_bytes"] == RECORD
    # This one adds a newline, and has no model that would bound the batch.
    assert bill("--events-per-request", 1, assembly=small_template(tmp_path))["record_bytes"] == 600 + 1


@pytest.mark.parametrize(
    ("kilobytes", "billed"), [(3, 5), (12, 15), (5, 5), (5 + 1 / 1024, 10), (1 / 1024, 5), (250, 250)]
)
def test_a_record_is_billed_rounded_up_to_5_kb(kilobytes: float, billed: int) -> None:
    """Facts 12: 3 KB → 5, 12 KB → 15."""
    assert billed_bytes(round(kilobytes * 1024)) == billed * 1024


def test_two_records_of_1_kb_are_billed_as_10_kb() -> None:
    """Facts 12: the rounding is each record's, not the request's."""
    found = bill("--events-per-day", 2, "--event-bytes", 1024 - ADDED, "--events-per-request", 1)
    assert line(found, "firehose-gb")["quantity"] == pytest.approx(10 * 1024 * 30 / GB)


def test_one_event_a_request_pays_a_request_and_5_kb_for_each() -> None:
    found = bill("--events-per-request", 1)
    assert line(found, "api-requests")["amount"] == pytest.approx(30 * 3.50)
    assert line(found, "firehose-gb")["quantity"] == pytest.approx(30_000_000 * 5 * 1024 / GB)


def test_the_producer_pays_no_requests_and_rounds_next_to_nothing() -> None:
    found = bill("--direct")
    assert not items(found) & {"api-requests", "log-gb"}
    # 415 events with a newline each, 249,415 bytes, are the most that 250,000 bytes hold.
    assert found["record_bytes"] == 415 * 601
    carried = 1_000_000 * 601 * 30 / GB
    assert carried < line(found, "firehose-gb")["quantity"] < carried * 1.01


def test_a_record_of_the_producer_holds_no_more_than_comes_a_day() -> None:
    assert bill("--direct", "--events-per-day", 3)["record_bytes"] == 3 * 601


def test_the_same_events_in_other_batches_stand_below() -> None:
    found = bill("--events-per-request", 50)
    sizes = [1, 20, 50, 100, 500, None]
    assert [one["events_per_request"] for one in found["batches"]] == sizes
    assert [one["chosen"] for one in found["batches"]] == [size == 50 for size in sizes]
    for one, size in zip(found["batches"], sizes, strict=True):
        alone = bill("--direct") if size is None else bill("--events-per-request", size)
        assert one["total"] == alone["total"]
    totals = [one["total"] for one in found["batches"]]
    assert totals == sorted(totals, reverse=True)


def test_a_batch_that_no_record_holds_says_so() -> None:
    found = bill("--event-bytes", 3_000)
    (too_large,) = [one for one in found["batches"] if one["total"] is None]
    assert too_large["events_per_request"] == 500
    # (1,024,000 - 293 - 1) / 3,001 = 341.1
    assert "at most 341 events of 3,000 bytes a request" in too_large["problem"]


def test_an_endpoint_that_takes_one_event_a_request_is_not_asked_for_more() -> None:
    usage = SNAPSHOTS / "example-multi-tenant-usage.json"
    found = bill("--partitions", 1, assembly=usage)
    assert found["events_per_request"] == 1
    assert [one["problem"] for one in found["batches"]] == [None, *["/events takes at most 1 event a request"] * 3]
    refused = cost("--partitions", 1, "--events-per-request", 20, assembly=usage)
    assert "--events-per-request is 20: /events takes at most 1 event a request" in refused.output


def test_memory_and_architecture_are_the_function_s(tmp_path: Path) -> None:
    """Facts 12: $0.0000166667 a GB-s on x86."""

    def more(resources: dict[str, Any]) -> None:
        function(resources).update(MemorySize=2048, Architectures=["x86_64"])

    found = line(bill("--function-ms-per-mb", 100, assembly=changed(tmp_path, more)), "lambda-x86-gb-seconds")
    seconds = 50_000 * RECORD / 2**20 * 30 * 0.1
    assert found["quantity"] == pytest.approx(seconds * 2)
    assert found["amount"] == pytest.approx(seconds * 2 * 0.0000166667)
    assert found["how"].startswith("estimate: ")


@pytest.mark.parametrize(("memory", "milliseconds"), [(256, 1400), (512, 700), (1024, 350), (3538, 700 * 512 / 1769)])
def test_the_measured_time_is_scaled_until_there_is_a_whole_processor(
    tmp_path: Path, memory: int, milliseconds: float
) -> None:
    """docs/transforms.md: 0.7 s a MiB with 512 MiB, which is 0.29 (512 / 1,769) of a processor."""
    template = changed(tmp_path, lambda resources: function(resources).update(MemorySize=memory))
    expected = 50_000 * RECORD / 2**20 * 30 * milliseconds / 1000 * memory / 1024
    assert line(bill(assembly=template), "lambda-arm-gb-seconds")["quantity"] == pytest.approx(expected)


def test_calls_follow_the_lambda_buffer(tmp_path: Path) -> None:
    """Facts 2.2: size or interval, whichever comes first."""

    def larger(resources: dict[str, Any]) -> None:
        for parameter in s3(resources)["ProcessingConfiguration"]["Processors"][0]["Parameters"]:
            if parameter["ParameterName"] == "BufferSizeInMBs":
                parameter["ParameterValue"] = "3"

    # A minute's 0.41 MiB does not fill 1 MiB; a hundred times as much fills it, and fills 3 MiB a third as often.
    assert line(bill(), "lambda-requests")["quantity"] == 1440 * 30
    much = ("--events-per-day", 100_000_000)
    by_size = 5_000_000 * RECORD / 2**20 * 30
    assert line(bill(*much), "lambda-requests")["quantity"] == pytest.approx(by_size)
    template = changed(tmp_path, larger)
    assert line(bill(*much, assembly=template), "lambda-requests")["quantity"] == pytest.approx(by_size / 3)
    # Two requests a day make two calls, not one a minute.
    assert line(bill("--events-per-day", 40), "lambda-requests")["quantity"] == 2 * 30


def test_objects_follow_the_buffering_hints(tmp_path: Path) -> None:
    template = changed(tmp_path, lambda resources: s3(resources)["BufferingHints"].update(IntervalInSeconds=900))
    found = bill(assembly=template)
    assert line(found, "s3-put-requests", "events")["quantity"] == 96 * 30
    assert line(found, "s3-put-requests", "backup")["quantity"] == 288 * 30
    # 1,000,000,000 events make 1,174 GB of rows (twice what came in) a day: 128 MiB are full before five minutes pass.
    much = line(bill("--events-per-day", 1_000_000_000), "s3-put-requests", "events")["quantity"]
    assert much == pytest.approx(50_000_000 * RECORD * 2 / (128 * 2**20) * 30)


def test_buffers_under_a_minute_pay_multipart_uploads(tmp_path: Path) -> None:
    """Facts 2.1: below 60 s Firehose uses multipart uploads."""

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
    assert line(found, "s3-gb-months")["quantity"] == pytest.approx(50_000 * RECORD * 2 * 30 / GB)


def test_a_backup_is_never_more_than_its_lifecycle_keeps(tmp_path: Path) -> None:
    def week(resources: dict[str, Any]) -> None:
        for resource in resources.values():
            for rule in resource["Properties"].get("LifecycleConfiguration", {}).get("Rules", ()):
                if rule.get("Prefix") == "backup/":
                    rule["ExpirationInDays"] = 7

    share = ("--compressed-share", 0.5)
    found = line(bill(*share, assembly=changed(tmp_path, week)), "s3-gb-months", "backup")
    assert found["quantity"] == pytest.approx(50_000 * RECORD * 0.5 * 7 / GB)
    assert "deleted after 7 days" in found["how"]


def test_dynamic_partitioning_is_billed_by_gb_and_object_of_each_partition() -> None:
    """Facts 12: $0.02 a GB delivered, $0.005 a thousand objects."""
    found = bill("--partitions", 10, "--row-growth", 3, assembly=SNAPSHOTS / "example-multi-tenant-sites.json")
    assert line(found, "partitioning-gb")["amount"] == pytest.approx(50_000 * RECORD * 3 * 30 / GB * 0.02)
    objects = line(found, "partitioning-objects")
    assert (objects["quantity"], objects["amount"]) == (288 * 30 * 10, pytest.approx(288 * 30 * 10 / 1000 * 0.005))
    assert line(found, "s3-put-requests", "events")["quantity"] == objects["quantity"]


def test_each_partition_fills_a_buffer_of_its_own() -> None:
    """Ten of them fill 128 MiB as often together as one buffer would that took everything."""
    much = ("--events-per-day", 10_000_000_000, "--partitions", 10)
    found = bill(*much, assembly=SNAPSHOTS / "example-multi-tenant-sites.json")
    by_size = 500_000_000 * RECORD * 2 / (128 * 2**20) * 30
    assert line(found, "partitioning-objects")["quantity"] == pytest.approx(by_size)


def test_the_time_of_jq_is_named_and_not_guessed() -> None:
    usage = SNAPSHOTS / "example-multi-tenant-usage.json"
    found = bill("--partitions", 1, "--events-per-request", 1, assembly=usage)
    jq = line(found, "partitioning-jq-hours")
    assert (jq["quantity"], jq["amount"]) == (None, None)
    assert jq["what"] in found["left_out"]


def test_a_kinesis_stream_on_demand_is_billed_by_hour_and_gb() -> None:
    """Facts 12: $0.04 a stream-hour, $0.08 a GB in; Firehose rounds records of a Kinesis source as well."""
    found = bill(assembly=SNAPSHOTS / "kinesis-and-key.json")
    assert line(found, "kinesis-on-demand-hours")["amount"] == pytest.approx(720 * 0.04)
    carried = 50_000 * found["record_bytes"] * 30 / GB
    assert line(found, "kinesis-on-demand-gb")["amount"] == pytest.approx(carried * 0.08)
    assert line(found, "firehose-gb")["quantity"] == pytest.approx(50_000 * 15 * 1024 * 30 / GB)


def test_a_kinesis_stream_of_shards_is_billed_by_shard_hour_and_25_kb(tmp_path: Path) -> None:
    """Facts 12: $0.015 a shard-hour, $0.014 a million put units of 25 KB."""

    def two_shards(resources: dict[str, Any]) -> None:
        (stream,) = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Kinesis::Stream"]
        del stream["StreamModeDetails"]
        stream["ShardCount"] = 2

    template = changed(tmp_path, two_shards, SNAPSHOTS / "kinesis-and-key.json")
    found = bill("--events-per-request", 100, assembly=template)
    assert line(found, "kinesis-shard-hours")["amount"] == pytest.approx(2 * 720 * 0.015)
    # A record of some 60,000 bytes is three units of 25,600.
    assert line(found, "kinesis-put-units")["amount"] == pytest.approx(10_000 * 30 * 3 / 1_000_000 * 0.014)


def test_log_events_are_not_rounded_and_their_decompression_is_billed(tmp_path: Path) -> None:
    """Facts 12: log deliveries by the GB without rounding; decompression by the GB decompressed, $0.00325."""

    def unpacked(resources: dict[str, Any]) -> None:
        s3(resources)["ProcessingConfiguration"]["Processors"].insert(0, {"Type": "Decompression"})

    template = changed(tmp_path, unpacked, SNAPSHOTS / "example-cloudwatch-logs-servicelog.json")
    found = bill("--compressed-share", 0.1, assembly=template)
    assert line(found, "firehose-log-gb")["quantity"] == pytest.approx(1_000_000 * 60 * 30 / GB)
    assert line(found, "decompression-gb")["amount"] == pytest.approx(1_000_000 * 600 * 30 / GB * 0.00325)
    # The function's time goes by what is unpacked.
    seconds = 1_000_000 * 600 / 2**20 * 30 * 0.7
    assert line(found, "lambda-arm-gb-seconds")["quantity"] == pytest.approx(seconds * 0.5)
    assert not items(found) & {"firehose-gb", "api-requests"}
    assert found["batches"] == []


def test_what_stands_there_is_counted_and_named_without_a_price() -> None:
    found = bill(assembly=SNAPSHOTS / "everything.json")
    counts = {"kms-keys": 2, "alarms": 18, "dashboards": 1, "interface-endpoint-hours": 2 * 720}
    assert {item: line(found, item)["quantity"] for item in counts} == counts
    # An object of events and one of the backup, each five minutes.
    assert line(found, "kms-requests")["quantity"] == 2 * 288 * 30
    assert all(line(found, item)["what"] in found["left_out"] for item in (*counts, "kms-requests"))
    assert found["total"] == pytest.approx(sum(one["amount"] or 0 for one in found["lines"]))
    assert "AWS::SNS::Topic (1)" in found["not_counted"]


def test_a_web_acl_looks_at_each_request(tmp_path: Path) -> None:
    def guarded(resources: dict[str, Any]) -> None:
        rules = [{"Name": "one"}, {"Name": "two"}]
        resources["Acl"] = {"Type": "AWS::WAFv2::WebACL", "Properties": {"Rules": rules}}
        resources["Guard"] = {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": {}}

    found = bill(assembly=changed(tmp_path, guarded))
    quantities = {item: line(found, item)["quantity"] for item in ("waf-acls", "waf-rules", "waf-requests")}
    assert quantities == {"waf-acls": 1, "waf-rules": 2, "waf-requests": 1_500_000}


def test_the_access_log_is_measured_by_its_own_format(tmp_path: Path) -> None:
    def short(resources: dict[str, Any]) -> None:
        for resource in resources.values():
            if resource["Type"] == "AWS::ApiGateway::Stage":
                resource["Properties"]["AccessLogSetting"]["Format"] = "$context.status $context.httpMethod"

    found = line(bill(assembly=changed(tmp_path, short)), "log-gb")
    assert found["quantity"] == pytest.approx(1_500_000 * len("202 POST") / GB)


def test_a_function_made_elsewhere_has_calls_and_no_time() -> None:
    found = bill(assembly=SNAPSHOTS / "services.json")
    assert line(found, "lambda-requests")["quantity"] == 1440 * 30
    assert line(found, "lambda-gb-seconds")["quantity"] is None
    assert "Lambda, of a function made elsewhere" in found["left_out"]


def test_each_event_of_a_rule_is_a_record() -> None:
    found = bill("--stream", "OrdersA9B65338", assembly=SNAPSHOTS / "services.json")
    assert (found["through"], found["events_per_request"]) == ("rule", None)
    assert line(found, "firehose-gb")["quantity"] == pytest.approx(30_000_000 * 5 * 1024 / GB)


def test_the_table_names_quantities_amounts_marks_and_what_is_left_out() -> None:
    done = cost()
    assert done.exit_code == 0, done.output
    rows = [[cell.strip() for cell in row.split("│")[1:-1]] for row in done.output.splitlines() if "│" in row]
    assert ["API requests", "1,500,000", "3.50 per million", "5.25"] in [row[:4] for row in rows]
    assert ["Firehose", "21.5 GB", "0.029 per GB*", "0.62"] in [row[:4] for row in rows]
    assert ["S3 PUT requests (events)", "8,640", "no price here", ""] in [row[:4] for row in rows]
    assert ["total", "", "", "6.35", "of what has a price here"] in rows
    assert ["1", "30,000,000", "143.1", "111.85", ""] in rows
    assert "* from memory, check it; 1.01 of the total rests on such prices." in done.output
    assert "The total leaves out: CloudWatch Logs (access log); S3 PUT requests (events);" in done.output


def test_the_output_in_the_guide_is_what_the_command_prints(assembly: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(assembly.parent)
    text = GUIDE.read_text(encoding="utf-8")
    command, shown = text.partition("$ clickstream cost ")[2].partition("\n```")[0].split("\n", 1)
    done = CliRunner().invoke(main, ["cost", *command.split()], env={"COLUMNS": "112"})
    assert done.exit_code == 0, done.output
    assert [row.rstrip() for row in done.output.splitlines()] == shown.splitlines()


def test_the_guide_names_each_item_of_a_price_file() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [item for item in PRICED if f"`{item}`" not in text] == []


def test_the_document_has_a_member_for_each_thing_that_the_table_shows() -> None:
    found = bill()
    assert set(found) == {
        *("stack", "stream", "region", "currency", "days", "events_per_day", "event_bytes", "through"),
        *("events_per_request", "record_bytes", "lines", "total", "left_out", "not_counted", "batches", "conventions"),
    }
    for one in found["lines"]:
        assert set(one) == {"item", "what", "quantity", "unit", "price", "amount", "how"}
    assert line(found, "firehose-gb")["price"] == {
        "per": 1,
        "tiers": [
            {"price": 0.029, "up_to": 512_000},
            {"price": 0.025, "up_to": 2_048_000},
            {"price": 0.02, "up_to": 5_120_000},
        ],
        "mark": "M",
        "source": "from memory, to be checked (aws-facts 12)",
        "date": "2026-11",
    }
    for batch in found["batches"]:
        assert set(batch) == {"events_per_request", "chosen", "requests", "firehose_gb", "total", "problem"}
