from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.stack_template import StackTemplate


def template(
    body: dict[str, Any], *, region: str = "eu-west-1", parameters: dict[str, str] | None = None
) -> StackTemplate:
    return StackTemplate(
        body, stack="Shop", region=region, account="111122223333", assets={}, parameters=parameters or {}, imports={}
    )


def resolve(value: Any, body: dict[str, Any] | None = None, **options: Any) -> Any:
    return template(body or {}, **options).resolver.resolve(value)


BUCKET = {"Resources": {"Lake": {"Type": "AWS::S3::Bucket", "Properties": {}}}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}, "a-eu-west-1"),
        ({"Fn::Sub": "arn:${AWS::Partition}:x:${!Literal}"}, "arn:aws:x:${Literal}"),
        ({"Fn::Sub": ["${Who}!", {"Who": {"Ref": "AWS::AccountId"}}]}, "111122223333!"),
        ({"Fn::Select": [1, {"Fn::Split": [":", "a:b:c"]}]}, "b"),
        ({"Fn::Base64": "click"}, "Y2xpY2s="),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}]}, {"b": [1]}),
    ],
)
def test_each_function_gives_its_plain_value(value: Any, expected: Any) -> None:
    assert resolve(value) == expected


def test_ref_and_get_att_of_a_bucket_without_a_name_use_the_stack_and_the_logical_id() -> None:
    assert resolve({"Ref": "Lake"}, BUCKET) == "shop-lake"
    assert resolve({"Fn::GetAtt": ["Lake", "Arn"]}, BUCKET) == "arn:aws:s3:::shop-lake"
    assert resolve({"Fn::Sub": "${Lake.Arn}/x"}, BUCKET) == "arn:aws:s3:::shop-lake/x"


def test_a_region_in_china_has_its_own_partition() -> None:
    assert resolve({"Fn::GetAtt": "Lake.Arn"}, BUCKET, region="cn-north-1") == "arn:aws-cn:s3:::shop-lake"


def test_conditions_choose_values_and_resources() -> None:
    body = {
        "Parameters": {"Stage": {"Type": "String", "Default": "dev"}},
        "Conditions": {
            "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
            "NotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
        },
        "Resources": {
            "Prod": {"Type": "AWS::S3::Bucket", "Condition": "IsProd"},
            "Dev": {"Type": "AWS::S3::Bucket", "Condition": "NotProd"},
        },
    }
    assert [resource.logical_id for resource in template(body).resources()] == ["Dev"]
    given = template(body, parameters={"Stage": "prod"})
    assert [resource.logical_id for resource in given.resources()] == ["Prod"]
    assert given.resolver.resolve({"Fn::If": ["IsProd", 1, 2]}) == 1


def test_a_map_is_looked_up_by_resolved_keys() -> None:
    body = {"Mappings": {"Sizes": {"eu-west-1": {"size": 3}}}}
    assert resolve({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "size"]}, body) == 3


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"Ref": "Nobody"}, "Ref to 'Nobody', which is neither a parameter nor a resource"),
        ({"Fn::GetAtt": ["Nobody", "Arn"]}, "Fn::GetAtt of 'Nobody'"),
        ({"Fn::Transform": {}}, "Fn::Transform is not supported"),
        ({"Fn::ImportValue": "x"}, "no stack of the assembly exports it"),
        ({"Fn::Select": [3, ["a"]]}, "has no item 3"),
        ({"Fn::FindInMap": ["a", "b", "c"]}, "no entry for 'a', 'b', 'c'"),
        ({"Fn::If": ["Never", 1, 2]}, "condition 'Never' is used but not defined"),
    ],
)
def test_what_cannot_be_resolved_is_named(value: Any, message: str) -> None:
    with pytest.raises(AssemblyError, match=message.replace("(", r"\(")):
        resolve(value)


def test_a_condition_that_refers_to_itself_is_an_error_not_a_loop() -> None:
    body = {"Conditions": {"A": {"Condition": "B"}, "B": {"Condition": "A"}}}
    with pytest.raises(AssemblyError, match="refers to itself"):
        resolve({"Fn::If": ["A", 1, 2]}, body)


def test_a_parameter_without_a_value_says_how_to_give_one() -> None:
    body = {"Parameters": {"Key": {"Type": "String"}}}
    with pytest.raises(AssemblyError, match="--parameter Key=VALUE"):
        resolve({"Ref": "Key"}, body)
