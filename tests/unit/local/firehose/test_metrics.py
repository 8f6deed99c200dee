"""CloudWatch's metrics as Prometheus text (facts/firehose.md#metrics)."""

from __future__ import annotations

import json
import re

from clickstream_local.firehose.metrics import DURATIONS, GAUGES, RATIOS, SUMS, prometheus_name
from support.local_firehose import BACKUP, LocalFirehose
from support.sample_data import shared_file


def samples(local: LocalFirehose) -> dict[str, float]:
    """The samples of the stream ``clicks``, short names."""
    text = local.service.metrics()
    found = re.findall(r'^aws_firehose_(\w+)\{delivery_stream_name="clicks"\} (\S+)$', text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def test_every_name_is_one_of_cloudwatchs() -> None:
    """Metrics.json."""
    groups = json.loads(shared_file("facts/metrics.json").read_text())["AWS/Firehose"]
    known = {name for group in groups.values() for name in group}
    assert {*SUMS, *RATIOS, *DURATIONS, *GAUGES} <= known


def test_names_are_words() -> None:
    assert prometheus_name("DeliveryToS3.DataFreshness") == "aws_firehose_delivery_to_s3_data_freshness"
    assert prometheus_name("JQProcessing.Duration") == "aws_firehose_jq_processing_duration"
    assert prometheus_name("IncomingPutRequests") == "aws_firehose_incoming_put_requests"


def test_puts_and_deliveries_are_counted(local: LocalFirehose) -> None:
    local.stream(
        DataFormatConversionConfiguration=local.conversion(),
        **BACKUP,
    )

    async def scenario() -> None:
        await local.put(b'{"n": 1}', b'{"n": "x"}')
        local.now += 30
        await local.service.flush()

    local.run(scenario)
    found = samples(local)
    assert (found["incoming_records_total"], found["incoming_bytes_total"]) == (2, 18)
    assert found["put_record_batch_records_total"] == 2
    assert (found["succeed_conversion_records_total"], found["failed_conversion_bytes_total"]) == (1, 10)
    assert (found["delivery_to_s3_records_total"], found["delivery_to_s3_object_count_total"]) == (1, 1)
    assert (found["delivery_to_s3_success_ratio"], found["delivery_to_s3_data_freshness"]) == (1, 30)
    assert found["backup_to_s3_records_total"] == 2


def test_only_ok_counts_as_processed(local: LocalFirehose) -> None:
    """facts/firehose.md#metrics: SucceedProcessing.Records counts only ``Ok``."""
    local.function("return answer(record, data, data.decode())")
    local.stream(ProcessingConfiguration=local.processing())
    local.deliver(b"Ok", b"Dropped", b"ProcessingFailed")
    found = samples(local)
    assert (found["succeed_processing_records_total"], found["execute_processing_success_ratio"]) == (1, 1)
    assert found["execute_processing_duration_milliseconds_count"] == 1


def test_a_function_that_fails_is_no_success(local: LocalFirehose) -> None:
    local.function("raise ValueError")
    local.stream(ProcessingConfiguration=local.processing())
    local.deliver(b"x")
    assert samples(local)["execute_processing_success_ratio"] == 0
