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
    OutputFormat,
    PartitionKey,
    S3Prefix,
    Source,
    SourceBackup,
    Throttle,
)

mib, kib, seconds = cdk.Size.mebibytes, cdk.Size.kibibytes, cdk.Duration.seconds
FUNCTION: Any = None
PATTERN = events.EventPattern(source=["shop"])
KEYED = "b/!{partitionKeyFromQuery:a}/!{timestamp:yyyy}/"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        # aws-facts 2.1: at least 64 MiB with conversion
        (lambda: BufferingHints(size=mib(63)).resolve("buffering", conversion=True), "must be 64..128 MiB with format"),
        (lambda: SourceBackup(prefix=S3Prefix("b/!{firehose:error-output-type}/")), "backup.prefix="),
        # aws-facts 7.2
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
        (lambda: DeAggregation.delimited(""), "delimiter='': is empty"),
        (lambda: PartitionKey.jq("a", values=["x,y"]), "holds a comma"),
        (lambda: PartitionKey.jq("a b"), "partition key='a b': is no key name"),
        (lambda: SourceBackup(prefix=S3Prefix(KEYED)), "needs dynamic partitioning"),
        (lambda: Source.iot_topic_rule("DROP TABLE x"), "is no IoT rule"),
        (lambda: Source.eventbridge_rule(PATTERN, members={"a b": "x"}), "is no member name"),
        (lambda: Source.eventbridge_rule(PATTERN, members={"a": "$detail"}), "is no path into the event"),
        (lambda: ApiAuth.public(reason=" "), "does not say why the endpoint is open"),
        (lambda: CorsOptions.origins("https://shop.example/"), "is no origin"),
        (lambda: CorsOptions.origins("https://shop.example", "*"), "cors.origins='*': is no origin"),
        (lambda: CorsOptions.origins(), "names nobody"),
        # aws-facts 10.7: a wildcard is not acceptable with credentials
        (
            lambda: CorsOptions(("*",), allow_credentials=True, max_age=seconds(1)),
            "refuse credentials together",
        ),
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
