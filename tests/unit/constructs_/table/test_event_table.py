from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from cdk_clickstream import (
    ApiAuth,
    ClickstreamPipeline,
    Compression,
    EventSchema,
    EventTable,
    OutputFormat,
    PartitionKey,
    Queries,
    S3Prefix,
)
from support.permission_tables import reader
from support.stacks import Synthesized, flat, new_stack, pipeline_in, pipeline_refusal, refusal
from support.statements import permissions

TABLE = "AWS::Glue::Table"


SCHEMA = EventSchema.from_dict(
    {
        "type": "object",
        "properties": {
            "event_name": {"type": "string", "description": "What happened."},
            "pageURL": {"type": "string"},
        },
    }
)


def table_in(stack: cdk.Stack, **options: Any) -> EventTable:
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    return EventTable(
        stack, "Catalog", **{"bucket": bucket, "prefix": S3Prefix.hive("events"), "schema": SCHEMA, **options}
    )


def table(**options: Any) -> dict[str, Any]:
    stack = new_stack()
    table_in(stack, **options)
    found: dict[str, Any] = Synthesized(stack).only(TABLE)["TableInput"]
    return found


def test_columns_come_from_the_schema_and_partitions_from_the_prefix() -> None:
    found = table()
    assert found["StorageDescriptor"]["Columns"] == [
        {"Name": "event_name", "Type": "string", "Comment": "What happened."},
        {"Name": "page_url", "Type": "string"},
    ]
    assert found["PartitionKeys"] == [{"Name": "event_date", "Type": "string"}]
    assert found["StorageDescriptor"]["Location"] == "s3://lake/events/"


def test_athena_works_the_partitions_out() -> None:
    assert table()["Parameters"] == {
        "EXTERNAL": "TRUE",
        "classification": "parquet",
        "projection.enabled": "true",
        "projection.event_date.type": "date",
        "projection.event_date.format": "yyyy-MM-dd",
        "projection.event_date.range": "2025-01-01,NOW",
        "projection.event_date.interval": "1",
        "projection.event_date.interval.unit": "DAYS",
        "storage.location.template": "s3://lake/events/event_date=${event_date}/",
    }


@pytest.mark.parametrize(
    ("pattern", "end"),
    [("yyyy-MM", "NOW+1MONTHS"), ("yyyy-MM-dd", "NOW+1DAYS"), ("yyyy-MM-dd-HH", "NOW+14HOURS")],
)
def test_the_newest_partitions_of_a_zone_ahead_of_utc_are_projected(pattern: str, end: str) -> None:
    """Athena's NOW is in UTC; a stream with CustomTimeZone writes partitions that UTC reaches hours later."""
    found = table(prefix=S3Prefix.hive("events", {"at": pattern}), time_zone="Asia/Tokyo")
    assert found["Parameters"]["projection.at.range"].endswith(f",{end}")


def test_a_table_in_utc_ends_now() -> None:
    assert table(time_zone="UTC") == table()


def test_a_prefix_without_columns_has_no_projection() -> None:
    found = table(prefix=S3Prefix("events/!{timestamp:yyyy}/"))
    assert found["PartitionKeys"] == []
    assert "projection.enabled" not in found["Parameters"]


