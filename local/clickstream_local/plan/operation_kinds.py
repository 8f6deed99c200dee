"""What watches and feeds a pipeline: alarms, dashboards, topics, rules, subscriptions, nested stacks, networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clickstream_local.plan.access_kinds import document
from clickstream_local.plan.finding import Effect, Severity
from clickstream_local.plan.kinds import Context, Kind, fixed, flag, items, lost, safe

_BLIND = lost(
    Severity.READERS,
    ": it alarms nobody any more",
    way_out="see that another alarm watches the same",
    anew=": the new one begins with a state and a history of its own",
)


def _actions(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    fewer = [one for one in items(old) if one not in items(new)]
    if fewer:
        told = ", ".join(map(context.shown, fewer))
        yield Effect(Severity.READERS, f"no longer tells {told}", way_out="see that somebody else is told")
    else:
        yield Effect(Severity.SAFE, f"tells {context.shown(new)}, too")


def _switched(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if flag(new):
        yield Effect(Severity.SAFE, "its actions are on")
    else:
        yield Effect(Severity.READERS, "its actions are off: nobody is told when it goes into ALARM")


_WAY = lost(Severity.INTERRUPTION, ": the traffic that it let through is cut off", anew=": the new one is made first")
_WATCHES = fixed(Severity.READERS, "is raised by other limits: {new}, {old} before")
_ALARM = {
    "ActionsEnabled": _switched,
    "AlarmActions": _actions,
    "AlarmDescription": safe("its description changes"),
    "InsufficientDataActions": _actions,
    "OKActions": _actions,
    "Tags": safe("its tags change"),
}


def _state(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if new == "DISABLED":
        yield Effect(
            Severity.LOSS,
            "is disabled: events that it matched are not delivered, and nothing keeps them",
            "EventBridge drops events that no rule matches",
        )
    else:
        yield Effect(Severity.SAFE, "is enabled: events that it matches are delivered")


KINDS = {
    "AWS::CDK::Metadata": Kind("metadata of the CDK", {"": safe("changes")}),
    "AWS::CloudFormation::Stack": Kind("nested stack", {"Tags": safe("its tags change")}),
    "AWS::CloudWatch::Alarm": Kind(
        "alarm",
        {
            **_ALARM,
            **dict.fromkeys(
                (
                    "ComparisonOperator",
                    "DatapointsToAlarm",
                    "Dimensions",
                    "EvaluateLowSampleCountPercentile",
                    "EvaluationPeriods",
                    "ExtendedStatistic",
                    "MetricName",
                    "Metrics",
                    "Namespace",
                    "Period",
                    "Statistic",
                    "Threshold",
                    "ThresholdMetricId",
                    "TreatMissingData",
                    "Unit",
                ),
                _WATCHES,
            ),
        },
        gone=_BLIND,
        names=("AlarmName",),
        bills=True,
    ),
    "AWS::CloudWatch::CompositeAlarm": Kind(
        "composite alarm", {**_ALARM, "AlarmRule": _WATCHES}, gone=_BLIND, names=("AlarmName",), bills=True
    ),
    "AWS::CloudWatch::Dashboard": Kind(
        "dashboard",
        {"DashboardBody": safe("shows other things")},
        gone=lost(Severity.READERS, ": its viewers find nothing", anew=", with what it shows"),
        names=("DashboardName",),
    ),
    "AWS::EC2::SecurityGroup": Kind("security group", {"Tags": safe("its tags change")}),
    "AWS::EC2::SecurityGroupEgress": Kind("way out of a security group", gone=_WAY),
    "AWS::EC2::SecurityGroupIngress": Kind("way into a security group", gone=_WAY),
    "AWS::EC2::VPCEndpoint": Kind(
        "VPC endpoint",
        {"PolicyDocument": document, "Tags": safe("its tags change")},
        gone=lost(
            Severity.INTERRUPTION,
            ": traffic that went through it is cut off",
            way_out="see that there is another way, such as a NAT gateway",
        ),
        bills=True,
    ),
    "AWS::Events::EventBus": Kind(
        "event bus",
        {"Tags": safe("its tags change")},
        gone=lost(Severity.INTERRUPTION, ": events that are put to it are refused"),
        names=("Name",),
    ),
    "AWS::Events::Rule": Kind(
        "rule",
        {
            "Description": safe("its description changes"),
            "EventPattern": fixed(
                Severity.READERS,
                "matches other events: {new}, {old} before",
                "EventBridge drops events that no rule matches",
                "test the pattern on real events first",
            ),
            "State": _state,
            "Tags": safe("its tags change"),
        },
        gone=lost(
            Severity.INTERRUPTION,
            ": events that it matched are not delivered any more",
            "EventBridge drops events that no rule matches",
            anew=": while both are there, events may be delivered twice",
        ),
        names=("Name",),
    ),
    "AWS::IoT::TopicRule": Kind(
        "IoT rule",
        {
            "Tags": safe("its tags change"),
            "TopicRulePayload": fixed(
                Severity.UNKNOWN, "changes to {new}", "which messages its SQL takes is not compared"
            ),
        },
        gone=lost(Severity.INTERRUPTION, ": messages that it took are not delivered any more"),
        names=("RuleName",),
    ),
    "AWS::LakeFormation::PrincipalPermissions": Kind(
        "grant of Lake Formation",
        gone=lost(
            Severity.INTERRUPTION,
            ": its principal may not use the table or database any more, or not until the new one is made",
            "CloudFormation deletes the old one first",
        ),
    ),
    "AWS::Logs::MetricFilter": Kind(
        "metric filter",
        {
            "FilterPattern": fixed(Severity.READERS, "counts {new}, {old} before: alarms on it see other numbers"),
            "MetricTransformations": fixed(
                Severity.READERS, "writes {new}, {old} before: alarms on it may see nothing"
            ),
        },
        gone=lost(Severity.READERS, ": alarms on its metric see nothing"),
        names=("LogGroupName", "FilterName"),
    ),
    "AWS::Logs::SubscriptionFilter": Kind(
        "subscription of a log group",
        {
            "FilterPattern": fixed(
                Severity.READERS, "passes on {new}, {old} before", "the rest stays in the log group and nowhere else"
            ),
        },
        gone=lost(
            Severity.INTERRUPTION,
            ": log events reach the stream no more; a new one begins with those that come after it",
            "CloudFormation deletes the old one first, and CloudWatch Logs sends nothing twice",
        ),
        names=("LogGroupName", "FilterName"),
    ),
    "AWS::SNS::Subscription": Kind(
        "subscription",
        {"FilterPolicy": fixed(Severity.READERS, "passes on {new}, {old} before")},
        gone=lost(Severity.READERS, ": its address is told nothing; a new one by e-mail has to be confirmed again"),
    ),
    "AWS::SNS::Topic": Kind(
        "topic",
        {
            "DisplayName": safe("its display name changes"),
            "KmsMasterKeyId": fixed(
                Severity.READERS,
                "messages are encrypted with {new}, with {old} before",
                "publishers need the key, CloudWatch's alarms too",
                "let cloudwatch.amazonaws.com use it in the key's policy",
            ),
            "Tags": safe("its tags change"),
        },
        gone=lost(
            Severity.INTERRUPTION,
            ": its subscriptions go with it, those made by hand too, and nobody is told",
            way_out="subscribe again, where another topic takes its place",
        ),
        names=("TopicName",),
    ),
    "AWS::SQS::Queue": Kind(
        "queue",
        {"Tags": safe("its tags change")},
        gone=lost(Severity.LOSS, ", with the messages in it", "SQS deletes a queue with its messages"),
        names=("QueueName",),
        bills=True,
    ),
}
