"""Templates with circles: a clear error instead of a crash."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.assembly import AssemblyError, load_stacks
from clickstream_local.assembly.physical import opaque_id
from clickstream_local.assembly.template import Template

BUCKET = "AWS::S3::Bucket"


def load(folder: Path, resources: dict[str, Any], **sections: Any) -> Any:
    path = folder / "shop.json"
    path.write_text(json.dumps({"Resources": resources, **sections}))
    return load_stacks(path)


def bucket(**properties: Any) -> dict[str, Any]:
    return {"Type": BUCKET, "Properties": properties}


def test_resources_that_refer_to_each_other_are_named_in_order(tmp_path: Path) -> None:
    resources = {
        "A": bucket(Tags=[{"Value": {"Ref": "B"}}]),
        "B": bucket(Tags=[{"Value": {"Fn::Sub": "${C.Arn}/x"}}]),
        "C": bucket() | {"DependsOn": ["A"]},
        "D": bucket(Tags=[{"Value": {"Fn::GetAtt": "A.Arn"}}]),
    }
    with pytest.raises(AssemblyError, match="circular dependency between resources: ") as error:
        load(tmp_path, resources)
    circle = str(error.value).split(": ")[2].split(".")[0].split(" → ")
    assert (circle[0], sorted(circle[1:])) == (circle[-1], ["A", "B", "C"])
    follows = {"A": "B", "B": "C", "C": "A"}
    assert all(follows[one] == other for one, other in itertools.pairwise(circle))


def test_a_resource_that_refers_to_itself_is_a_circle(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="A → A"):
        load(tmp_path, {"A": bucket(Tags=[{"Value": {"Fn::GetAtt": ["A", "Arn"]}}])})


def test_names_that_are_made_of_each_other_are_an_error(tmp_path: Path) -> None:
    body = {"Resources": {"A": bucket(BucketName={"Ref": "B"}), "B": bucket(BucketName={"Fn::Sub": "${A}-x"})}}
    template = Template(body, stack="S", region="eu-west-1", account="1", assets={}, parameters={}, imports={})
    with pytest.raises(AssemblyError, match="names of resources are made of each other: A → B → A"):
        template.name_of("A")


def test_the_branch_of_a_condition_that_is_not_taken_makes_no_circle(tmp_path: Path) -> None:
    resources = {
        "A": bucket(Tags=[{"Value": {"Fn::If": ["Never", {"Ref": "B"}, "x"]}}]),
        "B": bucket(Tags=[{"Value": {"Ref": "A"}}]),
        "C": bucket(Tags=[{"Value": {"Ref": "C"}}]) | {"Condition": "Never"},
    }
    (stack,) = load(tmp_path, resources, Conditions={"Never": {"Fn::Equals": ["a", "b"]}})
    assert [found.logical_id for found in stack.buckets] == ["A", "B"]


def test_api_resources_that_are_each_others_parents_are_an_error(tmp_path: Path) -> None:
    # By plain ids, where CloudFormation's own check sees nothing.
    def part(logical_id: str, parent: str) -> dict[str, Any]:
        properties = {"RestApiId": {"Ref": "Api"}, "ParentId": opaque_id("shop", parent), "PathPart": logical_id}
        return {"Type": "AWS::ApiGateway::Resource", "Properties": properties}

    resources = {"Api": {"Type": "AWS::ApiGateway::RestApi"}, "One": part("One", "Two"), "Two": part("Two", "One")}
    with pytest.raises(AssemblyError, match="its ParentId leads back to it"):
        load(tmp_path, resources)


def test_stacks_that_import_from_each_other_are_an_error(tmp_path: Path) -> None:
    def stack(exported: str, imported: str) -> dict[str, Any]:
        output = {"Value": {"Fn::ImportValue": imported}, "Export": {"Name": exported}}
        return {"Resources": {}, "Outputs": {"O": output}}

    artifacts = {
        name: {"type": "aws:cloudformation:stack", "properties": {"templateFile": f"{name}.json"}} for name in "ab"
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    (tmp_path / "a.json").write_text(json.dumps(stack("x", "y")))
    (tmp_path / "b.json").write_text(json.dumps(stack("y", "x")))
    with pytest.raises(AssemblyError, match="circular dependency between exports: y → x → y"):
        load_stacks(tmp_path)
