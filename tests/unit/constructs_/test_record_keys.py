"""Pipelines partitioned by keys of the bundled transform: DESIGN sections 2 and 3, aws-facts 6."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from cdk_clickstream import (
    ApiAuth,
    Blueprint,
    ClickstreamPipeline,
    ConfigurationError,
    DeliveryStream,
    DynamicPartitioning,
    EventSchema,
    PartitionKey,
    Queries,
    RecordKey,
    S3Prefix,
    Transform,
    TransformFunction,
)
from cdk_clickstream.partitions.projection import PartitionColumn
from support.stacks import REASON, Synthesized, new_stack
from support.transforms import bundled_options, entry, refusal

STREAM = "AWS::KinesisFirehose::DeliveryStream"
PUBLIC = ApiAuth.public(reason=REASON)
SITE = {"site": RecordKey.event("app_id", ["shop", "blog"])}


def by(**columns: str | PartitionKey) -> S3Prefix:
    return S3Prefix.hive("events", {**columns, "event_date": "yyyy-MM-dd"})


def options_of(keys: dict[str, RecordKey], **more: Any) -> dict[str, Any]:
    """Transform, partitioning and prefix that name the same keys."""
    return {
        "auth": None,
        "transform": Transform.click(partition_keys=keys),
        "partitioning": DynamicPartitioning.from_lambda(list(keys)),
        "prefix": by(**{name: PartitionKey.from_lambda(name) for name in keys}),
    } | more


def pipeline(**options: Any) -> Synthesized:
    stack = new_stack()
    ClickstreamPipeline(stack, "Pipeline", **options)
    return Synthesized(stack)


def parameters(found: Synthesized) -> dict[str, Any]:
    given: dict[str, Any] = found.only("AWS::Glue::Table")["TableInput"]["Parameters"]
    return given


def test_the_prefix_asks_for_the_keys_and_the_table_has_their_columns() -> None:
    found = pipeline(**options_of(SITE))
    (prefix,) = [
        one["Properties"]["ExtendedS3DestinationConfiguration"]["Prefix"]
        for one in found.of_type(STREAM).values()
        if "DynamicPartitioningConfiguration" in one["Properties"]["ExtendedS3DestinationConfiguration"]
    ]
    assert prefix == "events/site=!{partitionKeyFromLambda:site}/event_date=!{timestamp:yyyy-MM-dd}/"
    keys = found.only("AWS::Glue::Table")["TableInput"]["PartitionKeys"]
    assert keys == [{"Name": "site", "Type": "string"}, {"Name": "event_date", "Type": "string"}]


def test_athena_enumerates_the_listed_names_and_other() -> None:
    found = parameters(pipeline(**options_of(SITE)))
    assert found["projection.site.type"] == "enum"
    assert found["projection.site.values"] == "shop,blog,other"


def test_a_name_that_is_listed_twice_is_enumerated_once() -> None:
    keys = {"site": RecordKey.event("app_id", ["shop", "other", "shop"])}
    assert parameters(pipeline(**options_of(keys)))["projection.site.values"] == "shop,other"


def test_athena_enumerates_the_days_of_an_arrival_key() -> None:
    found = parameters(pipeline(**options_of({"day": RecordKey.arrival("yyyy-MM-dd")}, time_zone="Asia/Tokyo")))
    # In UTC whatever the zone of the prefix: the transform writes it.
    assert found["projection.day.range"] == "2025-01-01,NOW"
    assert found["projection.day.type"] == "date"
    assert found["projection.day.format"] == "yyyy-MM-dd"
    assert found["projection.day.interval.unit"] == "DAYS"
    assert found["projection.event_date.range"] == "2025-01-01,NOW+1DAYS"


def test_an_hour_of_arrival_is_an_integer_column() -> None:
    found = pipeline(**options_of({"hour": RecordKey.arrival("HH")}))
    assert found.only("AWS::Glue::Table")["TableInput"]["PartitionKeys"][0] == {"Name": "hour", "Type": "int"}
    assert parameters(found)["projection.hour.range"] == "0,23"


def test_saved_queries_go_with_the_keys_of_a_transform() -> None:
    keys = {**SITE, "hour": RecordKey.arrival("HH")}
    assert pipeline(**options_of(keys, queries=Queries())).of_type("AWS::Athena::NamedQuery")


def test_a_function_per_event_has_keys_too(tmp_path: Path) -> None:
    entry = tmp_path / "rows.py"
    entry.write_text("def transform(event):\n    return event\n", encoding="utf-8")
    found = pipeline(**options_of(SITE, transform=Transform.per_event(entry, partition_keys=SITE)))
    assert parameters(found)["projection.site.values"] == "shop,blog,other"


def test_values_that_are_those_of_the_transform_may_be_repeated() -> None:
    prefix = by(site=PartitionKey.from_lambda("site", values=["other", "blog", "shop"]))
    assert parameters(pipeline(**options_of(SITE, prefix=prefix)))["projection.site.type"] == "enum"


def test_keys_of_ones_own_function_are_left_alone() -> None:
    column = PartitionColumn.of_key("site", PartitionKey.from_lambda("site"))
    assert column.filled_by({}).projection() == {"projection.site.type": "injected"}
    of_query = PartitionColumn.of_key("site", PartitionKey.jq("site"))
    assert of_query.filled_by(SITE) == of_query


def test_a_stream_of_ones_own_checks_the_keys_of_the_function() -> None:
    stack = new_stack()
    function = TransformFunction(
        stack, "Transform", schema=EventSchema.click(), transform=Transform.click(partition_keys=SITE)
    )
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    with pytest.raises(ConfigurationError, match=r"\['site'\].*are not the keys of the stream's partitioning, \[\]"):
        DeliveryStream(stack, "Stream", bucket=bucket, prefix=S3Prefix("raw/"), processor=function.processor)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            lambda: {"prefix": by()},
            "does not use the partition key 'site'",
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
            "values of 'site'=['shop']: are not those that the transform gives, ['shop', 'blog', 'other']",
        ),
        (
            lambda: options_of(
                {"day": RecordKey.arrival("yyyy-MM-dd")},
                prefix=by(day=PartitionKey.from_lambda("day", values=["2026-01-01"])),
            ),
            "are not those that the transform gives, 'yyyy-MM-dd'",
        ),
        (
            lambda: options_of({"site": RecordKey.context("api_key_id", ["abc"])}, auth=PUBLIC),
            "transform.partition_keys['site']='api_key_id': is never known: callers of this endpoint send no API key",
        ),
        (
            lambda: options_of({"site": RecordKey.context("principal", ["abc"])}, auth=PUBLIC),
            "transform.partition_keys['site']='principal': is never known: nobody signs in to this endpoint",
        ),
        (
            lambda: options_of({"site": RecordKey.context("principal", ["abc"])}, auth=ApiAuth.api_key()),
            "Pass auth=ApiAuth.authorizer(...), or take another key",
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
        "api key of nobody",
        "principal of nobody",
        "principal of a key",
    ],
)
def test_what_does_not_agree_is_refused(options: Callable[[], dict[str, Any]], message: str) -> None:
    assert message in refusal(lambda: pipeline(**{**options_of(SITE), **options()}))


@pytest.mark.parametrize(
    ("key", "auth"),
    [
        (RecordKey.context("api_key_id", ["abc"]), ApiAuth.api_key()),
        (RecordKey.context("principal", ["AIDAEXAMPLE"]), ApiAuth.iam()),
        (RecordKey.event("app_id", ["shop"]), PUBLIC),
    ],
    ids=["api key", "principal", "event"],
)
def test_a_key_that_the_endpoint_can_know_is_taken(key: RecordKey, auth: ApiAuth) -> None:
    assert pipeline(**options_of({"by": key}, auth=auth)).of_type("AWS::Glue::Table")


def test_a_value_that_only_the_deployment_knows_is_refused() -> None:
    """The list is part of the function's code, which is made at synth."""
    with pytest.raises(ConfigurationError, match="holds a value that is known at deployment only"):
        RecordKey.context("api_key_id", [cdk.Token.as_string({"Ref": "Key"})])


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
        (lambda: RecordKey.arrival("yy"), "transform.partition_keys='yy': is no part of a time"),
        (lambda: RecordKey.context("ip", ["a"]), "transform.partition_keys='ip': is not what the endpoint knows"),
        (lambda: RecordKey.event("", ["a"]), "transform.partition_keys='': names no member"),
        (lambda: RecordKey.event("event_name", []), "transform.partition_keys=[]: is no list of values"),
        (lambda: RecordKey.event("event_name", ["a/b"]), "transform.partition_keys=['a/b']: is no list of values"),
        (lambda: Transform.click(partition_keys={"a-b": RecordKey.arrival("yyyy")}), "is no name of a key"),
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
