"""``POST /records`` of the synthesized pipeline, on the local runtime: from a request to rows."""

from __future__ import annotations

from collections.abc import Iterator

import aws_cdk as cdk
import pytest

from cdk_clickstream import ApiAuth, ClickstreamPipeline
from clickstream_local.testing import LocalPipeline
from support.stacks import CONTEXT, REASON


@pytest.fixture(scope="module")
def running() -> Iterator[LocalPipeline]:
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Records")
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.public(reason=REASON))
    with LocalPipeline(stack) as pipeline:
        yield pipeline


def test_each_event_becomes_a_row_and_equal_ones_keep_different_ids(running: LocalPipeline) -> None:
    answer = running.post([{"event_name": "click"}] * 3 + [{"event_name": "view"}], path="/records")
    assert (answer.status, answer.json()["failed"]) == (202, 0)
    running.flush()
    rows = running.rows()
    assert sorted(row["event_name"] for row in rows) == ["click", "click", "click", "view"]
    assert len({row["event_id"] for row in rows}) == 4


@pytest.mark.parametrize("content_type", ["application/json", "text/plain;charset=UTF-8"])
@pytest.mark.parametrize("body", ["[]", '{"event_name": "click"}', "[{}]", "[" + '{"event_name":"a"},' * 500 + "{}]"])
def test_what_is_no_array_of_1_to_500_events_is_refused(running: LocalPipeline, body: str, content_type: str) -> None:
    answer = running.post(body, path="/records", headers={"Content-Type": content_type})
    assert (answer.status, answer.json()["message"]) == (400, "Invalid request body")


def test_a_record_over_the_limit_is_answered_413_with_cors_headers(running: LocalPipeline) -> None:
    answer = running.post([{"event_name": "x" * 1_024_000}], path="/records")
    assert answer.status == 413
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_batch_over_the_limit_is_answered_413(running: LocalPipeline) -> None:
    answer = running.post([{"event_name": "x" * 900_000}] * 5, path="/records")
    assert (answer.status, "4 MiB" in answer.json()["message"]) == (413, True)


def test_the_health_check_answers_without_credentials(running: LocalPipeline) -> None:
    answer = running.post("", path="/health", method="GET")
    assert (answer.status, answer.json()) == (200, {"status": "ok"})
