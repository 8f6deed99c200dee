"""The Athena workgroup, its saved queries, and who may read."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict
from typing import Any

import aws_cdk as cdk
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from aws_cdk import aws_iam as iam

from cdk_clickstream import (
    ApiAuth,
    ClickstreamPipeline,
    ConfigurationError,
    Encryption,
    EventSchema,
    PartitionKey,
    Queries,
    S3Prefix,
)
from cdk_clickstream.table.saved_queries import saved_queries
from clickstream_local.common.model import Column, Table
from clickstream_local.tables.landed_tables import LandedTables
from support.stacks import Synthesized, flat, new_stack

NAMES = ["events_per_page_and_hour", "sessions", "funnel", "events_deduplicated", "data_quality"]


def pipeline(stack: cdk.Stack, **options: Any) -> ClickstreamPipeline:
    return ClickstreamPipeline(stack, "Pipeline", **{"auth": ApiAuth.iam(), "queries": Queries(), **options})


def test_a_pipeline_has_no_workgroup_unless_asked_for(reference: Synthesized) -> None:
    assert not reference.of_type("AWS::Athena::WorkGroup")


def test_the_workgroup_sets_place_encryption_and_limit_of_each_query() -> None:
    stack = new_stack()
    pipeline(stack, queries=Queries(bytes_scanned_limit=cdk.Size.gibibytes(1)))
    found = Synthesized(stack)
    (results,) = [id_ for id_ in found.of_type("AWS::S3::Bucket") if "Results" in id_]
    configuration = found.only("AWS::Athena::WorkGroup")["WorkGroupConfiguration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 1024**3
    result = configuration["ResultConfiguration"]
    assert flat(result["OutputLocation"]) == f"s3://<{results}>/"
    assert result["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}


def test_a_workgroup_that_was_used_goes_with_a_stack_that_keeps_nothing() -> None:
    kept, gone = new_stack(), new_stack()
    pipeline(kept)
    pipeline(gone, removal_policy=cdk.RemovalPolicy.DESTROY)
    assert "RecursiveDeleteOption" not in Synthesized(kept).only("AWS::Athena::WorkGroup")
    assert Synthesized(gone).only("AWS::Athena::WorkGroup")["RecursiveDeleteOption"] is True


def test_results_are_encrypted_with_the_pipelines_key_and_expire() -> None:
    stack = new_stack()
    pipeline(stack, encryption=Encryption.kms(), queries=Queries(results_expire_after=cdk.Duration.days(3)))
    found = Synthesized(stack)
    (key,) = found.of_type("AWS::KMS::Key")
    result = found.only("AWS::Athena::WorkGroup")["WorkGroupConfiguration"]["ResultConfiguration"]
    assert result["EncryptionConfiguration"] == {
        "EncryptionOption": "SSE_KMS",
        "KmsKey": {"Fn::GetAtt": [key, "Arn"]},
    }
    (rule,) = found.only("AWS::S3::Bucket", "Results")["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 3


def test_the_saved_queries_are_in_the_workgroup() -> None:
    stack = new_stack()
    pipeline(stack)
    found = Synthesized(stack)
    (workgroup,) = found.of_type("AWS::Athena::WorkGroup")
    (database,) = found.of_type("AWS::Glue::Database")
    queries = [one["Properties"] for one in found.of_type("AWS::Athena::NamedQuery").values()]
    assert {one["Name"] for one in queries} == set(NAMES)
    for one in queries:
        assert (one["WorkGroup"], one["Database"]) == ({"Ref": workgroup}, {"Ref": database})
        assert "FROM events\n" in one["QueryString"]


def test_a_schema_without_the_columns_gets_the_queries_that_it_has_columns_for() -> None:
    names = ("event_name", "session_id", "page_path")
    properties: dict[str, Any] = {name: {"type": "string"} for name in names}
    properties["event_time"] = {"type": "string", "format": "date-time"}
    schema = EventSchema.from_dict({"type": "object", "properties": properties})
    stack = new_stack()
    pipeline(stack, schema=schema)
    queries = Synthesized(stack).of_type("AWS::Athena::NamedQuery").values()
    assert [one["Properties"]["Name"] for one in queries] == ["sessions", "funnel"]


@pytest.mark.parametrize(
    ("prefix", "problem"),
    [
        (S3Prefix.hive("events", {"year": "yyyy"}), "no partition by day"),
        (
            S3Prefix.hive("events", {"tenant": PartitionKey.from_lambda("tenant"), "day": "yyyy-MM-dd"}),
            "wants a value for the partition 'tenant'",
        ),
    ],
)
def test_a_prefix_that_the_queries_cannot_prune_by_is_refused(prefix: S3Prefix, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        pipeline(new_stack(), prefix=prefix)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"bytes_scanned_limit": cdk.Size.bytes(9_999_999)}, "queries.bytes_scanned_limit=9999999"),
        ({"results_expire_after": cdk.Duration.days(0)}, "queries.results_expire_after=0"),
    ],
)
def test_an_option_out_of_range_is_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        Queries(**options)


TODAY = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)


def row(n: int, name: str, session: str, **values: Any) -> dict[str, Any]:
    return {
        "event_id": f"id-{n}",
        "event_fingerprint": f"print-{n}",
        "event_name": name,
        "event_time": TODAY - datetime.timedelta(days=1) + datetime.timedelta(seconds=n),
        "received_at": TODAY - datetime.timedelta(days=1) + datetime.timedelta(seconds=n),
        "session_id": session,
        "anonymous_id": f"visitor-{session}",
        "page_host": "shop.example",
        "page_path": f"/{name}",
        "is_bot": False,
        "enrich_flags": None,
        **values,
    }


ROWS = [
    row(1, "page_view", "a"),
    row(2, "add_to_cart", "a"),
    row(3, "purchase", "a"),
    row(4, "add_to_cart", "b"),
    row(5, "page_view", "b"),
    row(5, "page_view", "b"),
    row(6, "page_view", "c", is_bot=True, enrich_flags=["cut:page_url"]),
    row(7, "page_view", "c", event_time=TODAY - datetime.timedelta(days=3)),
    row(8, "page_view", "old", event_time=TODAY - datetime.timedelta(days=40)),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What each saved query answers over real Parquet, by the local runtime's lake."""
    data = tmp_path_factory.mktemp("lake")
    stack = new_stack()
    made = pipeline(stack)
    columns = [{"name": name, "type": "string"} for name in ROWS[0]]
    table = {
        "name": "events",
        "columns": columns,
        "partition_keys": [{"name": "event_date", "type": "string"}],
        "location": "s3://lake/events/",
    }
    found = Synthesized(stack).only("AWS::Glue::Table")["TableInput"]
    assert [one["Name"] for one in found["PartitionKeys"]] == ["event_date"]
    (data / "catalog.json").write_text(json.dumps({"tables": [_table(table)], "error_locations": []}))
    folder = data / "s3" / "lake" / "events" / f"event_date={(TODAY - datetime.timedelta(days=1)):%Y-%m-%d}"
    folder.mkdir(parents=True)
    schema = pa.schema(
        [
            (name, pa.list_(pa.string()) if name == "enrich_flags" else pa.array([value]).type)
            for name, value in ROWS[0].items()
        ]
    )
    pq.write_table(pa.Table.from_pylist(ROWS, schema=schema), folder / "part.parquet")
    tables = LandedTables(data)
    result = {}
    for query in saved_queries(made.table):
        names, rows = tables.query(query.sql)
        result[query.name] = [dict(zip(names, each, strict=True)) for each in rows]
    tables.close()
    return result


