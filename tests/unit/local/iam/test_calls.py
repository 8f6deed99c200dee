from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.assembly.cloud_assembly import load_templates
from clickstream_local.iam.calls import Call, calls_of
from clickstream_local.iam.edges import EDGES, Edge

ROLE = "arn:aws:iam::000000000000:role/shop-Role"
ROW = Edge("A queue calls", "AWS::SQS::Queue", {"Targets.*": ""}, "{Role}", ("a:B",), ("{Arn}",), ("role",), "")


def calls(folder: Path, resources: dict[str, Any], *edges: Edge) -> list[Call]:
    path = folder / "shop.json"
    path.write_text(json.dumps({"Resources": resources}))
    return calls_of([template for template, _ in load_templates(path)], edges or EDGES)


def queue(*targets: dict[str, Any]) -> dict[str, Any]:
    return {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Targets": list(targets)}},
        "Role": {"Type": "AWS::IAM::Role"},
    }


TARGET = {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Arn": "arn:aws:x"}


def test_a_row_is_a_call_for_each_place_that_shows_it(tmp_path: Path) -> None:
    found = calls(tmp_path, queue(TARGET, {**TARGET, "Arn": "arn:aws:y"}), ROW)
    assert [(one.caller, one.action, one.resource) for one in found] == [
        (ROLE, "a:B", "arn:aws:x"),
        (ROLE, "a:B", "arn:aws:y"),
    ]


def test_where_a_placeholder_has_no_value_there_is_no_call(tmp_path: Path) -> None:
    assert calls(tmp_path, queue({"Role": ROLE}), ROW) == []


def test_the_same_call_is_there_once(tmp_path: Path) -> None:
    assert len(calls(tmp_path, queue(TARGET, TARGET), ROW)) == 1


@pytest.mark.parametrize(
    ("more", "found"),
    [({"only": {"Arn": "arn:aws:x"}}, ["arn:aws:x"]), ({"unless": {"Arn": "arn:aws:x"}}, ["arn:aws:y"])],
)
def test_a_row_may_be_for_some_values_only(tmp_path: Path, more: dict[str, Any], found: list[str]) -> None:
    row = Edge(
        "A queue calls", "AWS::SQS::Queue", {"Targets.*": ""}, "{Role}", ("a:B",), ("{Arn}",), ("role",), "", **more
    )
    made = calls(tmp_path, queue(TARGET, {**TARGET, "Arn": "arn:aws:y"}), row)
    assert [one.resource for one in made] == found


def stream_calling(arn: Any) -> dict[str, Any]:
    processor = {"Type": "Lambda", "Parameters": [{"ParameterName": "LambdaArn", "ParameterValue": arn}]}
    destination = {
        "RoleARN": ROLE,
        "BucketARN": "arn:aws:s3:::lake",
        "Prefix": "raw/!{timestamp:yyyy}/",
        "ProcessingConfiguration": {"Enabled": True, "Processors": [processor]},
    }
    return {
        "Stream": {
            "Type": "AWS::KinesisFirehose::DeliveryStream",
            "Properties": {"ExtendedS3DestinationConfiguration": destination},
        },
        "Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {"FunctionName": "rows", "FunctionVersion": "1", "Name": "live"},
        },
    }


FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:rows"


@pytest.mark.parametrize(
    ("arn", "called"),
    [
        (FUNCTION, [FUNCTION, f"{FUNCTION}:$LATEST"]),
        (f"{FUNCTION}:7", [f"{FUNCTION}:7"]),
        ({"Ref": "Alias"}, [f"{FUNCTION}:live"]),
    ],
)
def test_a_function_without_a_qualifier_may_be_called_as_its_newest_version(
    tmp_path: Path, arn: Any, called: list[str]
) -> None:
    found = calls(tmp_path, stream_calling(arn))
    assert [one.resource for one in found if one.action == "lambda:InvokeFunction"] == called


def test_an_object_lies_in_the_folders_of_its_prefix(tmp_path: Path) -> None:
    found = calls(tmp_path, stream_calling(FUNCTION))
    assert {one.resource for one in found if one.action == "s3:PutObject"} == {"arn:aws:s3:::lake/raw/x/x"}


@pytest.mark.parametrize(
    ("prefixes", "found"),
    [
        ({}, {"x"}),
        ({"Prefix": "raw/"}, {"raw/x"}),
        ({"ErrorOutputPrefix": "failed/"}, {"x", "failed/x"}),
        ({"Prefix": "raw/", "ErrorOutputPrefix": "failed/"}, {"raw/x", "failed/x"}),
    ],
)
def test_an_object_without_a_prefix_is_written_all_the_same(
    tmp_path: Path, prefixes: dict[str, str], found: set[str]
) -> None:
    resources = stream_calling(FUNCTION)
    destination = resources["Stream"]["Properties"]["ExtendedS3DestinationConfiguration"]
    del destination["Prefix"]
    destination |= prefixes
    made = [one for one in calls(tmp_path, resources) if one.action == "s3:PutObject"]
    assert {one.resource for one in made} == {f"arn:aws:s3:::lake/{key}" for key in found}
    assert {stage for one in made for stage in one.stages} == {"data", "errors"}


def test_an_access_log_without_a_prefix_is_written_all_the_same(tmp_path: Path) -> None:
    lake = {"Type": "AWS::S3::Bucket", "Properties": {"LoggingConfiguration": {"DestinationBucketName": "logs"}}}
    (found,) = calls(tmp_path, {"Lake": lake})
    assert found.resource == "arn:aws:s3:::logs/x"


def test_a_bucket_that_encrypts_by_itself_does_so_with_what_fails(tmp_path: Path) -> None:
    key = "arn:aws:kms:us-east-1:1:key/k"
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    encryption = {"ServerSideEncryptionConfiguration": [rule]}
    resources = stream_calling(FUNCTION)
    destination = resources["Stream"]["Properties"]["ExtendedS3DestinationConfiguration"]
    destination |= {"ErrorOutputPrefix": "failed/"}
    resources["Lake"] = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": "lake", "BucketEncryption": encryption},
    }
    context = "kms:EncryptionContext:aws:s3:arn"
    found = {(one.stages, one.context[context]) for one in calls(tmp_path, resources) if one.resource == key}
    assert found == {
        (("data",), "arn:aws:s3:::lake/raw/x/x"),
        (("data",), "arn:aws:s3:::lake"),
        (("errors",), "arn:aws:s3:::lake/failed/x"),
        (("errors",), "arn:aws:s3:::lake"),
    }


@pytest.mark.parametrize("qualifier", ["", ":$LATEST", ":live", ":7"])
def test_a_function_has_its_role_by_whichever_version_it_is_called(tmp_path: Path, qualifier: str) -> None:
    resources = stream_calling(FUNCTION + qualifier)
    resources["Rows"] = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "rows", "Role": ROLE}}
    (found,) = [one for one in calls(tmp_path, resources) if one.stages == ("function",)]
    assert (found.resource, found.part) == (ROLE, FUNCTION)
