from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.assembly.cloud_assembly import load_templates
from clickstream_local.iam.rights import Denial, Rights

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop-Role"
STREAM = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/shop-Stream"
TRUST = {
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "firehose.amazonaws.com"}},
    ]
}


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


WRITES = allow("s3:GetBucketLocation", "s3:PutObject")


def template(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A stream into a bucket, with a role of these statements."""
    destination = {"RoleARN": {"Fn::GetAtt": ["Role", "Arn"]}, "BucketARN": {"Fn::GetAtt": ["Lake", "Arn"]}}
    return {
        "Lake": {"Type": "AWS::S3::Bucket"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": TRUST,
                "Policies": [
                    {"PolicyName": "P", "PolicyDocument": {"Version": "2012-10-17", "Statement": [*statements]}}
                ],
            },
        },
        "Stream": {
            "Type": "AWS::KinesisFirehose::DeliveryStream",
            "Properties": {"ExtendedS3DestinationConfiguration": {**destination, "Prefix": "data/", **more}},
        },
    }


def rights(folder: Path, resources: dict[str, Any]) -> Rights:
    path = folder / "shop.json"
    path.write_text(json.dumps({"Resources": resources}))
    return Rights(read for read, _ in load_templates(path))


def test_a_stage_with_all_its_rights_goes_on(tmp_path: Path) -> None:
    found = rights(tmp_path, template(WRITES))
    assert (found.denial(STREAM, "data"), found.denials, found.doubts) == (None, (), ())


def test_a_denial_has_aws_s_words_and_names_role_and_policy(tmp_path: Path) -> None:
    denial = rights(tmp_path, template(allow("s3:Get*", "s3:List*"))).denial(STREAM, "data")
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-Role/AWSFirehoseToS3"
    assert denial is not None
    assert denial.message == (
        f"User: {session} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::shop-lake/data/x "
        "because no identity-based policy allows the s3:PutObject action"
    )
    assert denial.where == "role Role, policy Role/P"


@pytest.mark.parametrize(
    ("statement", "end"),
    [
        (
            {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"},
            "with an explicit deny in an identity-based policy (role Role, policy Role/P)",
        ),
        ({"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::other/*"}, None),
    ],
)
def test_an_explicit_deny_is_said_to_be_one(tmp_path: Path, statement: dict[str, Any], end: str | None) -> None:
    denial = rights(tmp_path, template(WRITES, statement)).denial(STREAM, "data")
    assert (str(denial).endswith(end) if end else denial is None) is True


def test_the_actions_that_a_page_lists_beside_the_decisive_one_stop_nothing_alone(tmp_path: Path) -> None:
    found = rights(tmp_path, template(WRITES))
    assert found.denials == ()
    assert {one.action for one in found.unenforced} == {
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
    }


def test_a_role_that_firehose_may_not_assume_stops_every_stage(tmp_path: Path) -> None:
    resources = template(WRITES)
    resources["Role"]["Properties"]["AssumeRolePolicyDocument"] = {
        "Statement": [{**TRUST["Statement"][0], "Principal": {"Service": "ec2.amazonaws.com"}}]
    }
    found = rights(tmp_path, resources)
    for stage in ("data", "errors", "transform", "log"):
        denial = found.denial(STREAM, stage)
        assert denial is not None
        assert denial.of_trust
        assert denial.where == "trust policy of role Role"


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        (
            lambda resources: resources["Stream"]["Properties"]["ExtendedS3DestinationConfiguration"].update(
                RoleARN="arn:aws:iam::1:role/theirs"
            ),
            "role arn:aws:iam::1:role/theirs is in no template",
        ),
        (
            lambda resources: resources["Role"]["Properties"].update(
                Policies=[], ManagedPolicyArns=["arn:aws:iam::aws:policy/A"]
            ),
            "policy arn:aws:iam::aws:policy/A of role Role is in no template",
        ),
        (
            lambda resources: resources["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].append(
                {
                    "Effect": "Deny",
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
                }
            ),
            "the value of aws:principalorgid is not known",
        ),
        (
            lambda resources: resources["Role"]["Properties"]["Policies"][0]["PolicyDocument"].update(Statement=["x"]),
            "cannot be read",
        ),
    ],
)
def test_what_no_template_holds_is_taken_as_allowed_and_said_once(tmp_path: Path, change: Any, doubt: str) -> None:
    resources = template(WRITES)
    change(resources)
    found = rights(tmp_path, resources)
    assert found.denials == ()
    assert sum(doubt in one for one in found.doubts) >= 1
    assert len(set(found.doubts)) == len(found.doubts)


def test_an_explicit_deny_holds_whatever_else_is_not_known(tmp_path: Path) -> None:
    resources = template(WRITES, {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"})
    resources["Role"]["Properties"]["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/A"]
    assert rights(tmp_path, resources).denial(STREAM, "data") is not None


def test_a_boundary_that_is_not_known_grants_nothing(tmp_path: Path) -> None:
    resources = template(allow("s3:Get*", "s3:List*"))
    resources["Role"]["Properties"]["PermissionsBoundary"] = "arn:aws:iam::1:policy/Theirs"
    denial = rights(tmp_path, resources).denial(STREAM, "data")
    assert denial is not None
    assert denial.reason == "because no identity-based policy allows the s3:PutObject action"


def test_what_a_boundary_that_is_not_known_may_refuse_is_said(tmp_path: Path) -> None:
    resources = template(allow("s3:*"))
    resources["Role"]["Properties"]["PermissionsBoundary"] = "arn:aws:iam::1:policy/Theirs"
    (doubt,) = rights(tmp_path, resources).doubts
    assert "s3:PutObject" in doubt
    assert doubt.endswith(": boundary arn:aws:iam::1:policy/Theirs of role Role is in no template")


@pytest.mark.parametrize("own", [allow("s3:*"), allow("sqs:*")])
def test_a_policy_that_is_not_known_excuses_no_boundary(tmp_path: Path, own: dict[str, Any]) -> None:
    resources = template(own)
    document = {"Statement": [allow("s3:List*")]}
    resources["Boundary"] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    resources["Role"]["Properties"] |= {
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/A"],
        "PermissionsBoundary": {"Ref": "Boundary"},
    }
    denial = rights(tmp_path, resources).denial(STREAM, "data")
    assert denial is not None
    assert denial.reason.startswith("because no permissions boundary allows the s3:")
    assert denial.where == "role Role, policy Boundary"


def function_stream(*resources_of_right: Any) -> dict[str, Any]:
    processor = {
        "Type": "Lambda",
        "Parameters": [{"ParameterName": "LambdaArn", "ParameterValue": "arn:aws:lambda:us-east-1:1:function:rows"}],
    }
    right = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": [*resources_of_right]}
    return template(WRITES, right, ProcessingConfiguration={"Enabled": True, "Processors": [processor]})


@pytest.mark.parametrize("arn", ["arn:aws:lambda:us-east-1:1:function:rows", "arn:aws:lambda:*:1:function:rows:*"])
def test_either_form_of_a_function_s_arn_will_do(tmp_path: Path, arn: str) -> None:
    assert rights(tmp_path, function_stream(arn)).denial(STREAM, "transform") is None


def test_a_destination_in_the_older_form_is_judged_too(tmp_path: Path) -> None:
    log = {"LogGroupName": "g", "LogStreamName": "s"}
    resources = template(allow("s3:Get*", "s3:List*"), CloudWatchLoggingOptions=log)
    properties = resources["Stream"]["Properties"]
    properties["S3DestinationConfiguration"] = properties.pop("ExtendedS3DestinationConfiguration")
    found = rights(tmp_path, resources)
    actions = [one and one.action for one in (found.denial(STREAM, "data"), found.denial(STREAM, "log"))]
    assert actions == ["s3:PutObject", "logs:PutLogEvents"]


def test_what_a_stream_has_switched_off_needs_no_right(tmp_path: Path) -> None:
    arn = {"Fn::GetAtt": ["Role", "Arn"]}
    schema = {"RoleARN": arn, "Region": "r", "CatalogId": "1", "DatabaseName": "d", "TableName": "t"}
    found = rights(
        tmp_path,
        template(
            WRITES,
            S3BackupMode="Disabled",
            S3BackupConfiguration={"RoleARN": arn, "BucketARN": {"Fn::GetAtt": ["Lake", "Arn"]}, "Prefix": "b/"},
            CloudWatchLoggingOptions={"Enabled": False, "LogGroupName": "g", "LogStreamName": "s"},
            DataFormatConversionConfiguration={"Enabled": False, "SchemaConfiguration": schema},
        ),
    )
    assert found.denials == ()
    assert not [one for one in found.unenforced if "/b/" in one.resource or not one.action.startswith("s3:")]


@pytest.mark.parametrize(("policy", "denied"), [(None, True), ({"Statement": []}, False)])
def test_an_api_with_a_policy_of_its_own_may_let_a_signer_in(tmp_path: Path, policy: Any, denied: bool) -> None:
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api", **({"Policy": policy} if policy else {})}}
    path = tmp_path / "shop.json"
    path.write_text(json.dumps({"Resources": {**template(WRITES), "Api": api}}))
    ((read, _),) = load_templates(path)
    method = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{read.name_of('Api')}/v1/POST/"
    assert (Rights([read]).of_request(ROLE, "execute-api:Invoke", method, session="me") is not None) is denied


KEY = "arn:aws:kms:us-east-1:1:key/k"


@pytest.mark.parametrize(
    ("key", "stopped"), [(KEY, True), ("arn:aws:kms:us-east-1:1:alias/aws/s3", False), ("alias/aws/s3", False)]
)
def test_a_bucket_that_encrypts_by_its_own_key_needs_the_right_on_it(tmp_path: Path, key: str, stopped: bool) -> None:
    resources = template(WRITES, {"Effect": "Deny", "Action": "kms:*", "Resource": KEY})
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    encryption = {"ServerSideEncryptionConfiguration": [rule]}
    resources["Lake"]["Properties"] = {"BucketEncryption": encryption}
    denial = rights(tmp_path, resources).denial(STREAM, "data")
    assert (denial is not None and denial.action == "kms:GenerateDataKey") is stopped


def test_a_role_asks_for_itself_under_the_name_of_its_session(tmp_path: Path) -> None:
    found = rights(tmp_path, template(WRITES))
    assert found.role_named("shop-Role") == ROLE
    assert found.of_request(ROLE, "s3:PutObject", "arn:aws:s3:::shop-lake/a", session="me") is None
    denial = found.of_request(ROLE, "firehose:PutRecord", STREAM, session="me")
    assert denial == Denial(
        f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-Role/me",
        "firehose:PutRecord",
        STREAM,
        "because no identity-based policy allows the firehose:PutRecord action",
        "role Role, policy Role/P",
    )
    assert found.of_request("arn:aws:iam::1:role/theirs", "firehose:PutRecord", STREAM, session="me") is None


def test_what_a_role_asks_for_is_judged_at_the_time_of_asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hour = 8

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Clock:
            return cls(2026, 1, 1, hour, tzinfo=tz)

    monkeypatch.setattr("clickstream_local.iam.rights.datetime", Clock)
    by_nine = {"DateLessThan": {"aws:CurrentTime": "2026-01-01T09:00:00Z"}}
    found = rights(tmp_path, template(WRITES, allow("firehose:PutRecord", Condition=by_nine)))
    assert found.of_request(ROLE, "firehose:PutRecord", STREAM, session="me") is None
    hour = 10
    assert found.of_request(ROLE, "firehose:PutRecord", STREAM, session="me") is not None


def test_without_templates_everything_is_allowed() -> None:
    assert (Rights().denial(STREAM, "data"), Rights().denials, Rights().role_named("shop-Role")) == (None, (), None)