def _table(table: dict[str, Any]) -> dict[str, Any]:
    made = Table(
        logical_id="Table",
        database="clicks",
        name=table["name"],
        location=table["location"],
        columns=tuple(Column(**one) for one in table["columns"]),
        partition_keys=tuple(Column(**one) for one in table["partition_keys"]),
    )
    return asdict(made)


Answers = dict[str, list[dict[str, Any]]]


def test_events_are_counted_per_page_and_hour(answers: Answers) -> None:
    views = [one for one in answers["events_per_page_and_hour"] if one["page_path"] == "/page_view"]
    assert sum(one["events"] for one in views) == 5
    assert max(one["visitors"] for one in views) == 3


def test_a_session_has_its_first_and_last_page(answers: Answers) -> None:
    (session,) = [one for one in answers["sessions"] if one["session_id"] == "a"]
    assert (session["first_page"], session["last_page"]) == ("/page_view", "/purchase")
    assert (session["seconds"], session["events"], session["pages"]) == (2, 3, 3)


def test_rows_older_than_a_week_are_left_out(answers: Answers) -> None:
    assert {one["session_id"] for one in answers["sessions"]} == {"a", "b", "c"}


def test_the_funnel_counts_steps_in_their_order(answers: Answers) -> None:
    """Session b put into the cart before it viewed a page."""
    assert [(one["event_name"], one["sessions"]) for one in answers["funnel"]] == [
        ("page_view", 3),
        ("add_to_cart", 1),
        ("purchase", 1),
    ]


