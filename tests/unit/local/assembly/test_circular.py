"""Templates with circles: a clear error instead of a crash."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.assembly.errors import AssemblyError
from support.assemblies import load_resources

BUCKET = "AWS::S3::Bucket"


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
        load_resources(tmp_path, resources)
    circle = str(error.value).split(": ")[2].split(".")[0].split(" → ")
    assert (circle[0], sorted(circle[1:])) == (circle[-1], ["A", "B", "C"])
    follows = {"A": "B", "B": "C", "C": "A"}
    assert all(follows[one] == other for one, other in itertools.pairwise(circle))


def test_a_resource_that_refers_to_itself_is_a_circle(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="A → A"):
        load_resources(tmp_path, {"A": bucket(Tags=[{"Value": {"Fn::GetAtt": ["A", "Arn"]}}])})


def test_the_branch_of_a_condition_that_is_not_taken_makes_no_circle(tmp_path: Path) -> None:
    resources = {
        "A": bucket(Tags=[{"Value": {"Fn::If": ["Never", {"Ref": "B"}, "x"]}}]),
        "B": bucket(Tags=[{"Value": {"Ref": "A"}}]),
        "C": bucket(Tags=[{"Value": {"Ref": "C"}}]) | {"Condition": "Never"},
    }
    stack = load_resources(tmp_path, resources, Conditions={"Never": {"Fn::Equals": ["a", "b"]}})
    assert [found.logical_id for found in stack.buckets] == ["A", "B"]
