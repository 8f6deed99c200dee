from __future__ import annotations

from typing import Any

from aws_cdk import RemovalPolicy

from cdk_clickstream import ApiAuth, ClickstreamPipeline
from support.stacks import REASON, Synthesized, flat, new_stack

BUCKET = "AWS::S3::Bucket"
EVENTS, LOG = "PipelineBucket5BC3F8EA", "PipelineBucketAccessLog4AA965FD"


def bucket(found: Synthesized, id_: str = EVENTS) -> dict[str, Any]:
    return found.of_type(BUCKET)[id_]


def test_both_buckets_are_private_and_kept(reference: Synthesized) -> None:
    for one in reference.of_type(BUCKET).values():
        assert set(one["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        assert (one["DeletionPolicy"], one["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_both_buckets_refuse_plain_http_and_old_tls(reference: Synthesized) -> None:
    for policy in reference.of_type("AWS::S3::BucketPolicy").values():
        statements = policy["Properties"]["PolicyDocument"]["Statement"]
        conditions = [one["Condition"] for one in statements if one["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in conditions
        assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in conditions


def test_events_are_versioned_and_encrypted(reference: Synthesized, with_key: Synthesized) -> None:
    assert bucket(reference)["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket(reference)["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    (rule,) = bucket(with_key)["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_backups_and_errors_expire_with_their_old_versions(reference: Synthesized) -> None:
    """30 and 90 days, for they hold raw addresses and payloads."""
    rules = bucket(reference)["Properties"]["LifecycleConfiguration"]["Rules"]
    by_prefix = {rule.get("Prefix"): rule for rule in rules}
    assert by_prefix["backup/"]["ExpirationInDays"] == 30
    assert by_prefix["errors/"]["ExpirationInDays"] == 90
    for prefix in ("backup/", "errors/"):
        assert by_prefix[prefix]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_events_themselves_never_expire(reference: Synthesized) -> None:
    rules = bucket(reference)["Properties"]["LifecycleConfiguration"]["Rules"]
    (rest,) = [rule for rule in rules if "Prefix" not in rule]
    assert "ExpirationInDays" not in rest
    assert rest["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_access_is_logged_into_another_bucket_by_policy(reference: Synthesized) -> None:
    assert bucket(reference)["Properties"]["LoggingConfiguration"]["DestinationBucketName"] == {"Ref": LOG}
    assert "LoggingConfiguration" not in bucket(reference, LOG)["Properties"]
    assert "AccessControl" not in bucket(reference, LOG)["Properties"]
    statements = reference.only("AWS::S3::BucketPolicy", "AccessLog")["PolicyDocument"]["Statement"]
    (allowed,) = [one for one in statements if one["Effect"] == "Allow"]
    assert allowed["Action"] == "s3:PutObject"
    assert allowed["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert flat(allowed["Resource"]) == f"<{LOG}.Arn>/events/*"
    assert allowed["Condition"]["ArnLike"] == {"aws:SourceArn": {"Fn::GetAtt": [EVENTS, "Arn"]}}


def test_a_team_may_have_its_data_go_with_the_stack() -> None:
    stack = new_stack()
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.public(reason=REASON), removal_policy=RemovalPolicy.DESTROY)
    found = Synthesized(stack)
    for type_ in (BUCKET, "AWS::Logs::LogGroup"):
        assert {one["DeletionPolicy"] for one in found.of_type(type_).values()} == {"Delete"}
