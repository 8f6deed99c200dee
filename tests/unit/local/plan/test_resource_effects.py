from __future__ import annotations

from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from clickstream_local.plan.replacement import create_only
from clickstream_local.plan.resource_effects import KINDS
from clickstream_local.plan.sides import StackSide
from support.plans import findings, goes, one, said, stack

BUCKET = "AWS::S3::Bucket"
STREAM = "AWS::KinesisFirehose::DeliveryStream"


def test_every_type_that_has_rules_has_its_replacement_properties() -> None:
    assert {type_ for type_ in KINDS if not type_.startswith("Custom::")} == set(create_only())


def test_a_property_without_a_rule_is_unknown_never_safe() -> None:
    old, new = ({"It": one(BUCKET, {"ReplicationConfiguration": {"Role": role}})} for role in "ab")
    assert said(stack(old), stack(new)) == [
        "unknown: It ReplicationConfiguration.Role changes from a to b, effect unknown"
    ]


@pytest.mark.parametrize("type_", ["AWS::Serverless::Function", "Custom::Thing", "AWS::Neptune::DBCluster"])
def test_a_type_without_rules_is_unknown_whatever_happens_to_it(type_: str) -> None:
    it, other = {"It": one(type_, {"A": 1})}, {"It": one(type_, {"A": 2})}
    assert said(stack(it), stack(other)) == ["unknown: It changes in A, effect unknown, it may be replaced"]
    assert goes(type_) == ["unknown: It is deleted: plan does not know what is lost with it"]
    assert said(stack({}), stack(it)) == ["unknown: It is made: plan does not know what it does"]


def test_what_the_policy_keeps_stays_and_bills() -> None:
    for policy in ("Retain", "RetainExceptOnCreate"):
        assert goes("AWS::Logs::LogGroup", DeletionPolicy=policy) == [
            "left-behind: It leaves the stack, and stays as it is and bills; no stack manages it any more"
        ]


def test_a_kept_role_of_nothing_and_a_deleted_role_of_a_kept_stream_differ() -> None:
    old = {
        "Role": one("AWS::IAM::Role"),
        "Stream": one(STREAM, {"X": {"Fn::GetAtt": ["Role", "Arn"]}}, DeletionPolicy="Retain"),
    }
    assert said(stack(old), stack({}))[0] == (
        "interruption: Role is deleted, and Stream stays and works by it: it can do nothing any more"
    )


def test_another_logical_id_is_a_deletion_and_a_creation() -> None:
    group = one("AWS::Logs::LogGroup", {"RetentionInDays": 7})
    reads = {"Fn::GetAtt": ["Log", "Arn"]}, {"Fn::GetAtt": ["Web", "Arn"]}
    old = {"Log": group, "Stage": one("AWS::ApiGateway::Stage", {"AccessLogSetting": {"DestinationArn": reads[0]}})}
    new = {"Web": group, "Stage": one("AWS::ApiGateway::Stage", {"AccessLogSetting": {"DestinationArn": reads[1]}})}
    assert said(stack(old), stack(new)) == [
        "data-loss: Log → Web is made anew under another logical id, and the old one is deleted, with its log events",
        "safe: Stage AccessLogSetting points at the new Web",
    ]


def test_a_new_resource_cannot_have_the_name_of_one_that_is_still_there() -> None:
    named = one("AWS::Logs::LogGroup", {"LogGroupName": "/shop"})
    other = one("AWS::Logs::LogGroup", {"LogGroupName": "/shop", "RetentionInDays": 7})
    assert said(stack({"A": named}), stack({"B": named})) == [
        "refused: A → B cannot be made anew under another logical id: its name is taken until the old one is deleted"
    ]
    assert "refused: B cannot be made: A has its name, and is there until the new one is" in said(
        stack({"A": named}), stack({"B": other})
    )


def test_a_named_resource_is_not_replaced() -> None:
    old, new = (
        one(STREAM, {"DeliveryStreamName": "clicks", "DeliveryStreamType": type_})
        for type_ in ("DirectPut", "MSKAsSource")
    )
    assert said(stack({"It": old}), stack({"It": new})) == [
        "refused: It would have to be replaced, since DeliveryStreamType changes, but keeps its name: that is refused"
    ]


