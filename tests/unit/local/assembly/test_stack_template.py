"""The names of a template's resources."""

from __future__ import annotations

import pytest

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.stack_template import StackTemplate


def test_names_that_are_made_of_each_other_are_an_error() -> None:
    names = {"A": {"Ref": "B"}, "B": {"Fn::Sub": "${A}-x"}}
    body = {"Resources": {one: {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": names[one]}} for one in names}}
    template = StackTemplate(body, stack="S", region="eu-west-1", account="1", assets={}, parameters={}, imports={})
    with pytest.raises(AssemblyError, match="names of resources are made of each other: A → B → A"):
        template.name_of("A")
