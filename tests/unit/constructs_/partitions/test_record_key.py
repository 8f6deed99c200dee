"""Pipelines partitioned by keys of the bundled transform:
facts/firehose.md#dynamic-partitioning.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_clickstream import (
    Blueprint,
    DynamicPartitioning,
    PartitionKey,
    Queries,
    RecordKey,
    S3Prefix,
    Transform,
    TransformFunction,
)
from support.stacks import STREAM, new_stack, partitioned_by, pipeline, refusal, stream_refusal, table_parameters
from support.transforms import bundled_options, entry

SITE = {"site": RecordKey.event("app_id", ["shop", "blog"])}


def by(**columns: str | PartitionKey) -> S3Prefix:
    return S3Prefix.hive("events", {**columns, "event_date": "yyyy-MM-dd"})


def test_the_prefix_asks_for_the_keys_and_the_table_has_their_columns() -> None:
    found = pipeline(**partitioned_by(SITE))
    (prefix,) = [
        one["Properties"]["ExtendedS3DestinationConfiguration"]["Prefix"]
        for one in found.of_type(STREAM).values()
        if "DynamicPartitioningConfiguration" in one["Properties"]["ExtendedS3DestinationConfiguration"]
    ]
    assert prefix == "events/site=!{partitionKeyFromLambda:site}/event_date=!{timestamp:yyyy-MM-dd}/"
    keys = found.only("AWS::Glue::Table")["TableInput"]["PartitionKeys"]
    assert keys == [{"Name": "site", "Type": "string"}, {"Name": "event_date", "Type": "string"}]


def test_saved_queries_go_with_the_keys_of_a_transform() -> None:
    keys = {**SITE, "hour": RecordKey.arrival("HH")}
    assert pipeline(**partitioned_by(keys, queries=Queries())).of_type("AWS::Athena::NamedQuery")


def test_a_function_per_event_has_keys_too(tmp_path: Path) -> None:
    found = pipeline(**partitioned_by(SITE, transform=Transform.per_event(entry(tmp_path), partition_keys=SITE)))
    assert table_parameters(found)["projection.site.values"] == "shop,blog,other"


def test_a_stream_of_ones_own_checks_the_keys_of_the_function() -> None:
    stack = new_stack()
    function = TransformFunction(stack, "Transform", transform=Transform.click(partition_keys=SITE))
    message = stream_refusal(processor=function.processor)
    assert "['site']: are not the keys of the stream's partitioning, []" in message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            lambda: {"prefix": by()},
            "must use the partition key 'site'",
        ),
        (
            lambda: {"prefix": by(site=PartitionKey.from_lambda("site"), plan=PartitionKey.from_lambda("plan"))},
            "!{partitionKeyFromLambda:plan} is a key that the partitioning does not declare",
        ),
        (
            lambda: {"partitioning": DynamicPartitioning.from_lambda(["site", "plan"])},
            "transform.partition_keys=['site']: are not the keys of the stream's partitioning, ['plan', 'site']",
        ),
        (
            lambda: {"partitioning": None},
            "transform.partition_keys=['site']: are not the keys of the stream's partitioning, []",
        ),
        (
            lambda: {"transform": Transform.blueprint(Blueprint.GENERAL)},
            "transform.partition_keys=[]: are not the keys of the stream's partitioning, ['site']",
        ),
        (
            lambda: {"prefix": by(site=PartitionKey.from_lambda("site", values=["shop"]))},
            "values of 'site'=['shop']: must be those that the transform gives, ['shop', 'blog', 'other']",
        ),
        (
            lambda: partitioned_by(
                {"day": RecordKey.arrival("yyyy-MM-dd")},
                prefix=by(day=PartitionKey.from_lambda("day", values=["2026-01-01"])),
            ),
            "must be those that the transform gives, 'yyyy-MM-dd'",
        ),
    ],
    ids=[
        "not in the prefix",
        "only in the prefix",
        "only in the partitioning",
        "no partitioning",
        "a blueprint has none",
        "other values",
        "values of a time",
    ],
)
def test_what_does_not_agree_is_refused(options: Callable[[], dict[str, Any]], message: str) -> None:
    assert message in refusal(lambda: pipeline(**{**partitioned_by(SITE), **options()}))


def test_a_value_that_only_the_deployment_knows_is_refused() -> None:
    """The list is part of the function's code, which is made at synth."""
    message = refusal(lambda: RecordKey.context("api_key_id", [cdk.Token.as_string({"Ref": "Key"})]))
    assert "must not contain a token" in message


def test_the_bundled_code_takes_the_keys_of_records(tmp_path: Path) -> None:
    keys = {
        "day": RecordKey.arrival("yyyy-MM-dd"),
        "caller": RecordKey.context("api_key_id", ["shop", "blog"]),
        "name": RecordKey.event("event_name", ["click"]),
    }
    for transform in (
        Transform.click(partition_keys=keys),
        Transform.per_event(entry(tmp_path), partition_keys=keys),
    ):
        assert bundled_options(transform).partition_keys
    assert not bundled_options(Transform.click()).partition_keys


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RecordKey.arrival("yy"), "transform.partition_keys='yy': must be a part of a time"),
        (
            lambda: RecordKey.context("ip", ["a"]),
            "transform.partition_keys='ip': must be a value that the endpoint knows",
        ),
        (lambda: RecordKey.event("", ["a"]), "transform.partition_keys='': must name a member"),
        (lambda: RecordKey.event("event_name", []), "transform.partition_keys=[]: must be a list of values"),
        (lambda: RecordKey.event("event_name", ["a/b"]), "transform.partition_keys=['a/b']: must be a list of values"),
        (lambda: Transform.click(partition_keys={"a-b": RecordKey.arrival("yyyy")}), "must be a key name"),
        (
            lambda: Transform.click(
                partition_keys={
                    name: RecordKey.event(name, [f"v{number}" for number in range(22)]) for name in ("one", "two")
                }
            ),
            "allow 529 combinations of names, and a stream keeps 500 partitions open",
        ),
    ],
)
def test_keys_that_could_not_work_are_refused(make: Callable[[], object], message: str) -> None:
    assert message in refusal(make)
