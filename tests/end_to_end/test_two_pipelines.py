"""Two pipelines in one app, in one bucket and database or apart: each has its own rows, rejected events and backups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import aws_cdk as cdk
import pytest
from aws_cdk import aws_glue as glue
from click.testing import CliRunner

from cdk_clickstream import ApiAuth, ClickstreamPipeline, EventBucket, Queries
from clickstream_local.athena.errors import QueryError
from clickstream_local.cli import main
from clickstream_local.tables.landed_tables import LandedTables
from clickstream_local.testing import LocalPipeline
from support.stacks import CONTEXT, REASON

pytestmark = pytest.mark.xdist_group("pipeline")


@pytest.fixture(scope="module")
def shared() -> Iterator[LocalPipeline]:
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Lake")
    bucket = EventBucket(stack, "Bucket", expirations={"errors/": cdk.Duration.days(9)})
    database = glue.Database(stack, "Database", database_name="lake")
    auth = ApiAuth.public(reason=REASON)
    ClickstreamPipeline(stack, "Web", auth=auth, bucket=bucket, database=database)
    ClickstreamPipeline(stack, "App", auth=auth, bucket=bucket, database=database, folder="app", table_name="app")
    with LocalPipeline(stack) as running:
        for name, count in (("Web", 1), ("App", 2)):
            endpoint = next(one for path, one in running.endpoints.items() if name in path)
            good = [{"event_name": name.lower()}] * count
            assert running.post([*good, {"event_name": "bad", "value": "no number"}], endpoint=endpoint).status == 202
        # Events first, then what was rejected of them.
        running.flush()
        running.flush()
        yield running


def test_each_table_has_the_rows_of_its_own_pipeline(shared: LocalPipeline) -> None:
    assert [row["event_name"] for row in shared.rows("events")] == ["web"]
    assert [row["event_name"] for row in shared.rows("app")] == ["app", "app"]


def test_rejected_events_and_backups_lie_in_folders_of_their_own(shared: LocalPipeline) -> None:
    keys = [one.key for one in shared.objects()]
    for folder in ("errors/rejected/", "errors/app/rejected/", "backup/dt=", "backup/app/dt="):
        assert len([key for key in keys if key.startswith(folder)]) == 1, folder


def test_what_failed_in_either_is_found(shared: LocalPipeline) -> None:
    assert [one.kind for one in shared.errors()] == ["rejected", "rejected"]


def test_failures_and_proofs_are_those_of_one_pipeline(shared: LocalPipeline) -> None:
    where = ["--data-dir", str(shared.data_dir), "--json"]
    for name, rows in (("Web", 1), ("App", 2)):
        (stream,) = [one for one in shared._runtime.state()["delivery_streams"] if name in one and "Reject" not in one]
        shown = CliRunner().invoke(main, ["errors", *where, "--stream", stream]).output
        assert [json.loads(line)["pipeline"] for line in shown.splitlines()] == [stream]
        proof = json.loads(CliRunner().invoke(main, ["verify", *where, "--stream", stream]).output.splitlines()[-1])
        assert (proof["came"], proof["rows"], proof["rejected"], proof["differs"]) == (rows + 1, rows, 1, False)


def test_replay_puts_each_event_into_its_own_stream(shared: LocalPipeline) -> None:
    web, app = sorted(
        (name for name in shared._runtime.state()["delivery_streams"] if "Reject" not in name),
        key=lambda name: "Web" not in name,
    )
    command = ["replay", "--data-dir", str(shared.data_dir), "--url", shared.url, "--remove"]
    one = CliRunner().invoke(main, [*command, "--stream", web])
    assert one.output == f"put 1 rejected into {web} (1 records)\nremoved 1 error objects\n"
    (left,) = shared.errors()
    assert "/app/" in str(left.file)
    both = CliRunner().invoke(main, command)
    assert both.output == f"put 1 rejected into {app} (1 records)\nremoved 1 error objects\n"


@pytest.fixture(scope="module")
def apart() -> Iterator[LocalPipeline]:
    """Two pipelines with a database each, and a table of the same name in both."""
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Shops")
    for name in ("Web", "App"):
        ClickstreamPipeline(stack, name, auth=ApiAuth.public(reason=REASON), queries=Queries())
    with LocalPipeline(stack) as running:
        for name, count in (("Web", 1), ("App", 2)):
            endpoint = next(one for path, one in running.endpoints.items() if name in path)
            assert running.post([{"event_name": name.lower()}] * count, endpoint=endpoint).status == 202
        running.flush()
        yield running


def test_each_database_has_its_own_rows_and_saved_queries(apart: LocalPipeline) -> None:
    with closing(LandedTables(apart.data_dir)) as tables:
        databases = sorted({query.database for query in tables.saved_queries})
    rows = {name: apart.rows(database=name) for name in databases}
    assert sorted(len(found) for found in rows.values()) == [1, 2]
    joined = " UNION ALL ".join(f'SELECT event_name FROM "{name}".events' for name in databases)
    assert sorted(row["event_name"] for row in apart.query(joined)) == ["app", "app", "web"]
    quality = [apart.query("data_quality", database=name) for name in databases]
    assert sorted(found[0]["events"] for found in quality) == [1, 2]
    with pytest.raises(QueryError, match="have a table of this name"):
        apart.rows()
    with pytest.raises(QueryError, match="several databases have a saved query 'data_quality'"):
        apart.query("data_quality")
    assert apart.query("SELECT 42 AS x") == [{"x": 42}]
    assert apart.query("SELECT 42::int AS x", dialect="duckdb") == [{"x": 42}]
