from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_local.plan.errors import PlanError
from clickstream_local.plan.plan import KINDS, plan
from clickstream_local.plan.replacement import create_only
from clickstream_local.plan.sides import Pair, StackSide
from support.plans import findings, goes, one, reference, said, stack

BUCKET = "AWS::S3::Bucket"
STREAM = "AWS::KinesisFirehose::DeliveryStream"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a resource."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, (*path, index))
    return found


REFERENCE = reference()
PLACES = [
    (section, *path)
    for section in ("Resources", "Outputs", "Parameters", "Description")
    for path in places(REFERENCE[section]) or [()]
    # What tools write for themselves; a type is text.
    if "Metadata" not in path and path[-1:] != ("Type",)
]
VALUES = st.one_of(
    st.booleans(),
    st.integers(-5, 10_000),
    st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=8),
    st.lists(st.text(st.characters(codec="ascii", min_codepoint=97), max_size=3), max_size=2),
    st.dictionaries(st.sampled_from(["A", "Enabled", "Ref", "Fn::If", "Fn::GetAtt"]), st.text(max_size=3), max_size=2),
    st.sampled_from([{"Ref": "AWS::Region"}, {"Ref": "AWS::NoValue"}, {"Fn::Sub": "${AWS::Region}-x"}]),
)


def settled(value: Any) -> Any:
    """The value as CloudFormation compares it: no empty members, no difference between 5 and "5"."""
    if isinstance(value, dict):
        if value == {"Ref": "AWS::NoValue"}:
            return None
        return {key: text for key, item in value.items() if (text := settled(item)) is not None}
    if isinstance(value, list):
        return [text for item in value if (text := settled(item)) is not None]
    return json.dumps(value).strip('"')


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), VALUES, st.booleans())
def test_a_change_anywhere_in_the_reference_stack_is_never_called_nothing(
    place: tuple[Any, ...], value: Any, remove: bool
) -> None:
    changed = copy.deepcopy(REFERENCE)
    holder: Any = changed
    for step in place[:-1]:
        holder = holder[step]
    if remove or (place[0] == "Resources" and len(place) == 2):
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    if settled(changed) == settled(REFERENCE):
        return
    try:
        assert findings(StackSide("Shop", REFERENCE), StackSide("Shop", changed)) != ()
    except PlanError:
        # No template at all; below Properties, a value of another form is unknown.
        assert "Properties" not in place


@pytest.mark.parametrize("logical_id", REFERENCE["Resources"])
def test_a_resource_that_is_left_out_is_never_called_nothing(logical_id: str) -> None:
    changed = copy.deepcopy(REFERENCE)
    del changed["Resources"][logical_id]
    found = findings(StackSide("Shop", REFERENCE), StackSide("Shop", changed))
    assert logical_id in {finding.subject.logical_id for finding in found}


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
    assert goes(type_) == ["unknown: It is deleted: what is lost with it, plan does not know"]
    assert said(stack({}), stack(it)) == ["unknown: It is made: what it does, plan does not know"]


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
    assert said(old, new) == ["unknown: It whether it is there changes"]
    assert said(old, new, Env="prod") == []
    assert said(old, new, Env="dev")[0].startswith("left-behind: It is deleted if it is empty")


def test_construct_paths_name_resources_where_they_are_known() -> None:
    metadata = {"aws:cdk:path": "Shop/Clicks/Bucket/Resource"}
    (finding,) = findings(stack({"It": one(BUCKET, Metadata=metadata)}), stack({}))
    assert finding.subject.name == "Clicks/Bucket"


def test_a_stack_that_is_only_in_old_is_not_touched() -> None:
    (finding,) = plan([Pair("Shop", stack({"It": one(BUCKET)}), None)], {})
    assert finding.effect.what == "is not in NEW: a deployment does not touch it; it stays as it is, and bills"


