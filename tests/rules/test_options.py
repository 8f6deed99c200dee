"""Every option that is checked on its own: one test a rule."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events

from cdk_clickstream import (
    ApiAuth,
    CorsOptions,
    DeAggregation,
    DynamicPartitioning,
    InputFormat,
    OutputFormat,
    PartitionKey,
    S3Prefix,
    Source,
    SourceBackup,
)
from support.stacks import refusal

PATTERN = events.EventPattern(source=["shop"])


KEYED = "b/!{partitionKeyFromQuery:a}/!{timestamp:yyyy}/"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SourceBackup(prefix=S3Prefix("b/!{firehose:error-output-type}/")), "backup.prefix="),
        # facts/firehose.md#conversion-options
        (lambda: OutputFormat.orc(bloom_filter_false_positives=0.1), "no column has a Bloom filter"),
        (lambda: InputFormat.hive(timestamp_formats=[]), "timestamp_formats=[]: must be a list of patterns"),
        # facts/firehose.md#dynamic-partitioning
        (lambda: DynamicPartitioning.jq({}), "partitioning.queries={}: must name a key"),
        (lambda: DynamicPartitioning.jq({"a": " "}), "partitioning.queries['a']=' ': is empty"),
        (lambda: DynamicPartitioning.jq({"a-b": ".a"}), "partitioning key='a-b': must be a key name"),
        (lambda: DynamicPartitioning.from_lambda([]), "partitioning.keys=[]: must be a list of keys"),
        (lambda: DynamicPartitioning.from_lambda([f"k{n}" for n in range(51)]), "a stream has at most 50"),
        (lambda: DynamicPartitioning.jq({"a": "." * 5120}), "the jq program has at most 5120"),
        (lambda: DeAggregation.delimited(""), "delimiter='': must not be empty"),
        (lambda: PartitionKey.jq("a", values=["x,y"]), "contain a comma"),
        (lambda: PartitionKey.jq("a b"), "partition key='a b': must be a key name"),
        (lambda: SourceBackup(prefix=S3Prefix(KEYED)), "needs dynamic partitioning"),
        (lambda: Source.iot_topic_rule("DROP TABLE x"), "must be the SQL of an IoT rule"),
        (lambda: Source.eventbridge_rule(PATTERN, members={"a b": "x"}), "must be letters, digits and underscores"),
        (lambda: Source.eventbridge_rule(PATTERN, members={"a": "$detail"}), "must be a path into the event"),
        (
            lambda: ApiAuth.public(reason=" "),
            "must say why the endpoint is open, in at least 10 characters",
        ),
        (lambda: CorsOptions.origins("https://shop.example/"), "must be an origin"),
        (lambda: CorsOptions.origins("https://shop.example", "*"), "cors.origins='*': must be an origin"),
        (lambda: CorsOptions.origins(), "must name at least one origin"),
        # facts/api-gateway.md#cors: a wildcard is not acceptable with credentials
        (
            lambda: CorsOptions(("*",), allow_credentials=True, max_age=cdk.Duration.seconds(1)),
            "refuse credentials together",
        ),
    ],
)
def test_a_value_outside_its_limits_is_refused_with_option_value_and_limit(
    make: Callable[[], object], message: str
) -> None:
    assert message in refusal(make)
