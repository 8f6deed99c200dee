from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clickstream_local.assembly.cloud_assembly import load_templates
from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.iam.documents import Documents

ROLE = "arn:aws:iam::000000000000:role/shop-Role"
DOCUMENT = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
TRUST = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}


def documents(folder: Path, resources: dict[str, Any]) -> tuple[Documents, list[AssemblyError]]:
    path = folder / "shop.json"
    path.write_text(json.dumps({"Resources": resources}))
    unreadable: list[AssemblyError] = []
    return Documents([template for template, _ in load_templates(path)], unreadable.append), unreadable


def role(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **properties}}


def test_a_role_has_the_policies_that_are_attached_in_any_way(tmp_path: Path) -> None:
    reference = {"Ref": "Role"}
    found, _ = documents(
        tmp_path,
        {
            "Role": role(
                Policies=[{"PolicyName": "Inline", "PolicyDocument": DOCUMENT}],
                ManagedPolicyArns=[{"Ref": "Managed"}, "arn:aws:iam::aws:policy/Aws"],
                PermissionsBoundary={"Ref": "Boundary"},
            ),
            "Policy": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [reference], "PolicyDocument": DOCUMENT}},
            "RolePolicy": {
                "Type": "AWS::IAM::RolePolicy",
                "Properties": {"RoleName": reference, "PolicyDocument": DOCUMENT},
            },
            "Managed": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": DOCUMENT}},
            "ToRoles": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"PolicyDocument": DOCUMENT, "Roles": [reference]},
            },
            "Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": DOCUMENT}},
        },
    )
    one = found.roles[ROLE]
    assert {policy.name for policy in one.policies} == {"Role/Inline", "Managed", "Policy", "RolePolicy", "ToRoles"}
    assert one.boundary is not None
    assert (one.boundary.name, one.unknown) == ("Boundary", ["arn:aws:iam::aws:policy/Aws"])


def test_a_boundary_of_no_template_is_not_known(tmp_path: Path) -> None:
    found, _ = documents(tmp_path, {"Role": role(PermissionsBoundary="arn:aws:iam::1:policy/Theirs")})
    one = found.roles[ROLE]
    assert (one.boundary, one.unknown_boundary, one.unknown) == (None, "arn:aws:iam::1:policy/Theirs", [])


def test_a_resource_has_its_policy_and_one_of_no_template_may_have_some(tmp_path: Path) -> None:
    policy = {"Bucket": {"Ref": "Lake"}, "PolicyDocument": DOCUMENT}
    found, _ = documents(
        tmp_path,
        {
            "Lake": {"Type": "AWS::S3::Bucket"},
            "LakePolicy": {"Type": "AWS::S3::BucketPolicy", "Properties": policy},
            "Other": {"Type": "AWS::S3::Bucket"},
            "Topic": {"Type": "AWS::SNS::Topic"},
            "TopicPolicy": {
                "Type": "AWS::SNS::TopicPolicy",
                "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": DOCUMENT},
            },
            "Key": {"Type": "AWS::KMS::Key"},
        },
    )
    policies = {
        arn: None if (of := found.of_resource(arn)) is None else [one.name for one in of]
        for arn in (
            "arn:aws:s3:::shop-lake/a/b",
            "arn:aws:s3:::shop-other",
            "arn:aws:s3:::theirs/a",
            "arn:aws:sns:us-east-1:000000000000:shop-Topic",
            "arn:aws:glue:us-east-1:000000000000:catalog",
            "*",
        )
    }
    assert list(policies.values()) == [["LakePolicy"], [], None, ["TopicPolicy"], [], []]


def test_a_document_that_cannot_be_resolved_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    broken = {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Fn::GetAtt": ["Nothing", "Arn"]}}
    found, unreadable = documents(
        tmp_path, {"Role": role(), "Broken": {"Type": "AWS::IAM::Policy", "Properties": broken}}
    )
    assert list(found.roles) == [ROLE]
    assert ["Broken" in str(error) for error in unreadable] == [True]
