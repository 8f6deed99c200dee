"""The checks that ask Athena and CloudWatch."""

from __future__ import annotations

import json
import urllib.request

import pytest

from integ.checks.queries import watched
from integ.deployment import Deployment
from integ.outcome import Verdict
from support.integ.runs import ACCOUNT, outcome_of, run_check

pytestmark = pytest.mark.xdist_group("integ")


def test_rows_are_asked_of_athena_in_the_pipelines_workgroup(queried: Deployment, moto: str) -> None:
    names, athena = queried.names("Main"), queried.environment.client("athena")
    # moto runs no query: it answers what it was told to.
    found = [[queried.event_id(f"athena-{number}"), "/cart", "x"] for number in range(3)]
    rows = [{"Data": [{"VarCharValue": cell} for cell in row]} for row in (["event_id", "page_path", "free"], *found)]
    told = {"account_id": ACCOUNT, "region": "eu-west-1", "results": [{"rows": rows, "column_info": []}]}
    request = urllib.request.Request(
        f"{moto}/moto-api/static/athena/query-results", json.dumps(told).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request).close()
    outcome = run_check("athena-rows", queried)
    assert outcome.verdict is Verdict.HOLDS, outcome.evidence
    (query,) = athena.list_query_executions(WorkGroup=names.workgroup)["QueryExecutionIds"]
    asked = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
    assert asked["QueryExecutionContext"]["Database"] == names.database
    assert f'FROM "{names.table}"' in asked["Query"]


def test_other_rows_than_those_sent_are_found_out(queried: Deployment) -> None:
    outcome = run_check("athena-rows", queried)
    assert (outcome.verdict, "found 0 rows of 3" in outcome.evidence) == (Verdict.DOES_NOT_HOLD, True)


def test_the_metrics_of_alarms_and_dashboard_are_looked_for_by_name_and_dimension(core: Deployment) -> None:
    metrics, cloudwatch = watched(core.names("Main")), core.environment.client("cloudwatch")

    def publish(namespace: str, name: str, dimension: str, value: str) -> None:
        point = {"MetricName": name, "Value": 1, "Dimensions": [{"Name": dimension, "Value": value}]}
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=[point])

    for metric in metrics[1:]:
        publish(*metric)
    core.environment.patience = 1
    missing = run_check("metrics", core)
    assert (missing.verdict, missing.evidence) == (Verdict.DOES_NOT_HOLD, "no points of IncomingRecords")
    assert outcome_of("metrics", core, lambda: publish(*metrics[0])).verdict is Verdict.HOLDS