def test_what_is_replaced_replaces_what_cannot_change_its_reference() -> None:
    def side(name: str) -> StackSide:
        topic = one("AWS::SNS::Topic", {"TopicName": name})
        subscription = one("AWS::SNS::Subscription", {"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs", "Endpoint": "q"})
        return stack({"Topic": topic, "Sub": subscription})

    assert said(side("a"), side("b")) == [
        "interruption: Topic is replaced, since TopicName changes: its subscriptions go with it, those made by hand "
        "too, and nobody is told",
        "visible: Sub is replaced, since Topic is: its address is told nothing; a new one by e-mail has to be confirmed"
        " again",
    ]


def test_a_replaced_resource_that_is_kept_stays_beside_the_new_one() -> None:
    old, new = (
        one("AWS::Kinesis::Stream", {"Name": name}, UpdateReplacePolicy="Retain", DeletionPolicy="Delete")
        for name in "ab"
    )
    assert said(stack({"It": old}), stack({"It": new})) == [
        "left-behind: It is replaced, since Name changes: a new one is made. The old one leaves the stack, and stays "
        "as it is and bills; no stack manages it any more"
    ]


def test_the_type_of_a_resource_cannot_change() -> None:
    (line,) = said(stack({"It": one(BUCKET)}), stack({"It": one("AWS::SNS::Topic")}))
    assert line == "refused: It is of type AWS::SNS::Topic, AWS::S3::Bucket before: CloudFormation refuses that"


def test_a_policy_that_no_longer_keeps_what_holds_data_is_said() -> None:
    lines = said(stack({"It": one(BUCKET, DeletionPolicy="Retain")}), stack({"It": one(BUCKET)}))
    assert lines == ["visible: It is no longer kept when it leaves the stack: it is deleted then, with what is in it"]


def test_a_value_that_depends_on_a_parameter_is_unknown_until_it_is_given() -> None:
    parameter = {"Parameters": {"Days": {"Type": "Number"}}}
    old = stack({"It": one("AWS::Logs::LogGroup", {"RetentionInDays": 30})})
    new = stack({"It": one("AWS::Logs::LogGroup", {"RetentionInDays": {"Ref": "Days"}})}, **parameter)
    found = [finding for finding in findings(old, new) if finding.subject.noun == "log group"]
    assert [finding.effect.what for finding in found] == ["RetentionInDays changes"]
    assert found[0].effect.way_out == "say the value with --parameter Days=VALUE"
    assert said(old, new, Days="7")[0].startswith("data-loss: It keeps log events for 7 days, 30 before")
    assert said(old, new, Days="30") == ["safe: Days is new"]


def test_whether_a_resource_is_there_may_depend_on_a_condition() -> None:
    sections = {
        "Parameters": {"Env": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}},
    }
    old, new = stack({"It": one(BUCKET)}, **sections), stack({"It": one(BUCKET, Condition="Prod")}, **sections)
    assert said(old, new) == ["unknown: It may be there or not"]
    assert said(old, new, Env="prod") == []
    assert said(old, new, Env="dev")[0].startswith("left-behind: It is deleted if it is empty")


def has(schema: dict[str, Any], part: dict[str, Any], path: list[str]) -> bool:
    """Whether a schema has a property; what it leaves open, it may have."""
    while "$ref" in part:
        part = schema["definitions"][part["$ref"].rpartition("/")[2]]
    if not path or "properties" not in part:
        return True
    return path[0] in part["properties"] and has(schema, part["properties"][path[0]], path[1:])


def test_what_is_known_of_a_type_names_properties_that_its_schema_has() -> None:
    """A slip in a name would make the property unknown for ever."""
    wrong = []
    for type_, kind in KINDS.items():
        if not type_.startswith("Custom::"):
            schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
            paths = {*kind.rules, *kind.names, kind.part_of, *kind.follows} - {""}
            wrong += [f"{type_} {path}" for path in paths if not has(schema, schema, path.split("."))]
    assert wrong == []
