from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_events as events

from cdk_clickstream import EventSource, Source
from cdk_clickstream.delivery.sources.eventbridge import EventBridgeSource
from support.stacks import STREAM, Synthesized, flat, new_stack, pipeline_refusal, refusal, stream_in

ORDERS = events.EventPattern(source=["shop"], detail_type=["order"])


def made(members: dict[str, str]) -> EventSource:
    return Source.eventbridge_rule(ORDERS, members=members)


def transformer(members: dict[str, str]) -> dict[str, Any]:
    """The input transformer of a rule with these members."""
    stack = new_stack()
    stream_in(stack, source=made(members))
    (target,) = Synthesized(stack).only("AWS::Events::Rule")["Targets"]
    found: dict[str, Any] = target["InputTransformer"]
    return found


def test_a_rule_sends_events_as_they_are() -> None:
    stack = new_stack()
    stream_in(stack, source=Source.eventbridge_rule(ORDERS))
    found = Synthesized(stack)
    (stream,) = found.of_type(STREAM)
    rule = found.only("AWS::Events::Rule")
    assert rule["EventPattern"] == {"source": ["shop"], "detail-type": ["order"]}
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [stream, "Arn"]}
    assert "InputTransformer" not in target


def test_a_rule_can_make_a_click_event_of_each_event() -> None:
    """facts/sources.md#kinds: no newline added; the input transformer can add one."""
    members = {"event_name": "order", "order_id": "$.detail.id"}
    assert transformer(members) == {
        "InputPathsMap": {"value0": "$.detail.id"},
        "InputTemplate": '{"event_name":"order","order_id":<value0>}\n',
    }


def test_a_member_may_have_a_name_that_eventbridge_would_refuse_for_a_value() -> None:
    """API reference, InputTransformer: keys of the paths map cannot start with AWS, and have 256 characters at most."""
    members = {"AWS_account": "$.account", "m" * 300: "$.region"}
    assert transformer(members)["InputPathsMap"] == {"value0": "$.account", "value1": "$.region"}


def test_two_members_of_one_path_share_its_value() -> None:
    assert transformer({"first": "$.id", "second": "$.id"})["InputTemplate"] == '{"first":<value0>,"second":<value0>}\n'


def test_a_path_may_name_an_element_of_an_array() -> None:
    """EventBridge guide, input transformation: array indices are supported."""
    source = Source.eventbridge_rule(ORDERS, members={"arn": "$.resources[0]"})
    assert isinstance(source, EventBridgeSource)
    assert source.members == {"arn": "$.resources[0]"}


@pytest.mark.parametrize("path", ["$." + "x" * 255, "$.resources[first]", "$", "$.a..b"])
def test_what_is_no_path_into_an_event_is_refused(path: str) -> None:
    """API reference, InputTransformer: 256 characters at most."""
    assert "must be a path into the event" in refusal(lambda: made({"member": path}))


def test_the_longest_path_is_taken() -> None:
    made({"member": "$." + "x" * 254})


def test_more_paths_than_eventbridge_takes_are_refused() -> None:
    """API reference, InputTransformer: 100 entries at most."""
    members = {f"m{place}": f"$.detail.m{place}" for place in range(101)}
    assert "source.members='101 paths': must be at most 100" in refusal(lambda: made(members))
    made(dict(list(members.items())[:100]))


def test_a_template_longer_than_eventbridge_takes_is_refused() -> None:
    """API reference, InputTransformer: 8,192 characters at most; braces, quotes, colon and newline are 9 of them."""
    message = refusal(lambda: made({"m": "x" * (8192 - 9 + 1)}))
    assert "source.members='8193 characters as a template': must be at most 8192" in message
    made({"m": "x" * (8192 - 9)})


def test_a_fixed_text_that_eventbridge_would_take_for_a_placeholder_is_refused() -> None:
    """In an input template <name> stands for a value of the paths map; another name fails the deployment."""
    assert "must not contain < or >" in refusal(lambda: made({"event_name": "order <new>"}))


def test_a_rule_can_stand_on_another_bus() -> None:
    stack = new_stack()
    bus = events.EventBus.from_event_bus_name(stack, "Bus", "orders")
    stream_in(stack, source=Source.eventbridge_rule(ORDERS, event_bus=bus))
    assert Synthesized(stack).only("AWS::Events::Rule")["EventBusName"] == "orders"


def test_a_value_that_only_deployment_knows_is_a_fixed_text() -> None:
    """A token prints as "${Token[...]}", which begins as a path does."""
    stack = new_stack()
    stream_in(stack, source=made({"event_name": "$.detail-type", "region": stack.region}))
    (target,) = Synthesized(stack).only("AWS::Events::Rule")["Targets"]
    assert target["InputTransformer"]["InputPathsMap"] == {"value0": "$.detail-type"}
    assert flat(target["InputTransformer"]["InputTemplate"]) == '{"event_name":<value0>,"region":"<AWS::Region>"}\n'


def test_a_misspelt_member_is_refused() -> None:
    members = {"event_name": "order", "page_urll": "$.detail.page"}
    source = Source.eventbridge_rule(events.EventPattern(source=["shop"]), members=members)
    assert pipeline_refusal(auth=None, source=source).startswith("source.members='page_urll'")
