"""The names of a template's resources."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.stack_template import StackTemplate


def test_names_that_are_made_of_each_other_are_an_error() -> None:
    names = {"A": {"Ref": "B"}, "B": {"Fn::Sub": "${A}-x"}}
    body = {"Resources": {one: {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": names[one]}} for one in names}}
    template = StackTemplate(body, stack="S", region="eu-west-1", account="1", assets={}, parameters={}, imports={})
    with pytest.raises(AssemblyError, match="names of resources are made of each other: A → B → A"):
        template.name_of("A")


@pytest.mark.parametrize("deployment", [uuid.UUID(int=1), uuid.UUID(int=2)])
def test_the_id_of_a_stack_ends_in_a_uuid_of_its_deployment(deployment: uuid.UUID) -> None:
    """CloudFormation's form: arn:aws:cloudformation:<region>:<account>:stack/<name>/<UUID>."""
    ids = {}
    for stack in ("Lake", "Edge"):
        place: dict[str, Any] = {"region": "eu-west-1", "account": "1", "assets": {}, "parameters": {}, "imports": {}}
        template = StackTemplate({}, stack=stack, deployment=deployment, **place)
        head, name, ids[stack] = template.resolver.resolve({"Ref": "AWS::StackId"}).split("/")
        assert (head, name) == ("arn:aws:cloudformation:eu-west-1:1:stack", stack)
        assert ids[stack] == str(uuid.UUID(ids[stack])) == str(uuid.uuid5(deployment, stack))
    assert ids["Lake"] != ids["Edge"]


@pytest.mark.parametrize(
    ("type_", "properties", "arn"),
    [
        ("AWS::SNS::Topic", {"TopicName": "alarms"}, "arn:aws:sns:eu-west-1:1:alarms"),
        (
            "AWS::Lambda::Alias",
            {"FunctionName": "rows", "Name": "live"},
            "arn:aws:lambda:eu-west-1:1:function:rows:live",
        ),
        ("AWS::Lambda::Version", {"FunctionName": "rows"}, "arn:aws:lambda:eu-west-1:1:function:rows:1"),
    ],
)
def test_a_reference_to_some_resources_is_their_arn(type_: str, properties: dict[str, str], arn: str) -> None:
    """CloudFormation's Ref of these types: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"""
    body = {"Resources": {"One": {"Type": type_, "Properties": properties}}}
    template = StackTemplate(body, stack="S", region="eu-west-1", account="1", assets={}, parameters={}, imports={})
    assert template.resolver.resolve({"Ref": "One"}) == arn
