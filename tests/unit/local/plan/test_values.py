from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.plan.values import Values, differing_open_points, open_points, references, renewed, with_names

BODY = {
    "Parameters": {
        "Env": {"Type": "String"},
        "Zones": {"Type": "CommaDelimitedList"},
        "Ami": {"Type": "AWS::SSM::Parameter::Value<String>"},
    },
    "Conditions": {
        "Prod": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
        "NotProd": {"Fn::Not": [{"Condition": "Prod"}]},
        "Always": {"Fn::Or": [{"Condition": "Prod"}, {"Fn::Equals": ["a", "a"]}]},
        "Never": {"Fn::And": [{"Condition": "Prod"}, {"Fn::Equals": ["a", "b"]}]},
        "Circle": {"Condition": "Circle"},
    },
    "Mappings": {"Sizes": {"eu-west-1": {"mib": 64}}},
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Lake": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "lake"}},
    },
}


def values(**parameters: str) -> Values:
    return Values(BODY, pseudo={"AWS::Region": "eu-west-1", "AWS::Partition": "aws"}, parameters=parameters)


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        (5, "5"),
        (5.0, "5"),
        (True, "true"),
        ({"A": None, "B": [{"Ref": "AWS::NoValue"}, 1]}, {"B": ["1"]}),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::AccountId"}, "⟦AWS::AccountId⟧"),
        ({"Ref": "Bucket"}, "⟦Bucket⟧"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "⟦Bucket.Arn⟧"),
        ({"Fn::GetAtt": "Bucket.Arn"}, "⟦Bucket.Arn⟧"),
        ({"Ref": "Lake"}, "lake"),
        ({"Fn::GetAtt": ["Lake", "Arn"]}, "arn:aws:s3:::lake"),
        ({"Fn::Sub": "${Bucket.Arn}/${!x}/${Env}"}, "⟦Bucket.Arn⟧/${x}/⟦parameter:Env⟧"),
        ({"Fn::Sub": ["${A}-${AWS::Region}", {"A": {"Ref": "Bucket"}}]}, "⟦Bucket⟧-eu-west-1"),
        ({"Fn::Join": ["/", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "events"]]}, "⟦Bucket.Arn⟧/events"),
        ({"Fn::Select": [1, {"Fn::Split": ["-", {"Ref": "AWS::Region"}]}]}, "west"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "mib"]}, "64"),
        ({"Fn::ImportValue": "lake-arn"}, "⟦import:lake-arn⟧"),
        ({"Fn::If": ["Always", "a", "b"]}, "a"),
        ({"Fn::If": ["Never", "a", {"Ref": "AWS::NoValue"}]}, {}),
        ({"Fn::If": ["Prod", "a", "a"]}, "a"),
        ({"Statement": {"Condition": {"Bool": {"x": True}}}}, {"Statement": {"Condition": {"Bool": {"x": "true"}}}}),
    ],
)
def test_what_is_known_is_resolved(value: Any, resolved: Any) -> None:
    assert values().resolve(value) == resolved


def test_a_join_and_a_sub_of_the_same_are_one_value() -> None:
    join = {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/events/*"]]}
    assert values().resolve(join) == values().resolve({"Fn::Sub": "${Bucket.Arn}/events/*"})


@pytest.mark.parametrize(
    ("value", "points"),
    [
        ({"Ref": "Env"}, ("parameter Env",)),
        ({"Fn::If": ["Prod", "a", "b"]}, ("parameter Env", "condition Prod")),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Env"}, "mib"]}, ("parameter Env",)),
        ([{"Fn::Sub": "x${Env}"}], ("parameter Env",)),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, ("Fn::Select", "Fn::GetAZs")),
        ({"Fn::Transform": {"Name": "Mine"}}, ("Fn::Transform",)),
        ({"Fn::If": ["Circle", "a", "b"]}, ("condition Circle",)),
        ({"Fn::FindInMap": ["Sizes", "nowhere", "mib"]}, ("Fn::FindInMap",)),
        ({"Ref": "Bucket"}, ()),
        ("plain", ()),
    ],
)
def test_what_is_not_known_is_named(value: Any, points: tuple[str, ...]) -> None:
    assert open_points(values().resolve(value)) == points


def test_a_given_parameter_decides_conditions() -> None:
    value = {"Fn::If": ["NotProd", "small", "large"]}
    assert (values(Env="prod").resolve(value), values(Env="dev").resolve(value)) == ("large", "small")


def test_lists_and_parameters_of_systems_manager() -> None:
    known = values(Zones="a, b", Ami="/path")
    assert known.resolve({"Ref": "Zones"}) == ["a", "b"]
    assert known.resolve({"Ref": "Ami"}) == "⟦parameter:Ami⟧"


def test_references_are_found_and_marked() -> None:
    value = values().resolve({"A": [{"Fn::Sub": "x${Bucket.Arn}"}]})
    assert references(value) == {"Bucket"}
    marked = renewed(value, {"Bucket"})
    assert marked == {"A": ["x⟦Bucket′.Arn⟧"]}
    assert references(marked) == {"Bucket"}
    assert with_names(["⟦Bucket′.Arn⟧", "x⟦Bucket⟧"], lambda logical_id: "Clicks/Bucket") == [
        "the new Clicks/Bucket",
        "x${Clicks/Bucket}",
    ]


@pytest.mark.parametrize(
    ("old", "new", "points"),
    [
        ("a⟦parameter:X⟧", "b⟦parameter:X⟧", ()),
        ("a⟦parameter:X⟧", "a⟦parameter:Y⟧", ("parameter X", "parameter Y")),
        ("a", "a⟦parameter:X⟧", ("parameter X",)),
        ('a⟦?{"Fn::If": ["⟦Table⟧"]}⟧', 'b⟦?{"Fn::If": ["⟦Table⟧"]}⟧', ()),
    ],
)
def test_what_is_unknown_but_the_same_does_not_count(old: str, new: str, points: tuple[str, ...]) -> None:
    assert differing_open_points(old, new) == points


def test_a_part_of_what_the_stack_is_called_is_the_same_in_both_templates() -> None:
    part = {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}
    assert open_points(values().resolve(part)) == ()
