"""Every option that is checked on its own: one test a rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events

from cdk_clickstream import (
    ApiAuth,
    BufferingHints,
    Compression,
    ConfigurationError,
    CorsOptions,
    DeAggregation,
    DynamicPartitioning,
    InputFormat,
    LambdaProcessor,
    OutputFormat,
    PartitionKey,
    Quota,
    S3Prefix,
    Source,
    SourceBackup,
    Throttle,
    Transform,
)

mib, kib, seconds = cdk.Size.mebibytes, cdk.Size.kibibytes, cdk.Duration.seconds
FUNCTION: Any = None
PATTERN = events.EventPattern(source=["shop"])
KEYED = "b/!{partitionKeyFromQuery:a}/!{timestamp:yyyy}/"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        # aws-facts 2.1: 1..128 MiB, 0..900 s; at least 64 MiB with conversion
        (lambda: BufferingHints(size=mib(129)).resolve("buffering"), "buffering.size=129: must be 1..128 MiB"),
        (lambda: BufferingHints(size=mib(0)).resolve("buffering"), "buffering.size=0: must be 1..128 MiB"),
        (lambda: BufferingHints(size=mib(63)).resolve("buffering", conversion=True), "must be 64..128 MiB with format"),
        (lambda: BufferingHints(interval=seconds(901)).resolve("buffering"), "buffering.interval=901: must be 0..900"),
        # aws-facts 2.1: the backup has no zero buffering
        (
            lambda: SourceBackup(buffering=BufferingHints(interval=seconds(59))),
            "backup.buffering.interval=59: must be 60",
        ),
        (lambda: SourceBackup(expire_after=cdk.Duration.days(0)), "backup.expire_after=0: must be 1..3650 days"),
        (lambda: SourceBackup(prefix=S3Prefix("b/!{firehose:error-output-type}/")), "backup.prefix="),
        # aws-facts 2.2: 0.2..3 MiB, 0..900 s
        (lambda: LambdaProcessor(FUNCTION, buffer_size=kib(204)), "must be 0.2..3 MiB"),
        (lambda: LambdaProcessor(FUNCTION, buffer_size=mib(4)), "must be 0.2..3 MiB"),
        (lambda: LambdaProcessor(FUNCTION, buffer_interval=seconds(901)), "transform.buffer_interval=901"),
        (lambda: LambdaProcessor(FUNCTION, retries=-1), "transform.retries=-1: must be 0..300"),
        # aws-facts 2.2: Firehose gives up after 5 minutes
        (lambda: Transform.click(timeout=seconds(301)), "transform.timeout=301: must be 1..300 seconds"),
        (lambda: Transform.click(memory=mib(127)), "transform.memory=127: must be 128..10240 MiB"),
        # aws-facts 7.2
        (lambda: OutputFormat.parquet(block_size_mib=63), "parquet.block_size_mib=63: must be 64"),
        (lambda: OutputFormat.parquet(page_size_kib=63), "parquet.page_size_kib=63: must be 64"),
        (lambda: OutputFormat.parquet(max_padding_bytes=-1), "parquet.max_padding_bytes=-1: must be 0"),
        (lambda: OutputFormat.orc(block_size_mib=63), "orc.block_size_mib=63: must be 64"),
        (lambda: OutputFormat.orc(padding_tolerance=1.1), "orc.padding_tolerance=1.1: must be 0..1"),
        (lambda: OutputFormat.orc(dictionary_key_threshold=-0.1), "orc.dictionary_key_threshold=-0.1: must be 0..1"),
        (
            lambda: OutputFormat.orc(bloom_filter_columns=["a"], bloom_filter_false_positives=2),
            "orc.bloom_filter_false_positives=2: must be 0..1",
        ),
        (lambda: OutputFormat.orc(bloom_filter_false_positives=0.1), "no column has a Bloom filter"),
        (lambda: InputFormat.hive(timestamp_formats=[]), "timestamp_formats=[]: is no list of patterns"),
        # aws-facts 2.1: no zero buffering with dynamic partitioning
        (
            lambda: BufferingHints(interval=seconds(59)).resolve("buffering", partitioning=True),
            "buffering.interval=59: must be 60..900 seconds with dynamic partitioning",
        ),
        (
            lambda: BufferingHints(size=mib(63)).resolve("buffering", partitioning=True),
            "buffering.size=63: must be 64..128 MiB with dynamic partitioning",
        ),
        # aws-facts 6
        (lambda: DynamicPartitioning.jq({}), "partitioning.queries={}: names no key"),
        (lambda: DynamicPartitioning.jq({"a": " "}), "partitioning.queries['a']=' ': is empty"),
        (lambda: DynamicPartitioning.jq({"a-b": ".a"}), "partitioning key='a-b': is no key name"),
        (lambda: DynamicPartitioning.from_lambda([]), "partitioning.keys=[]: is no list of keys"),
        (lambda: DynamicPartitioning.from_lambda("ab"), "partitioning.keys='ab': is no list of keys"),
        (lambda: DynamicPartitioning.from_lambda([f"k{n}" for n in range(51)]), "a stream has at most 50"),
        (lambda: DynamicPartitioning.jq({"a": "." * 5120}), "the jq program has at most 5120"),
        (
            lambda: DynamicPartitioning.jq({"a": ".a"}, retry_duration=seconds(7201)),
            "partitioning.retry_duration=7201: must be 0..7200 seconds",
        ),
        (lambda: DeAggregation.delimited(""), "delimiter='': is empty"),
        (lambda: PartitionKey.jq("a", values=["x,y"]), "holds a comma"),
        (lambda: PartitionKey.jq("a b"), "partition key='a b': is no key name"),
        (lambda: SourceBackup(prefix=S3Prefix(KEYED)), "needs dynamic partitioning"),
        # aws-facts 13
        (lambda: Source.direct_put(throughput_hint=101), "source.throughput_hint=101: must be 1..100"),
        # aws-facts 11
        (lambda: Source.kinesis(shards=0), "source.shards=0: must be 1..10000"),
        (lambda: Source.kinesis(retention=cdk.Duration.hours(23)), "source.retention=23: must be 24..8760 hours"),
        (lambda: Source.iot_topic_rule("DROP TABLE x"), "is no IoT rule"),
        (lambda: Source.eventbridge_rule(PATTERN, members={"a b": "x"}), "is no member name"),
        (lambda: Source.eventbridge_rule(PATTERN, members={"a": "$detail"}), "is no path into the event"),
        (lambda: OutputFormat.orc(stripe_size_mib=7), "orc.stripe_size_mib=7: must be 8"),
        (lambda: OutputFormat.orc(row_index_stride=999), "orc.row_index_stride=999: must be 1000"),
        # aws-facts 10.8
        (lambda: Throttle(rate=10_001), "throttle.rate=10001: must be 1..10000"),
        (lambda: Throttle(rate=0), "throttle.rate=0: must be 1..10000"),
        (lambda: Throttle(burst=5_001), "throttle.burst=5001: must be 1..5000"),
        (lambda: Quota(0), "quota.limit=0: must be 1"),
        (lambda: ApiAuth.public(reason=" "), "does not say why the endpoint is open"),
        (lambda: CorsOptions.origins("https://shop.example/"), "is no origin"),
        (lambda: CorsOptions.origins("https://shop.example", "*"), "cors.origins='*': is no origin"),
        (lambda: CorsOptions.origins(), "names nobody"),
        # aws-facts 10.7: a wildcard is not acceptable with credentials
        (
            lambda: CorsOptions(("*",), allow_credentials=True, max_age=seconds(1)),
            "refuse credentials together",
        ),
        (lambda: CorsOptions.any_origin(max_age=cdk.Duration.days(2)), "cors.max_age=172800: must be 0..86400"),
    ],
)
def test_a_value_outside_its_limits_is_refused_with_option_value_and_limit(
    make: Callable[[], object], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()
    assert message in str(caught.value)


def test_the_message_ends_with_a_way_out() -> None:
    with pytest.raises(ConfigurationError, match=r"For fresher data|; for fresher data"):
        BufferingHints(size=mib(1)).resolve("buffering", conversion=True)


@pytest.mark.parametrize(
    ("hints", "conversion", "expected"),
    [
        (BufferingHints(), False, (5, 300)),
        (BufferingHints(), True, (128, 300)),
        (BufferingHints(mib(64), seconds(0)), True, (64, 0)),
        (BufferingHints(mib(1), seconds(900)), False, (1, 900)),
    ],
)
def test_buffering_defaults_and_bounds_are_those_of_the_service(
    hints: BufferingHints, conversion: bool, expected: tuple[int, int]
) -> None:
    """aws-facts 2.1: default 5 MiB, 128 MiB with conversion, 300 s."""
    assert hints.resolve("buffering", conversion=conversion) == expected


def test_a_value_known_at_deployment_only_passes_unchecked() -> None:
    token = cdk.Token.as_number({"Ref": "Rate"})
    assert Throttle(rate=token).rate == token


def test_the_default_throttle_stays_under_the_quota_of_firehose() -> None:
    """aws-facts 1.6: 1,000 requests a second in most regions; a token bucket lets rate plus burst through."""
    assert Throttle().rate + Throttle().burst <= 1_000


def test_conversion_and_compression_of_the_object_cannot_be_combined() -> None:
    """aws-facts 7.1: CompressionFormat must be UNCOMPRESSED with conversion."""
    assert OutputFormat.parquet().compression is Compression.NONE
    assert OutputFormat.orc().compression is Compression.NONE
