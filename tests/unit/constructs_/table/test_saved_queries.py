"""The saved queries, answered over real Parquet by the local runtime's tables."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cdk_clickstream import EventSchema, PartitionKey, Queries, S3Prefix
from cdk_clickstream.table.saved_queries import saved_queries
from clickstream_local.common.model import Column, Table
from clickstream_local.tables.landed_tables import LandedTables
from support.stacks import Synthesized, new_stack, pipeline, pipeline_in, pipeline_refusal


def test_a_schema_without_the_columns_gets_the_queries_that_it_has_columns_for() -> None:
    names = ("event_name", "session_id", "page_path")
    properties: dict[str, Any] = {name: {"type": "string"} for name in names}
    properties["event_time"] = {"type": "string", "format": "date-time"}
    schema = EventSchema.from_dict({"type": "object", "properties": properties})
    queries = pipeline(queries=Queries(), schema=schema).of_type("AWS::Athena::NamedQuery").values()
    assert [one["Properties"]["Name"] for one in queries] == ["sessions", "funnel"]


@pytest.mark.parametrize(
    ("prefix", "problem"),
    [
        (S3Prefix.hive("events", {"year": "yyyy"}), "no partition by day"),
        (
            S3Prefix.hive("events", {"tenant": PartitionKey.from_lambda("tenant"), "day": "yyyy-MM-dd"}),
            "needs a value for the partition 'tenant'",
        ),
    ],
)
def test_a_prefix_that_the_queries_cannot_prune_by_is_refused(prefix: S3Prefix, problem: str) -> None:
    assert problem in pipeline_refusal(queries=Queries(), prefix=prefix)


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
    made = pipeline_in(stack, queries=Queries())
    table: dict[str, Any] = {
        "name": "events",
        "columns": [],
        "partition_keys": [{"name": "event_date", "type": "string"}],
        "location": "s3://lake/events/",
    }
    found = Synthesized(stack).only("AWS::Glue::Table")["TableInput"]
    assert [one["Name"] for one in found["PartitionKeys"]] == ["event_date"]
    table["columns"] = [
        {"name": column["Name"], "type": column["Type"]}
        for column in found["StorageDescriptor"]["Columns"]
        if column["Name"] in ROWS[0]
    ]
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
