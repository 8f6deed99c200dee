"""Athena reads what was delivered, and CloudWatch counts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from integ.check import Steps, check
from integ.deployment import Deployment
from integ.names import Names
from integ.outcome import NotSoError, expect, holds

_QUERY = """SELECT event_id, page_path, json_extract_scalar(properties, '$.CamelKey') AS free
FROM "{table}"
WHERE event_date >= date_format(current_timestamp AT TIME ZONE 'UTC' - INTERVAL '1' DAY, '%Y-%m-%d')
  AND event_id LIKE '{run}-athena-%'"""
_COUNT = 3


@check("athena-rows")
def athena_rows(on: Deployment) -> Steps:
    """A query in the pipeline's workgroup finds the rows by the projected partitions, with no crawler and no repair."""
    names, athena = on.names("Main"), on.environment.client("athena")
    ids = [on.event_id(f"athena-{number}") for number in range(_COUNT)]
    events = [
        {
            "event_name": "click",
            "event_id": event_id,
            "page_url": "https://shop.example/cart",
            "properties": {"CamelKey": "x"},
        }
        for event_id in ids
    ]
    answer = on.post("Main", events)
    expect(answer.status == 202, f"the request was answered {answer.status}")
    yield
    on.wait_for_rows("Main", ids)
    started = athena.start_query_execution(
        QueryString=_QUERY.format(table=names.table, run=on.run),
        QueryExecutionContext={"Database": names.database},
        WorkGroup=names.workgroup,
    )
    query = started["QueryExecutionId"]

    def ended() -> str | None:
        state = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"]
        return state if state in ("SUCCEEDED", "FAILED", "CANCELLED") else None

    state = on.wait("the end of the query", ended)
    expect(state == "SUCCEEDED", f"the query {state.lower()}")
    result = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    found = [tuple(cell.get("VarCharValue") for cell in row["Data"]) for row in result[1:]]
    expected = [(event_id, "/cart", "x") for event_id in ids]
    expect(sorted(found) == expected, f"the query found {len(found)} rows of {_COUNT}, or other values")
    return holds(f"{_COUNT} rows with their values")


def watched(names: Names) -> list[tuple[str, str, str, str]]:
    """Return the metrics that alarms and dashboard use and that a run must move: namespace, name, dimension, value."""
    stream = ("DeliveryStreamName", names.stream)
    return [
        ("AWS/Firehose", "IncomingRecords", *stream),
        ("AWS/Firehose", "DeliveryToS3.Records", *stream),
        ("AWS/Firehose", "DeliveryToS3.DataFreshness", *stream),
        ("AWS/Firehose", "DeliveryToS3.Success", *stream),
        ("AWS/Firehose", "BackupToS3.DataFreshness", *stream),
        ("AWS/Firehose", "BytesPerSecondLimit", *stream),
        ("Clickstream/Transform", "EventsReceived", *stream),
        ("Clickstream/Transform", "EventsRejected", *stream),
        ("AWS/ApiGateway", "Count", "ApiName", names.api_name),
    ]


@check("metrics")
def metrics(on: Deployment) -> Steps:
    """The metrics that alarms and dashboard are made of have points."""
    names, cloudwatch = on.names("Main"), on.environment.client("cloudwatch")
    began = datetime.now(UTC) - timedelta(minutes=5)
    events = [{"event_name": "click", "event_id": on.event_id("metric")}, {"event_name": "click", "value": "12"}]
    expect(on.post("Main", events).status == 202, "a plain event was refused")
    yield
    missing = watched(names)

    def look() -> bool | None:
        for metric in list(missing):
            namespace, name, dimension, value = metric
            answer = cloudwatch.get_metric_statistics(
                Namespace=namespace,
                MetricName=name,
                Dimensions=[{"Name": dimension, "Value": value}],
                StartTime=began,
                EndTime=datetime.now(UTC) + timedelta(minutes=5),
                Period=60,
                Statistics=["Maximum"],
            )
            if answer["Datapoints"]:
                missing.remove(metric)
        return None if missing else True

    try:
        on.wait("points of all metrics", look)
    except NotSoError as error:
        raise NotSoError(f"no points of {', '.join(name for _, name, _, _ in missing)}") from error
    return holds(f"{len(watched(names))} metrics have points")