def test_a_second_copy_of_an_event_is_left_out(answers: Answers) -> None:
    assert sorted(one["event_id"] for one in answers["events_deduplicated"]) == [f"id-{n}" for n in range(1, 8)]


def test_the_quality_of_a_day_is_told(answers: Answers) -> None:
    (day,) = answers["data_quality"]
    assert {name: value for name, value in day.items() if name != "event_date"} == {
        "events": 8,
        "copies": 1,
        "a_day_late": 1,
        "flagged": 1,
        "bots": 1,
    }


def readers_statements(**options: Any) -> tuple[Synthesized, list[dict[str, Any]]]:
    stack = new_stack()
    pipeline(stack, **options).grant_read_events(iam.Role(stack, "Analyst", assumed_by=iam.AccountRootPrincipal()))
    found = Synthesized(stack)
    return found, list(found.statements("Analyst").values())


def by_action(statements: list[dict[str, Any]]) -> dict[str, tuple[list[str], Any]]:
    found = {}
    for one in statements:
        actions = one["Action"] if isinstance(one["Action"], list) else [one["Action"]]
        resources = one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]]
        for action in actions:
            found[action] = ([flat(each) for each in resources], one.get("Condition"))
    return found


def test_a_reader_sees_events_and_neither_backups_nor_errors() -> None:
    _, statements = readers_statements(queries=None)
    bucket = "<PipelineBucket5BC3F8EA.Arn>"
    found = by_action(statements)
    assert {action: resources for action, (resources, _) in found.items() if action.startswith("s3:")} == {
        "s3:GetObject": [f"{bucket}/events/*"],
        "s3:GetBucketLocation": [bucket],
        "s3:ListBucket": [bucket],
    }
    assert found["s3:ListBucket"][1] == {"StringLike": {"s3:prefix": ["events/*", "events"]}}


def test_a_reader_reads_the_table_and_no_other() -> None:
    found, statements = readers_statements(queries=None)
    (table,), (database,) = found.of_type("AWS::Glue::Table"), found.of_type("AWS::Glue::Database")
    resources, _ = by_action(statements)["glue:GetTable"]
    glue = "arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>"
    assert resources == [f"{glue}:catalog", f"{glue}:database/<{database}>", f"{glue}:table/<{database}>/<{table}>"]


def test_a_reader_decrypts_through_s3_only() -> None:
    _, statements = readers_statements(queries=None, encryption=Encryption.kms())
    resources, condition = by_action(statements)["kms:Decrypt"]
    assert resources == ["<PipelineKeyF48EE773.Arn>"]
    assert flat(condition["StringEquals"]["kms:ViaService"]) == "s3.<AWS::Region>.amazonaws.com"


def test_a_reader_queries_in_the_workgroup_and_writes_results_only() -> None:
    found, statements = readers_statements()
    (workgroup,) = found.of_type("AWS::Athena::WorkGroup")
    (results,) = [id_ for id_ in found.of_type("AWS::S3::Bucket") if "Results" in id_]
    granted = [(one["Action"], flat(one["Resource"])) for one in statements if "s3:PutObject" in str(one["Action"])]
    assert granted == [
        (
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            f"<{results}.Arn>/*",
        )
    ]
    resources, _ = by_action(statements)["athena:StartQueryExecution"]
    assert resources == [f"arn:<AWS::Partition>:athena:<AWS::Region>:<AWS::AccountId>:workgroup/<{workgroup}>"]
