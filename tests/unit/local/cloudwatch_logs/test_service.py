"""CloudWatch Logs with real boto3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.local_logs import LocalLogs, put
from support.wire_client import refused


def test_events_that_are_put_are_in_the_log(tmp_path: Path) -> None:
    local = LocalLogs(tmp_path)

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
    assert LocalLogs(tmp_path).play(lambda logs: ": ".join(refused(lambda: call(logs)))).startswith(answer)
