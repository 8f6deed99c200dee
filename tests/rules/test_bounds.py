"""Every number that has limits: both limits are taken, the next values outside are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import (
    Alarms,
    BufferingHints,
    ConfigurationError,
    CorsOptions,
    DynamicPartitioning,
    EndpointOptions,
    LambdaProcessor,
    OutputFormat,
    Queries,
    Quota,
    Retention,
    Source,
    SourceBackup,
    Throttle,
    Transform,
    WebAcl,
)
from support.stacks import new_stack

seconds, hours, days = cdk.Duration.seconds, cdk.Duration.hours, cdk.Duration.days
mib, kib = cdk.Size.mebibytes, cdk.Size.kibibytes
FUNCTION = lambda_.Function.from_function_arn(
    new_stack(), "Mine", "arn:aws:lambda:eu-west-1:111122223333:function:mine"
)
LARGEST_INTEGER = 2**31 - 1

Make = Callable[[Any], object]
# Lowest and highest, of which a duration of 0 has nothing below it: the CDK knows no negative ones.
BOUNDS: list[tuple[str, Make, float, float]] = [
    # facts/firehose.md#buffering
    ("buffering.size", lambda n: BufferingHints(size=mib(n)).resolve("buffering"), 1, 128),
    ("buffering.size", lambda n: BufferingHints(size=mib(n)).resolve("buffering", conversion=True), 64, 128),
    ("buffering.size", lambda n: BufferingHints(size=mib(n)).resolve("buffering", partitioning=True), 64, 128),
    ("buffering.interval", lambda n: BufferingHints(interval=seconds(n)).resolve("buffering"), 0, 900),
    (
        "buffering.interval",
        lambda n: BufferingHints(interval=seconds(n)).resolve("buffering", partitioning=True),
        60,
        900,
    ),
    ("backup.buffering.interval", lambda n: SourceBackup(buffering=BufferingHints(interval=seconds(n))), 60, 900),
    ("backup.expire_after", lambda n: SourceBackup(expire_after=days(n)), 1, 3650),
    # facts/firehose.md#function-calls
    ("transform.buffer_interval", lambda n: LambdaProcessor(FUNCTION, buffer_interval=seconds(n)), 0, 900),
    ("transform.retries", lambda n: LambdaProcessor(FUNCTION, retries=n), 0, 300),
    ("transform.timeout", lambda n: Transform.click(timeout=seconds(n)), 1, 300),
    ("transform.memory", lambda n: Transform.click(memory=mib(n)), 128, 10_240),
    # facts/firehose.md#dynamic-partitioning
    (
        "partitioning.retry_duration",
        lambda n: DynamicPartitioning.jq({"a": ".a"}, retry_duration=seconds(n)),
        0,
        7200,
    ),
    # facts/firehose.md#conversion-options
    ("parquet.block_size_mib", lambda n: OutputFormat.parquet(block_size_mib=n), 64, 2047),
    ("parquet.page_size_kib", lambda n: OutputFormat.parquet(page_size_kib=n), 64, 2**21 - 1),
    ("parquet.max_padding_bytes", lambda n: OutputFormat.parquet(max_padding_bytes=n), 0, LARGEST_INTEGER),
    ("orc.stripe_size_mib", lambda n: OutputFormat.orc(stripe_size_mib=n), 8, 2047),
    ("orc.row_index_stride", lambda n: OutputFormat.orc(row_index_stride=n), 1000, LARGEST_INTEGER),
    ("orc.block_size_mib", lambda n: OutputFormat.orc(block_size_mib=n), 64, 2047),
    ("orc.padding_tolerance", lambda n: OutputFormat.orc(padding_tolerance=n), 0, 1),
    ("orc.dictionary_key_threshold", lambda n: OutputFormat.orc(dictionary_key_threshold=n), 0, 1),
    (
        "orc.bloom_filter_false_positives",
        lambda n: OutputFormat.orc(bloom_filter_columns=["a"], bloom_filter_false_positives=n),
        0,
        1,
    ),
    # facts/api-gateway.md#cors, #limits
    ("cors.max_age", lambda n: CorsOptions.any_origin(max_age=seconds(n)), 0, 86_400),
    ("throttle.rate", lambda n: Throttle(rate=n), 1, 10_000),
    ("throttle.burst", lambda n: Throttle(burst=n), 1, 5_000),
    ("quota.limit", lambda n: Quota(n), 1, LARGEST_INTEGER),
    ("endpoint.minimum_compression", lambda n: EndpointOptions(minimum_compression=n), 0, 10_485_760),
    ("web_acl.rate_per_ip", lambda n: WebAcl(rate_per_ip=n), 10, 2_000_000_000),
    ("web_acl.max_body", lambda n: WebAcl(max_body=n), 1, 65_536),
    # facts/sources.md#kinds
    ("source.shards", lambda n: Source.kinesis(shards=n), 1, 10_000),
    ("source.retention", lambda n: Source.kinesis(retention=hours(n)), 24, 8760),
    ("retention.events", lambda n: Retention(events=days(n)), 1, 36_500),
    ("retention.errors", lambda n: Retention(errors=days(n)), 1, 36_500),
    # facts/cloudformation.md#delivery-stream
    ("source.throughput_hint", lambda n: Source.direct_put(throughput_hint=n), 1, 100),
    ("queries.bytes_scanned_limit", lambda n: Queries(bytes_scanned_limit=cdk.Size.bytes(n)), 10_000_000, 2**53 - 1),
    ("queries.results_expire_after", lambda n: Queries(results_expire_after=days(n)), 1, 3650),
    ("alarms.rejected_percent", lambda n: Alarms(rejected_percent=n), 0, 100),
    ("alarms.failed_records", lambda n: Alarms(failed_records=n), 0, 10**9),
    ("alarms.silence", lambda n: Alarms(silence=seconds(n)), 300, 86_400),
]
OPTIONS_WITHOUT_NEGATIVES = (
    "buffering.interval",
    "transform.buffer_interval",
    "partitioning.retry_duration",
    "cors.max_age",
)


@pytest.mark.parametrize(("option", "make", "lowest", "highest"), BOUNDS)
def test_a_number_is_taken_up_to_its_limits_and_refused_next_to_them(
    option: str, make: Make, lowest: float, highest: float
) -> None:
    make(lowest)
    make(highest)
    outside = [highest + 1]
    if lowest or option not in OPTIONS_WITHOUT_NEGATIVES:
        outside.append(lowest - 1)
    for value in outside:
        with pytest.raises(ConfigurationError) as caught:
            make(value)
        assert str(caught.value).startswith(f"{option}={value}: must be {lowest}..{highest}")


@pytest.mark.parametrize(("limit", "outside"), [(kib(204.8), kib(204)), (mib(3), kib(3073))])
def test_a_buffer_of_the_function_is_taken_up_to_its_limits_and_refused_next_to_them(
    limit: cdk.Size, outside: cdk.Size
) -> None:
    """facts/firehose.md#function-calls: 0.2..3 MiB."""
    LambdaProcessor(FUNCTION, buffer_size=limit)
    with pytest.raises(ConfigurationError, match=r"transform\.buffer_size=.*must be 0\.2\.\.3 MiB"):
        LambdaProcessor(FUNCTION, buffer_size=outside)
