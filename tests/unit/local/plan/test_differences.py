from __future__ import annotations

from typing import Any

from clickstream_local.plan.differences import differences
from clickstream_local.plan.sides import StackSide
from support.plans import one, stack

ROLE, TOPIC, SUBSCRIPTION = "AWS::IAM::Role", "AWS::SNS::Topic", "AWS::SNS::Subscription"


def compared(old: dict[str, Any], new: dict[str, Any], **sections: Any) -> Any:
    return differences(stack(old, **sections), stack(new, **sections), {})


def test_what_cdk_writes_for_itself_is_no_difference() -> None:
    metadata = {"aws:cdk:path": "A/B", "aws:asset:path": "asset.1"}
    found = compared({"It": one(TOPIC)}, {"It": one(TOPIC, Metadata=metadata)})
    assert found.changed == {}
    assert set(compared({"It": one(TOPIC)}, {"It": one(TOPIC, Metadata={"mine": 1})}).changed) == {"It"}


def test_numbers_and_their_texts_are_no_difference() -> None:
    assert compared({"It": one(TOPIC, {"A": 5, "B": True})}, {"It": one(TOPIC, {"A": "5", "B": "true"})}).changed == {}


def test_an_empty_member_is_a_difference() -> None:
    assert set(compared({"It": one(TOPIC, {"A": {}})}, {"It": one(TOPIC)}).changed) == {"It"}


def test_a_circle_of_references_comes_to_an_end() -> None:
    def side(name: str) -> dict[str, Any]:
        return {
            "A": one(TOPIC, {"TopicName": {"Fn::Sub": "${B}-" + name}}),
            "B": one(TOPIC, {"TopicName": {"Fn::Sub": "${A}"}}),
        }

    assert compared(side("x"), side("y")).replaced == {"A", "B"}


def test_replacement_goes_on_through_references() -> None:
    def side(name: str) -> dict[str, Any]:
        return {
            "Topic": one(TOPIC, {"TopicName": name}),
            "Mail": one(SUBSCRIPTION, {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": "a@b"}),
            "Role": one(ROLE, {"Policies": [{"PolicyDocument": {"Ref": "Topic"}}]}),
        }

    found = compared(side("a"), side("b"))
    assert found.replaced == {"Topic", "Mail"}
    assert [leaf.follows for leaf in found.changed["Role"].leaves] == [("Topic",)]


def test_names_do_not_hide_a_move_and_other_properties_do() -> None:
    old = {"A": one(TOPIC, {"TopicName": "a", "KmsMasterKeyId": "k"})}
    assert compared(old, {"B": one(TOPIC, {"TopicName": "b", "KmsMasterKeyId": "k"})}).moved == {"A": "B"}
    assert compared(old, {"B": one(TOPIC, {"TopicName": "b", "KmsMasterKeyId": "j"})}).moved == {}


def test_what_refers_to_what_moved_moved_too() -> None:
    def side(topic: str, mail: str) -> dict[str, Any]:
        mailed = {"TopicArn": {"Ref": topic}, "Protocol": "email", "Endpoint": "a@b"}
        return {topic: one(TOPIC, {"DisplayName": "x"}), mail: one(SUBSCRIPTION, mailed)}

    assert compared(side("A", "MailA"), side("B", "MailB")).moved == {"A": "B", "MailA": "MailB"}


def test_a_resource_whose_condition_does_not_hold_is_not_there() -> None:
    sections = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}
    found = compared({"It": one(TOPIC, Condition="Never")}, {}, **sections)
    assert found.removed == ()


def test_the_environment_that_one_side_knows_holds_for_both() -> None:
    region = {"Ref": "AWS::Region"}
    agnostic = StackSide("Shop", {"Resources": {"It": one(TOPIC, {"TopicName": region})}})
    fixed = StackSide("Shop", {"Resources": {"It": one(TOPIC, {"TopicName": "eu-west-1"})}}, region="eu-west-1")
    assert differences(agnostic, fixed, {}).changed == {}


def test_a_parameter_keeps_the_value_that_is_deployed() -> None:
    def side(default: str, **parameters: str) -> StackSide:
        body = {
            "Parameters": {"Name": {"Type": "String", "Default": default}},
            "Resources": {"It": one(TOPIC, {"DisplayName": {"Ref": "Name"}})},
        }
        return StackSide("Shop", body, parameters=parameters)

    assert differences(side("a", Name="a"), side("b"), {}).changed == {}
    assert set(differences(side("a", Name="a"), side("b"), {"Name": "b"}).changed) == {"It"}
