from __future__ import annotations

import json
from pathlib import Path

import pytest

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.plan.errors import PlanError
from clickstream_local.plan.sides import Pair, StackSide, pairs, read_side
from support.small_template import small_template

EMPTY = {"Resources": {}}


def named(*names: str) -> list[StackSide]:
    return [StackSide(name, EMPTY) for name in names]


def shape(found: tuple[Pair, ...]) -> list[tuple[str, bool, bool]]:
    return [(pair.name, pair.old is not None, pair.new is not None) for pair in found]


def test_stacks_of_one_name_belong_together() -> None:
    found = pairs(named("A", "B"), named("B", "C"))
    assert shape(found) == [("A", True, False), ("B", True, True), ("C", False, True)]


def test_two_assemblies_of_one_stack_each_are_compared_by_name_unless_one_is_picked() -> None:
    assert shape(pairs(named("A"), named("B"))) == [("A", True, False), ("B", False, True)]
    assert shape(pairs(named("A"), named("B"), stack_name="A")) == [("B", True, True)]


def test_a_template_has_no_name_and_is_compared_with_the_one_stack() -> None:
    template = StackSide("file", EMPTY, named=False)
    assert shape(pairs([template], named("Shop"))) == [("Shop", True, True)]
    assert shape(pairs([template], named("A", "B"), stack_name="B")) == [("B", True, True)]
    with pytest.raises(PlanError, match="one template is compared with several stacks \\(A, B\\): pick one"):
        pairs([template], named("A", "B"))


def test_a_stack_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(PlanError, match="NEW has no stack 'C'; its stacks: A, B"):
        pairs(named("A", "C"), named("A", "B"), stack_name="C")


def test_stacks_of_one_name_in_several_regions_are_told_apart() -> None:
    here, there = (StackSide("Shop", EMPTY, region=region) for region in ("eu-west-1", "us-east-1"))
    found = pairs([here, there], [there])
    assert shape(found) == [("Shop (?/eu-west-1)", True, False), ("Shop (?/us-east-1)", True, True)]
    (pair,) = pairs([there], [here, there], deployed=True)
    assert pair.new is there


def test_a_deployed_stack_is_compared_with_the_stack_of_its_name() -> None:
    assert shape(pairs(named("B"), named("A", "B"), deployed=True)) == [("B", True, True)]
    with pytest.raises(PlanError, match="NEW has no stack 'C': pick one with --stack-name"):
        pairs(named("C"), named("A", "B"), deployed=True)


def test_an_assembly_without_a_stack_is_refused() -> None:
    with pytest.raises(PlanError, match="NEW has no stack"):
        pairs(named("A"), [])


def test_a_template_is_read_from_json_and_yaml(tmp_path: Path) -> None:
    small_template(tmp_path)
    (side,) = read_side(tmp_path / "small.yaml")
    assert (side.named, "Lake" in side.body["Resources"]) == (False, True)
    with pytest.raises(AssemblyError, match="no cloud assembly at"):
        read_side(tmp_path / "absent")


def test_an_assembly_gives_names_environment_and_nested_templates(tmp_path: Path) -> None:
    digest = "a" * 64
    documents = {
        "manifest.json": {
            "artifacts": {
                "Shop.assets": {"type": "cdk:asset-manifest", "properties": {"file": "assets.json"}},
                "Shop": {
                    "type": "aws:cloudformation:stack",
                    "environment": "aws://unknown-account/eu-west-1",
                    "properties": {"templateFile": "Shop.json"},
                    "metadata": {"/Shop/Log/Resource": [{"type": "aws:cdk:logicalId", "data": "Log1"}]},
                },
            }
        },
        "assets.json": {"files": {digest: {"source": {"path": "Inner.json"}}}},
        "Shop.json": {"Resources": {"Log1": {"Type": "AWS::Logs::LogGroup"}}},
        "Inner.json": {"Resources": {"Deep": {"Type": "AWS::S3::Bucket"}}},
    }
    for name, document in documents.items():
        (tmp_path / name).write_text(json.dumps(document))
    (side,) = read_side(tmp_path)
    assert (side.name, side.region, side.account, side.names) == (
        "Shop",
        "eu-west-1",
        None,
        {"Log1": "Shop/Log/Resource"},
    )
    inner = side.nested("Inner", f"https://s3.eu-west-1.amazonaws.com/assets/{digest}.json")
    assert inner is not None
    assert set(inner.body["Resources"]) == {"Deep"}
    assert side.nested("Inner", "https://elsewhere/template.json") is None
