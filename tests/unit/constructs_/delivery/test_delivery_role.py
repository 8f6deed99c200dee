from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_clickstream import DeliveryStream, Encryption, Permissions, S3Prefix
from support.stacks import STREAM, Synthesized, destination_of, flat, new_stack, stream_in


def test_each_stream_is_made_after_its_roles_policy(reference: Synthesized) -> None:
    """facts/iam.md#callers: CloudFormation needs explicit dependencies on the policy."""
    for id_, stream in reference.of_type(STREAM).items():
        (dependency,) = stream["DependsOn"]
        assert reference.template["Resources"][dependency]["Type"] == "AWS::IAM::Policy"
        assert dependency.startswith(id_[:-8])


def test_each_restriction_beyond_the_guide_can_be_loosened() -> None:
    stack = new_stack()
    stream_in(stack, permissions=Permissions(object_prefixes=False, log_streams=False, external_id=False))
    found = Synthesized(stack)
    statements = found.statements("StreamRole")
    assert flat(statements["Objects"]["Resource"]) == "arn:<AWS::Partition>:s3:::lake/*"
    (group,) = found.of_type("AWS::Logs::LogGroup")
    assert flat(statements["ErrorLog"]["Resource"]) == f"<{group}.Arn>"
    (trust,) = found.only("AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert "Condition" not in trust


def test_a_bucket_that_brings_its_key_has_the_role_use_it() -> None:
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111122223333:key/k")
    bucket = s3.Bucket.from_bucket_attributes(stack, "Lake", bucket_name="lake", encryption_key=key)
    stream_in(stack, bucket=bucket, encryption=Encryption.aws_managed())
    found = Synthesized(stack)
    assert found.statements("StreamRole")["ObjectKey"]["Resource"] == "arn:aws:kms:eu-west-1:111122223333:key/k"
    assert "KMSEncryptionConfig" in destination_of(found, "")["EncryptionConfiguration"]


def test_objects_in_another_accounts_bucket_are_handed_over() -> None:
    """facts/iam.md#delivery-role: PutObjectAcl when another account owns the bucket."""
    stack = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    for name, account in (("Ours", "111122223333"), ("Theirs", "444455556666")):
        bucket = s3.Bucket.from_bucket_attributes(stack, f"{name}Bucket", bucket_name=name.lower(), account=account)
        DeliveryStream(stack, name, bucket=bucket, prefix=S3Prefix("raw/"))
    found = Synthesized(stack)
    assert "s3:PutObjectAcl" not in found.statements("OursRole")["Objects"]["Action"]
    assert "s3:PutObjectAcl" in found.statements("TheirsRole")["Objects"]["Action"]
