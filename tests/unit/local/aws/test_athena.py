from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest

from clickstream_local.aws.athena import AthenaWorkgroup
from clickstream_local.aws.session import AwsError, AwsSession
from support.deployed_stack import REGION, STACK
from support.deployed_stack import aws as aws
from support.deployed_stack import lake as lake


@pytest.fixture
def workgroup(lake: str) -> AthenaWorkgroup:
    return AthenaWorkgroup(AwsSession(None, None), lake)


def test_the_workgroup_keeps_queries_by_name(workgroup: AthenaWorkgroup) -> None:
    (query,) = workgroup.saved_queries()
    assert (query.name, query.database, query.sql) == ("names", "web", "SELECT name FROM events")


def test_rows_come_with_numbers_and_truth_values_and_without_the_row_of_names(
    workgroup: AthenaWorkgroup, answered: None
) -> None:
    execution, found = workgroup.run("SELECT 1", None, lambda state: None)
    columns, parts = workgroup.results(execution)
    assert (found.state, columns) == ("SUCCEEDED", ["name", "n", "share", "new"])
    assert [row for part in parts for row in part] == [("a", 3, 0.5, True), (None, None, None, False)]


@pytest.fixture
def answered(aws: str) -> None:
    columns = [("name", "varchar"), ("n", "bigint"), ("share", "double"), ("new", "boolean")]
    rows: list[list[str | None]] = [
        ["name", "n", "share", "new"],
        ["a", "3", "0.5", "true"],
        [None, None, None, "false"],
    ]
    result = {
        "rows": [{"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in rows],
        "column_info": [{"Name": name, "Type": kind} for name, kind in columns],
    }
    answer = httpx.post(f"{aws}/moto-api/static/athena/query-results", json={"region": REGION, "results": [result]})
    assert answer.status_code == 201


class Failing(AthenaWorkgroup):
    """A workgroup whose query does not end well; moto's end all at once."""

    states: Iterator[Any]

    def _state(self, execution: str) -> Any:
        found = super()._state(execution)
        state = next(self.states)
        if isinstance(state, BaseException):
            raise state
        return type(found)(state, "SYNTAX_ERROR: line 1:8", 7, 1)


def test_a_query_that_fails_has_athenas_reason_and_says_before_how_far_it_is(lake: str) -> None:
    failing = Failing(AwsSession(None, None), lake)
    failing.states = iter(["QUEUED", "RUNNING", "FAILED"])
    seen = []
    with pytest.raises(AwsError, match=r"FAILED: SYNTAX_ERROR: line 1:8"):
        failing.run("SELEC", None, lambda state: seen.append((state.state, state.scanned_bytes)))
    assert seen == [("QUEUED", 7), ("RUNNING", 7)]


def test_a_query_that_is_interrupted_is_stopped(lake: str) -> None:
    failing = Failing(AwsSession(None, None), lake)
    failing.states = iter([KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        failing.run("SELECT 1", None, lambda state: None)
    client = boto3.client("athena", region_name=REGION)
    states = [
        client.get_query_execution(QueryExecutionId=one)["QueryExecution"]["Status"]["State"]
        for one in client.list_query_executions(WorkGroup="analysts")["QueryExecutionIds"]
    ]
    assert "CANCELLED" in states


def test_a_stack_without_a_workgroup_says_how_to_get_one(aws: str) -> None:
    with pytest.raises(AwsError, match="queries=Queries"):
        AthenaWorkgroup(AwsSession(None, None), STACK)


def test_each_call_is_in_the_table_of_rights() -> None:
    from clickstream_local.aws.session import CALLS

    rights = {one["call"]: one["grant"] for one in json.loads(CALLS.read_text("utf-8"))}
    assert {grant for call, grant in rights.items() if call.startswith("athena:")} == {"read_events"}
