from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.plan.plan import plan
from clickstream_local.plan.sides import Pair, StackSide
from support.plans import one, said, stack

TOPIC = "AWS::SNS::Topic"


def export(value: Any, name: str = "lake-arn") -> dict[str, Any]:
    return {"Outputs": {"Arn": {"Value": value, "Export": {"Name": name}}}}


def importing(value: dict[str, Any]) -> Pair:
    reader = StackSide("Reader", {"Resources": {"Topic": one(TOPIC, {"DisplayName": value})}})
    return Pair("Reader", reader, reader)


def lake(**sections: Any) -> StackSide:
    return StackSide("Lake", {"Resources": {}, **sections})


def lines(old: StackSide, new: StackSide, *others: Pair) -> list[str]:
    found = plan([Pair("Lake", old, new), *others], {})
    return [f"{one.severity.label}: {one.subject.name} {one.effect.what}" for one in found]


def test_an_export_that_another_stack_imports_can_neither_go_nor_change() -> None:
    reader = importing({"Fn::ImportValue": "lake-arn"})
    assert lines(lake(**export("a")), lake(), reader) == [
        "refused: Arn vanishes, but Reader imports it as lake-arn: CloudFormation refuses that"
    ]
    assert lines(lake(**export("a")), lake(**export("b")), reader)[0].startswith(
        "refused: Arn is b, a before, but Reader"
    )
    assert lines(lake(**export("a")), lake(**export("a", "other")), reader)[0].startswith("refused: Arn is a")
    assert lines(lake(**export("a")), lake(**export("a")), reader) == []


def test_an_export_that_no_known_stack_imports_may_still_be_in_use() -> None:
    (line,) = lines(lake(**export("a")), lake())
    assert line.startswith("visible: Arn vanishes; it is exported as lake-arn, and CloudFormation refuses that while")


def test_a_weak_reference_is_read_when_its_stack_is_deployed() -> None:
    reader = importing({"Fn::GetStackOutput": {"StackName": "Lake", "OutputName": "Arn"}})
    old, new = (lake(Outputs={"Arn": {"Value": value}}) for value in "ab")
    (finding,) = plan([Pair("Lake", old, new), reader], {})
    assert finding.effect.way_out == "deploy Reader right after, which reads it when it is deployed"


def test_outputs_change_with_what_is_replaced() -> None:
    old, new = (
        stack({"Topic": one(TOPIC, {"TopicName": name})}, Outputs={"Arn": {"Value": {"Ref": "Topic"}}}) for name in "ab"
    )
    assert "visible: Arn is the new Topic, Topic before" in said(old, new)


def test_other_changes_of_outputs_are_safe() -> None:
    old, new = ({"Outputs": {"A": {"Value": "1", "Description": text}}} for text in "ab")
    assert said(stack({}, **old), stack({}, **new)) == ["safe: A its description or export changes"]
    assert said(stack({}), stack({}, **new)) == ["safe: A is new"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (None, {"Type": "String"}, "refused: P is new and has no default: the deployment needs a value for it"),
        (None, {"Type": "String", "Default": "a"}, "safe: P is new"),
        ({"Type": "String"}, None, "safe: P vanishes; its effects are listed with the resources"),
        (
            {"Type": "String", "Default": "a"},
            {"Type": "String", "Default": "b"},
            "unknown: P its default is 'b', 'a' before",
        ),
        ({"Type": "String"}, {"Type": "Number"}, "unknown: P is of type Number, String before"),
        ({"Type": "String"}, {"Type": "String", "MinLength": 1}, "safe: P its description, its limits"),
    ],
)
def test_parameters(old: dict[str, Any] | None, new: dict[str, Any] | None, line: str) -> None:
    sides = (stack({}, **({"Parameters": {"P": side}} if side else {})) for side in (old, new))
    (found,) = said(*sides)
    assert found.startswith(line)


def test_a_parameter_that_is_given_needs_no_default() -> None:
    assert said(stack({}), stack({}, Parameters={"P": {"Type": "String"}}), P="x") == ["safe: P is new"]


def test_a_macro_makes_a_template_unknown_even_if_nothing_else_changes() -> None:
    side = stack({}, Transform=["AWS::LanguageExtensions", {"Name": "AWS::Include"}, "Mine"])
    what = "is run by CloudFormation, and plan does not know what it makes of the template"
    assert said(side, side) == [f"unknown: AWS::Include {what}", f"unknown: Mine {what}"]


@pytest.mark.parametrize(
    ("section", "severity"), [("Description", "safe"), ("Mappings", "safe"), ("Rules", "unknown"), ("Hooks", "unknown")]
)
def test_other_sections(section: str, severity: str) -> None:
    (line,) = said(stack({}), stack({}, **{section: {"A": {}}}))
    assert line.startswith(f"{severity}: ")


def test_the_cdks_rule_on_its_bootstrap_version_is_nobodys_business() -> None:
    assert said(stack({}), stack({}, Rules={"CheckBootstrapVersion": {"Assertions": []}})) == []
