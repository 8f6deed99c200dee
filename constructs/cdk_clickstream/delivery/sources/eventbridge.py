"""An EventBridge rule as source."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from aws_cdk import aws_events as events
from aws_cdk import aws_kinesisfirehose as firehose
from constructs import Construct

from cdk_clickstream._findings import acknowledge
from cdk_clickstream._identity import check_place
from cdk_clickstream._validation import refuse
from cdk_clickstream.delivery.delivery_role import depend_on_policy
from cdk_clickstream.delivery.destination import S3Destination
from cdk_clickstream.delivery.put_target import Target
from cdk_clickstream.delivery.sources.base import EventSource, SourceKind, sender_role

# Limits of EventBridge's input transformer; its guide takes an index of an array, too.
_EVENT_PATH = re.compile(r"\$(\.[A-Za-z0-9_-]+(\[\d+\])?)+")
_MOST_PATHS = 100
_LONGEST_PATH = 256
_LONGEST_TEMPLATE = 8192
_MEMBER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class EventBridgeSource(EventSource):
    """An EventBridge rule sends the events that match a pattern, each as one record."""

    kind = SourceKind.EVENTBRIDGE

    def __init__(
        self, pattern: events.EventPattern, event_bus: events.IEventBus | None, members: Mapping[str, str] | None
    ) -> None:
        for name, path in (members or {}).items():
            if not _MEMBER.fullmatch(name):
                refuse("source.members", name, "must be letters, digits and underscores, no digit first", "rename it")
            if _is_path(path) and (len(path) > _LONGEST_PATH or not _EVENT_PATH.fullmatch(path)):
                refuse(
                    f"source.members[{name!r}]",
                    path,
                    f"must be a path into the event, of at most {_LONGEST_PATH} characters",
                    "write it like '$.detail.page' or '$.resources[0]', or a text that does not begin with '$'",
                )
            if not _is_path(path) and ("<" in path or ">" in path):
                refuse(
                    f"source.members[{name!r}]",
                    path,
                    "must not contain < or >: EventBridge reads <name> as a placeholder",
                    "write a text without them",
                )
        self._pattern = pattern
        self._event_bus = event_bus
        self.members = dict(members) if members else None
        self._transformer = _transformer(self.members) if self.members else None

    def connect(
        self, scope: Construct, stream: firehose.CfnDeliveryStream, target: Target, data: S3Destination
    ) -> None:
        """Make the rule."""
        if self._event_bus is not None:
            reason = "a rule lies beside its bus, and would land on the bus of the same name here"
            check_place("source.event_bus", self._event_bus, self._event_bus.event_bus_arn, scope, reason)
        sender = Construct(scope, "Rule")
        role = sender_role(sender, "events.amazonaws.com", target)
        rule = events.Rule(
            sender,
            "Rule",
            description="Sends events to a delivery stream",
            event_bus=self._event_bus,
            event_pattern=self._pattern,
        )
        resource = rule.node.default_child
        assert isinstance(resource, events.CfnRule)
        resource.targets = [
            events.CfnRule.TargetProperty(
                id="DeliveryStream", arn=target.arn, role_arn=role.role_arn, input_transformer=self._transformer
            )
        ]
        depend_on_policy(resource, role)
        acknowledge(
            resource,
            "Serverless-EventBusDLQ",
            "EventBridge tries again for a day; who must keep an event after that sets a queue on the target.",
        )


def _is_path(value: str) -> bool:
    # A token prints as "${Token[...]}", and is a fixed text.
    return value.startswith("$") and not value.startswith("${")


def _transformer(members: Mapping[str, str]) -> events.CfnRule.InputTransformerProperty:
    paths = dict.fromkeys(path for path in members.values() if _is_path(path))
    # Names of our own: those of members could begin with AWS, be too long, or be what the documentation of
    # CloudFormation and that of EventBridge disagree on.
    names = {path: f"value{place}" for place, path in enumerate(paths)}
    # EventBridge writes a value with its quotes where <name> stands, and ends no record by itself
    # (facts/sources.md#kinds).
    written = ",".join(
        f"{json.dumps(name)}:{f'<{names[value]}>' if value in names else json.dumps(value)}"
        for name, value in members.items()
    )
    if len(names) > _MOST_PATHS:
        refuse(
            "source.members",
            f"{len(names)} paths",
            f"must be at most {_MOST_PATHS}, the limit of EventBridge",
            "take whole objects of the event instead",
        )
    template = f"{{{written}}}\n"
    if len(template) > _LONGEST_TEMPLATE:
        refuse(
            "source.members",
            f"{len(template)} characters as a template",
            f"must be at most {_LONGEST_TEMPLATE}, the limit of EventBridge",
            "take whole objects of the event instead, or write shorter texts",
        )
    return events.CfnRule.InputTransformerProperty(
        input_paths_map={name: path for path, name in names.items()}, input_template=template
    )