def test_a_new_stack_is_said_in_one_line() -> None:
    (finding,) = plan([Pair("Shop", None, stack({"It": one(BUCKET)}))], {})
    assert (finding.severity.label, finding.effect.what) == ("safe", "is new: 1 resources are made")


def test_another_region_is_another_stack() -> None:
    old, new = (StackSide("Shop", {"Resources": {}}, region=region) for region in ("eu-west-1", "eu-central-1"))
    (finding,) = plan([Pair("Shop", old, new)], {})
    assert "is deployed to ?/eu-central-1, where it is another stack" in finding.effect.what


def nested(outer: dict[str, Any], inner: dict[str, Any]) -> StackSide:
    body = {"Resources": inner, "Parameters": {"Bucket": {"Type": "String"}}}
    inside = StackSide("Inner", body, named=False)
    return StackSide("Shop", {"Resources": outer}, nested=lambda logical_id, url: inside)


def nested_stack(url: str, bucket: Any) -> dict[str, Any]:
    return one("AWS::CloudFormation::Stack", {"TemplateURL": url, "Parameters": {"Bucket": bucket}})


def test_a_nested_stack_is_compared_with_the_values_that_the_outer_one_gives_it() -> None:
    stream = one(STREAM, {"ExtendedS3DestinationConfiguration": {"BucketARN": {"Ref": "Bucket"}}})
    old, new = (
        nested({"Inner": nested_stack(url, f"arn:{url}")}, {"Stream": stream, **more})
        for url, more in (("a", {"Log": one("AWS::Logs::LogGroup")}), ("b", {}))
    )
    assert said(old, new) == [
        "data-loss: Inner/Log is deleted, with its log events",
        "visible: Inner/Stream delivers to arn:b from now on; objects so far stay in arn:a",
    ]


def test_a_nested_stack_whose_template_is_not_at_hand_is_unknown() -> None:
    old, new = (stack({"Inner": nested_stack(url, "x")}) for url in "ab")
    assert said(old, new) == ["unknown: Inner TemplateURL changes from a to b, effect unknown"]
    assert said(old, stack({})) == ["unknown: Inner is deleted with everything in it, which plan does not see"]


def test_an_address_of_a_template_says_whether_it_is_the_same() -> None:
    (line,) = said(*(stack({"Inner": nested_stack("https://s3/inner.yaml", "x")}) for _ in range(2)))
    assert line == "unknown: Inner may change in what it holds, which plan does not see"
    assert said(*(stack({"Inner": nested_stack(f"https://s3/{'a' * 64}.json", "x")}) for _ in range(2))) == []


def test_what_a_deleted_nested_stack_holds_is_deleted() -> None:
    old = nested({"Inner": nested_stack("a", "x")}, {"Log": one("AWS::Logs::LogGroup")})
    assert said(old, stack({})) == ["data-loss: Inner/Log is deleted, with its log events"]


def test_a_part_of_another_form_is_refused() -> None:
    with pytest.raises(PlanError, match="has another form than CloudFormation's"):
        findings(stack({}, Outputs={"A": True}), stack({}))


def test_a_template_that_holds_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["Loop"] = loop
    side = stack({"It": one(BUCKET, loop)})
    with pytest.raises(PlanError, match="holds itself by a YAML anchor"):
        findings(side, stack({}))


def test_the_package_holds_no_rule_that_was_never_written(tmp_path: Path) -> None:
    """A rule is there for a property that the schema has: a slip in a name would make it unknown for ever."""
    manager = pytest.importorskip("cfnlint.schema.manager").PROVIDER_SCHEMA_MANAGER
    wrong = []
    for type_, kind in KINDS.items():
        if type_.startswith("Custom::"):
            continue
        schema = manager.get_resource_schema("us-east-1", type_).schema
        known = schema["properties"].keys()
        wrong += [f"{type_} {rule}" for rule in kind.rules if rule and rule.split(".")[0] not in known]
    # What the CDK writes beside the schema.
    assert wrong == []