@pytest.mark.parametrize(
    ("output", "classification", "serde"),
    [
        (OutputFormat.parquet(), "parquet", "ParquetHiveSerDe"),
        (OutputFormat.orc(), "orc", "OrcSerde"),
        (OutputFormat.json(), "json", "JsonSerDe"),
    ],
)
def test_each_format_is_read_by_its_own_class(output: OutputFormat, classification: str, serde: str) -> None:
    found = table(output=output)
    assert found["Parameters"]["classification"] == classification
    assert found["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].endswith(serde)


def test_json_is_read_by_exact_names() -> None:
    """facts/firehose.md#openx: by default OpenX folds the case of every key."""
    assert table(output=OutputFormat.json())["StorageDescriptor"]["SerdeInfo"]["Parameters"] == {
        "serialization.format": "1",
        "case.insensitive": "FALSE",
        "mapping.page_url": "pageURL",
    }


def test_the_reference_for_the_conversion_carries_the_mappings() -> None:
    assert table_in(new_stack()).reference.json_key_mappings == {"page_url": "pageURL"}


def test_the_databases_name_is_made_from_the_path(reference: Synthesized) -> None:
    name = reference.only("AWS::Glue::Database")["DatabaseInput"]["Name"]
    assert name.startswith("clickstream_pipeline_catalog_")
    assert name == name.lower()


def test_the_database_outlives_the_stack_as_the_data_do(reference: Synthesized) -> None:
    """Glue DeleteDatabase: everybody's tables and views in it go with it."""
    (database,) = reference.of_type("AWS::Glue::Database").values()
    assert (database["DeletionPolicy"], database["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_the_database_goes_with_a_stack_that_keeps_nothing() -> None:
    stack = new_stack()
    table_in(stack, removal_policy=cdk.RemovalPolicy.DESTROY)
    (database,) = Synthesized(stack).of_type("AWS::Glue::Database").values()
    assert database["DeletionPolicy"] == "Delete"


def test_the_table_of_the_pipeline_lies_where_the_stream_delivers(reference: Synthesized) -> None:
    location = reference.only(TABLE)["TableInput"]["StorageDescriptor"]["Location"]
    assert flat(location) == "s3://<PipelineBucket5BC3F8EA>/events/"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prefix": S3Prefix.hive("events", {"event_name": "yyyy"})}, "partition column 'event_name' is also a column"),
        ({"output": OutputFormat.raw()}, "has no table"),
        ({"output": OutputFormat.json(compression=Compression.ZIP)}, "cannot be read by Athena"),
        ({"output": OutputFormat.orc(bloom_filter_columns=["nothing"])}, "is not a column of the schema"),
        ({"table_name": "Events"}, "table_name='Events'"),
        ({"database_name": "1st"}, "database_name='1st'"),
    ],
)
def test_a_table_that_athena_could_not_read_is_refused(options: dict[str, Any], message: str) -> None:
    assert message in refusal(lambda: table_in(new_stack(), **options))


def test_the_table_projects_the_keys_of_the_prefix() -> None:
    prefix = S3Prefix.hive("events", {"tenant": PartitionKey.jq("tenant"), "event_date": "yyyy-MM-dd"})
    found = table(prefix=prefix)
    assert [one["Name"] for one in found["PartitionKeys"]] == ["tenant", "event_date"]
    assert found["Parameters"]["projection.tenant.type"] == "injected"
    location = "s3://lake/events/tenant=${tenant}/event_date=${event_date}/"
    assert found["Parameters"]["storage.location.template"] == location


def test_a_reader_of_a_pipeline_without_a_workgroup_sees_the_table_and_its_folder() -> None:
    """No backup, no failed record, and no right of Athena."""
    stack = new_stack()
    pipeline_in(stack).grant_read_events(iam.Role(stack, "Analyst", assumed_by=iam.AccountRootPrincipal()))
    assert permissions(Synthesized(stack).template)["Analyst"] == sorted(
        line for line in reader("Pipeline") if "athena:" not in line and "QueriesResults" not in line
    )


def test_two_tables_of_one_name_in_a_database_are_refused() -> None:
    stack = new_stack()
    first = pipeline_in(stack)
    message = refusal(lambda: table_in(stack, database=first.table.database))
    assert message == "table_name='events': Test/Pipeline/Catalog has this table already. Choose another table_name=."
    assert table_in(new_stack(), table_name="clicks").plain_name == "clicks"


def test_a_pipelines_table_may_have_another_name() -> None:
    stack = new_stack()
    web = pipeline_in(stack)
    app = ClickstreamPipeline(
        stack, "App", auth=ApiAuth.iam(), database=web.table.database, table_name="app_clicks", queries=Queries()
    )
    found = Synthesized(stack)
    assert sorted(one["Properties"]["TableInput"]["Name"] for one in found.of_type(TABLE).values()) == [
        "app_clicks",
        "events",
    ]
    assert len(found.of_type("AWS::Glue::Database")) == 1
    assert app.workgroup is not None
    assert all("FROM app_clicks" in one.query_string for one in app.workgroup.queries.values())


def test_a_name_for_a_table_that_is_not_made_is_refused() -> None:
    assert "table_name='given': this pipeline makes no table" in pipeline_refusal(
        output=OutputFormat.raw(), table_name="clicks"
    )


def test_two_databases_of_one_name_are_refused() -> None:
    stack = new_stack()
    table_in(cdk.Stack(stack, "One"), database_name="lake")
    message = refusal(lambda: table_in(cdk.Stack(stack, "Other"), database_name="lake"))
    assert "database_name='lake': Test/One/" in message
