from __future__ import annotations

from typing import Any

from support.plans import change, goes, one, said, stack

ROLE, POLICY, STREAM = "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::KinesisFirehose::DeliveryStream"


def trusted_by(service: str | None) -> dict[str, Any]:
    principal = {"Service": service} if service else {"AWS": "arn:aws:iam::1:root"}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return {"AssumeRolePolicyDocument": {"Statement": [statement]}}


def allows(action: str | list[str], resource: Any, role: Any = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return one(POLICY, {"PolicyDocument": {"Statement": [statement]}, "Roles": [role or {"Ref": "Role"}]})


def of_role(lines: list[str]) -> list[str]:
    return [line for line in lines if "its statements change" not in line and "Policy is deleted" not in line]


def arn(logical_id: str, suffix: str = "") -> dict[str, Any]:
    return {"Fn::Join": ["", [{"Fn::GetAtt": [logical_id, "Arn"]}, suffix]]}


def test_rights_count_over_all_policies_of_a_role() -> None:
    role = one(ROLE, trusted_by(None))
    old = {"Role": role, "Policy": allows(["s3:GetObject", "s3:ListBucket"], "*")}
    moved = {"Role": one(ROLE, {**trusted_by(None), "Policies": [allows("s3:GetObject", "*")["Properties"]]})}
    moved["Policy"] = allows("s3:ListBucket", "*")
    assert not any("may no longer" in line for line in said(stack(old), stack(moved)))
    fewer = {"Role": role, "Policy": allows("s3:GetObject", "*")}
    assert of_role(said(stack(old), stack(fewer))) == ["visible: Role may no longer s3:ListBucket"]


def test_a_service_role_needs_what_something_that_uses_it_names() -> None:
    def side(prefix: str, *keys: str) -> dict[str, Any]:
        s3 = {"RoleARN": arn("Role"), "BucketARN": arn("Bucket"), "Prefix": prefix}
        return {
            "Bucket": one("AWS::S3::Bucket"),
            "Role": one(ROLE, trusted_by("firehose.amazonaws.com")),
            "Policy": allows("s3:PutObject", [arn("Bucket", key) for key in keys]),
            "Stream": one(STREAM, {"ExtendedS3DestinationConfiguration": s3}),
        }

    both = stack(side("events/!{timestamp:yyyy}/", "/events/*", "/errors/*"))
    assert of_role(said(both, stack(side("events/!{timestamp:yyyy}/", "/events/*")))) == [
        "safe: Role has fewer rights, none that anything which uses the role needs: s3:PutObject"
    ]
    assert of_role(said(both, stack(side("events/!{timestamp:yyyy}/", "/errors/*")))) == [
        "interruption: Role may no longer s3:PutObject on ${Bucket}/events/*"
    ]
    # A folder inside of the one that was.
    inner = side("events/app/!{timestamp:yyyy}/", "/events/app/*")
    unneeded = "safe: Role has fewer rights, none that anything which uses the role needs: s3:PutObject"
    assert unneeded in said(both, stack(inner))
    outside = side("events/app/!{timestamp:yyyy}/", "/events/web/*")
    assert "interruption: Role may no longer s3:PutObject on ${Bucket}/events/*" in said(both, stack(outside))


def test_a_conversion_that_goes_on_needs_the_catalog() -> None:
    def side(*, allowed: bool, conversion: dict[str, Any] | None) -> dict[str, Any]:
        s3 = {"RoleARN": arn("Role")} | ({"DataFormatConversionConfiguration": conversion} if conversion else {})
        return {
            "Role": one(ROLE, trusted_by("firehose.amazonaws.com")),
            "Policy": allows(["glue:GetTable"] if allowed else ["logs:PutLogEvents"], "*"),
            "Stream": one(STREAM, {"ExtendedS3DestinationConfiguration": s3}),
        }

    old = stack(side(allowed=True, conversion={"Enabled": True}))
    vanished, off = (stack(side(allowed=False, conversion=one)) for one in (None, {"Enabled": False}))
    assert "interruption: Role may no longer glue:GetTable" in said(old, vanished)
    assert not any("may no longer" in line for line in said(old, off))


def test_readers_keep_decrypt_on_a_key_that_is_left() -> None:
    def side(*keys: str) -> dict[str, Any]:
        policy = allows("kms:Decrypt", [arn(key) for key in keys])
        keep = {"DeletionPolicy": "Retain"}
        return {"Role": one(ROLE, trusted_by(None)), "Policy": policy} | {
            key: one("AWS::KMS::Key", {"Description": key}, **keep) for key in keys
        }

    lines = said(stack(side("Old")), stack(side("New")))
    assert "visible: Role may no longer kms:Decrypt on Old" in lines


def test_managed_policies_and_roles_made_elsewhere_count_too() -> None:
    old, new = ({**trusted_by(None), "ManagedPolicyArns": arns} for arns in (["arn:a", "arn:b"], ["arn:a"]))
    lines = change(ROLE, old, new)
    assert "visible: It loses the rights of the managed policy arn:b" in lines
    elsewhere = {"Policy": allows("s3:GetObject", "*", "analysts")}
    assert "visible: analysts may no longer s3:GetObject" in said(stack(elsewhere), stack({}))


def test_what_a_role_may_more_is_safe() -> None:
    role = one(ROLE, trusted_by(None))
    old, new = ({"Role": role, "Policy": allows(actions, "*")} for actions in (["a:B"], ["a:B", "a:C"]))
    assert said(stack(old), stack(new)) == [
        "safe: Policy its statements change; rights that its roles lose are listed with the roles"
    ]


def test_a_service_that_may_no_longer_take_a_role_is_cut_off() -> None:
    lines = change(ROLE, trusted_by("lambda.amazonaws.com"), trusted_by("firehose.amazonaws.com"))
    assert lines == ["interruption: It lambda.amazonaws.com may no longer sts:AssumeRole"]


def test_a_role_of_another_name_has_another_arn() -> None:
    (line,) = change(ROLE, {"RoleName": "a"}, {"RoleName": "b"})
    assert line.startswith("visible: It is replaced, since RoleName changes; the new one has another ARN")


def test_a_role_of_people_is_missed_and_one_of_a_service_goes_with_what_uses_it() -> None:
    assert goes(ROLE, trusted_by(None)) == ["visible: It is deleted: nobody can assume it any more"]
    assert goes(ROLE, trusted_by("lambda.amazonaws.com")) == ["safe: It is deleted"]


TLS = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"tls": False}}}
LOGS = {
    "Effect": "Allow",
    "Principal": {"Service": "logging.s3.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "*",
}


def bucket_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": list(statements)}}


def test_a_policy_of_a_bucket_says_who_may_do_what() -> None:
    bucket = one("AWS::S3::Bucket")
    lines = change("AWS::S3::BucketPolicy", bucket_policy(TLS, LOGS), bucket_policy(TLS), Bucket=bucket)
    assert lines == ["interruption: It logging.s3.amazonaws.com may no longer s3:PutObject"]
    lines = change("AWS::S3::BucketPolicy", bucket_policy(TLS, LOGS), bucket_policy(LOGS), Bucket=bucket)
    assert lines == ['visible: It no longer refuses s3:* where {"Bool": {"tls": "false"}}']
    lines = change("AWS::S3::BucketPolicy", bucket_policy(LOGS), bucket_policy(TLS, LOGS), Bucket=bucket)
    assert lines == ["visible: It everybody is now refused s3:* under its condition"]
    lines = change("AWS::S3::BucketPolicy", bucket_policy(LOGS), bucket_policy({**LOGS, "Sid": "Logs"}), Bucket=bucket)
    assert lines == ["safe: It its statements are written in another way, or allow more"]


def test_what_is_opened_to_everybody_is_seen() -> None:
    public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    bucket = one("AWS::S3::Bucket")
    assert change("AWS::S3::BucketPolicy", bucket_policy(TLS), bucket_policy(TLS, public), Bucket=bucket) == [
        "visible: It everybody may now s3:GetObject"
    ]


def test_a_policy_goes_with_its_bucket_or_leaves_it_alone() -> None:
    policy = one("AWS::S3::BucketPolicy", bucket_policy(TLS))
    for keep, line in (
        ({}, "safe: Policy is deleted, with Bucket"),
        (
            {"DeletionPolicy": "Retain"},
            "visible: Policy is deleted, and Bucket stays without it: all that it allowed and refused ends",
        ),
    ):
        assert line in said(stack({"Bucket": one("AWS::S3::Bucket", **keep), "Policy": policy}), stack({}))


def test_a_new_refusal_on_a_bucket_that_is_there_is_seen() -> None:
    bucket, policy = one("AWS::S3::Bucket"), one("AWS::S3::BucketPolicy", bucket_policy(TLS))
    seen = "visible: Policy everybody is now refused s3:* under its condition"
    assert seen in said(stack({"Bucket": bucket}), stack({"Bucket": bucket, "Policy": policy}))
    assert seen not in said(stack({}), stack({"Bucket": bucket, "Policy": policy}))
