"""CloudWatch Logs on the wire, and subscription filters to a delivery stream (facts 11, 11.1)."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import botocore.exceptions
import pytest

from clickstream_local.cloudwatch_logs.filter_pattern import FilterPatternError, compile_pattern
from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.cloudwatch_logs.service import LogService
from clickstream_local.cloudwatch_logs.subscriptions import Subscriptions
from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import LogGroup, SubscriptionFilter
from clickstream_local.listener.server import serve

ARN = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/logs"


class Local:
    """A log service with subscriptions, and what they sent."""

    def __init__(self, root: Path, *filters: SubscriptionFilter) -> None:
        self.logs = Logs(root)
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.subscriptions = Subscriptions(filters, account="123456789012", send=self._send)
        self.logs.subscribe(self.subscriptions.take)
        groups = [LogGroup("Group", "/app", ("made",))]
        self.service = LogService(groups, logs=self.logs, region="eu-west-1", account="123456789012")

    def _send(self, name: str, records: list[bytes]) -> bool:
        self.sent += [(name, json.loads(gzip.decompress(record))) for record in records]
        return name == "logs"

    def play(self, scenario: Callable[[Any], Any], *, flush: bool = True) -> Any:
        """A scenario with a boto3 client."""

        async def main() -> Any:
            async def app(request: Request) -> Response:
                return await self.service.handle(request.headers.get("X-Amz-Target") or "", request.body)

            def blocking(url: str) -> Any:
                config = botocore.config.Config(retries={"max_attempts": 1})
                keys = {"aws_access_key_id": "AKIALOCAL", "aws_secret_access_key": "local"}
                return scenario(boto3.client("logs", endpoint_url=url, region_name="eu-west-1", config=config, **keys))

            listener = await serve(app)
            try:
                answer = await asyncio.to_thread(blocking, f"http://127.0.0.1:{listener.port}")
                if flush:
                    self.subscriptions.flush()
                else:
                    async with asyncio.timeout(5):
                        while not self.sent:
                            await asyncio.sleep(0.05)
                return answer
            finally:
                await listener.close()

        return asyncio.run(main())


def subscription(pattern: str = "", group: str = "/app", arn: str = ARN) -> SubscriptionFilter:
    return SubscriptionFilter("Filter", "to-firehose", group, arn, pattern)


def put(logs: Any, *messages: str, stream: str = "made") -> None:
    events = [{"timestamp": 1000 + number, "message": message} for number, message in enumerate(messages)]
    logs.put_log_events(logGroupName="/app", logStreamName=stream, logEvents=events)


def test_events_that_are_put_are_in_the_log(tmp_path: Path) -> None:
    local = Local(tmp_path)

    def scenario(logs: Any) -> Any:
        logs.create_log_stream(logGroupName="/app", logStreamName="new")
        put(logs, "one", "zwei€", stream="new")
        return logs.describe_log_streams(logGroupName="/app", limit=1), logs.describe_log_streams(logGroupName="/app")

    page, whole = local.play(scenario)
    assert [(event.timestamp, event.message) for event in local.logs.events("/app", "new")] == [
        (1000, "one"),
        (1001, "zwei€"),
    ]
    assert page["nextToken"] == "made"
    assert [(stream["logStreamName"], stream.get("lastEventTimestamp")) for stream in whole["logStreams"]] == [
        ("made", None),
        ("new", 1001),
    ]


def test_a_subscription_sends_one_document_for_a_log_stream(tmp_path: Path) -> None:
    """Facts 11.1: the payload."""
    local = Local(tmp_path, subscription(), subscription(group="/other"))
    local.play(lambda logs: put(logs, "one", "two"))
    ((name, document),) = local.sent
    events = document.pop("logEvents")
    assert name == "logs"
    assert document == {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "/app",
        "logStream": "made",
        "subscriptionFilters": ["to-firehose"],
    }
    assert [(event["timestamp"], event["message"]) for event in events] == [(1000, "one"), (1001, "two")]
    assert len({event["id"] for event in events}) == 2
    assert all(len(event["id"]) == 56 for event in events)


def test_events_are_sent_after_a_second_without_a_flush(tmp_path: Path) -> None:
    local = Local(tmp_path, subscription())
    local.play(lambda logs: put(logs, "one"), flush=False)
    assert len(local.sent) == 1


def test_only_what_matches_is_sent(tmp_path: Path) -> None:
    local = Local(tmp_path, subscription("ERROR"))
    local.play(lambda logs: put(logs, "INFO fine", "ERROR broken"))
    ((_, document),) = local.sent
    assert [event["message"] for event in document["logEvents"]] == ["ERROR broken"]


def test_a_filter_begins_with_a_control_message(tmp_path: Path) -> None:
    """Facts 11.1: control messages come at filter creation."""
    local = Local(tmp_path, subscription())
    local.subscriptions.start()
    ((_, document),) = local.sent
    assert document["messageType"] == "CONTROL_MESSAGE"
    assert local.subscriptions.unsupported() == []


def test_filters_that_cannot_run_are_named(tmp_path: Path) -> None:
    gone = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/gone"
    local = Local(tmp_path, subscription("{ $.x = 1 }"), subscription(arn=gone))
    local.subscriptions.start()
    assert [item.reason for item in local.subscriptions.unsupported()] == [
        "FilterPattern '{ $.x = 1 }' takes messages apart: only patterns of words run here, or an empty one",
        f"DestinationArn {gone} is not a delivery stream that runs here",
    ]


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("", ["anything", ""], []),
        ("ERROR", ["an ERROR"], ["error"]),
        ("ERROR ARGUMENTS", ["ARGUMENTS: ERROR"], ["ERROR"]),
        ("?ERROR ?WARN", ["WARN", "ERROR"], ["INFO"]),
        ("ERROR -EXITING", ["ERROR"], ["ERROR EXITING"]),
        ('"INTERNAL SERVER"', ["x INTERNAL SERVER y"], ["INTERNAL x SERVER"]),
        (r'"say \"hi\""', ['say "hi"'], ["say hi"]),
    ],
)
def test_patterns_of_words(pattern: str, matching: list[str], others: list[str]) -> None:
    match = compile_pattern(pattern)
    assert all(match(message) for message in matching)
    assert not any(match(message) for message in others)


def test_a_quote_without_end_is_named() -> None:
    with pytest.raises(FilterPatternError, match="has a quote that does not end"):
        compile_pattern('ERROR "half')


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call()
    return f"{error.value.response['Error']['Code']}: {error.value.response['Error']['Message']}"


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (
            lambda logs: put(logs, "x", stream="gone"),
            "ResourceNotFoundException: The specified log stream does not exist.",
        ),
        (
            lambda logs: logs.create_log_stream(logGroupName="/app", logStreamName="made"),
            "ResourceAlreadyExistsException: The specified log stream already exists",
        ),
        (
            lambda logs: logs.create_log_stream(logGroupName="/gone", logStreamName="s"),
            "ResourceNotFoundException: The specified log group does not exist.",
        ),
        (
            lambda logs: logs.put_log_events(
                logGroupName="/app",
                logStreamName="made",
                logEvents=[{"timestamp": 2, "message": "b"}, {"timestamp": 1, "message": "a"}],
            ),
            "InvalidParameterException: Log events in a single PutLogEvents request must be in chronological order.",
        ),
        (
            lambda logs: put(logs, "x" * 1_048_576),
            "InvalidParameterException: Upload too large: 1048602 bytes exceeds limit",
        ),
        (
            lambda logs: logs.delete_log_group(logGroupName="/app"),
            "UnknownOperationException: DeleteLogGroup does not run",
        ),
        (
            lambda logs: logs.create_log_stream(logGroupName="/app", logStreamName="../../x"),
            "InvalidParameterException: log group '/app'",
        ),
    ],
)
def test_bad_requests_are_refused(tmp_path: Path, call: Callable[[Any], Any], answer: str) -> None:
    assert Local(tmp_path).play(lambda logs: refused(lambda: call(logs))).startswith(answer)
