from __future__ import annotations

from typing import Any

import pytest

from support.plans import change, goes

ALARM, RULE = "AWS::CloudWatch::Alarm", "AWS::Events::Rule"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ({"AlarmActions": ["a", "b"]}, {"AlarmActions": ["a"]}, "visible: It no longer tells b"),
        ({"AlarmActions": ["a"]}, {}, "visible: It no longer tells a"),
        ({"AlarmActions": ["a"]}, {"AlarmActions": ["a", "b"]}, "safe: It tells"),
        ({"ActionsEnabled": True}, {"ActionsEnabled": False}, "visible: It its actions are off"),
        ({"Threshold": 1}, {"Threshold": 5}, "visible: It is raised by other limits: 5, 1 before"),
        ({"AlarmDescription": "a"}, {"AlarmDescription": "b"}, "safe: It its description changes"),
        ({"AlarmName": "a"}, {"AlarmName": "b"}, "safe: It is replaced, since AlarmName changes: the new one begins"),
    ],
)
def test_an_alarm_changes_in_place(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (found,) = change(ALARM, old, new)
    assert found.startswith(line)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            {"State": "ENABLED"},
            {"State": "DISABLED"},
            "data-loss: It is disabled: events that it matched are not delivered",
        ),
        ({"State": "DISABLED"}, {"State": "ENABLED"}, "safe: It is enabled"),
        ({"EventPattern": {"source": ["a"]}}, {"EventPattern": {"source": ["b"]}}, "visible: It matches other events"),
        ({"Targets": [{"Id": "a"}]}, {"Targets": []}, "unknown: It Targets changes"),
        ({"EventBusName": "a"}, {"EventBusName": "b"}, "unknown: It may be replaced: EventBusName changes to b"),
    ],
)
def test_a_rule_changes_in_place(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (found,) = change(RULE, old, new)
    assert found.startswith(line)


@pytest.mark.parametrize(
    ("type_", "line"),
    [
        (ALARM, "visible: It is deleted: it alarms nobody any more"),
        (RULE, "interruption: It is deleted: events that it matched are not delivered any more"),
        ("AWS::CloudWatch::Dashboard", "visible: It is deleted: its viewers find nothing"),
        ("AWS::EC2::VPCEndpoint", "interruption: It is deleted: traffic that went through it is cut off"),
        ("AWS::IoT::TopicRule", "interruption: It is deleted: messages that it took are not delivered any more"),
        ("AWS::Logs::MetricFilter", "visible: It is deleted: alarms on its metric see nothing"),
        ("AWS::Logs::SubscriptionFilter", "interruption: It is deleted: log events reach the stream no more"),
        ("AWS::SNS::Topic", "interruption: It is deleted: its subscriptions go with it"),
        ("AWS::SQS::Queue", "data-loss: It is deleted, with the messages in it"),
    ],
)
def test_what_goes_with_what_watches_and_feeds(type_: str, line: str) -> None:
    (found,) = goes(type_)
    assert found.startswith(line)


def test_the_cdks_own_metadata_is_safe() -> None:
    assert change("AWS::CDK::Metadata", {"Analytics": "a"}, {"Analytics": "b"}) == ["safe: It changes"]
