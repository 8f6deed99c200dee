"""Subscription filters to a delivery stream (facts/sources.md#kinds, #cloudwatch-logs)."""

from __future__ import annotations

from pathlib import Path

from clickstream_local.common.model import SubscriptionFilter
from support.local_logs import LocalLogs, put

ARN = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/logs"


def subscription(pattern: str = "", group: str = "/app", arn: str = ARN) -> SubscriptionFilter:
    return SubscriptionFilter("Filter", "to-firehose", group, arn, pattern)


def test_a_subscription_sends_one_document_for_a_log_stream(tmp_path: Path) -> None:
    """facts/sources.md#cloudwatch-logs: the payload."""
    local = LocalLogs(tmp_path, subscription(), subscription(group="/other"))
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
    local = LocalLogs(tmp_path, subscription())
    local.play(lambda logs: put(logs, "one"), flush=False)
    assert len(local.sent) == 1


def test_only_what_matches_is_sent(tmp_path: Path) -> None:
    local = LocalLogs(tmp_path, subscription("ERROR"))
    local.play(lambda logs: put(logs, "INFO fine", "ERROR broken"))
    ((_, document),) = local.sent
    assert [event["message"] for event in document["logEvents"]] == ["ERROR broken"]


def test_a_filter_begins_with_a_control_message(tmp_path: Path) -> None:
    """facts/sources.md#cloudwatch-logs: control messages come at filter creation."""
    local = LocalLogs(tmp_path, subscription())
    local.subscriptions.start()
    ((_, document),) = local.sent
    assert document["messageType"] == "CONTROL_MESSAGE"
    assert local.subscriptions.unsupported() == []


def test_filters_that_cannot_run_are_named(tmp_path: Path) -> None:
    gone = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/gone"
    local = LocalLogs(tmp_path, subscription("{ $.x = 1 }"), subscription(arn=gone))
    local.subscriptions.start()
    assert [item.reason for item in local.subscriptions.unsupported()] == [
        "FilterPattern '{ $.x = 1 }' takes messages apart: only patterns of words run here, or an empty one",
        f"DestinationArn {gone} is not a delivery stream that runs here",
    ]
