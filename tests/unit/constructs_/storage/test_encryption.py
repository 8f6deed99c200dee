"""A key for everything, or one for each of: what is buffered, the objects, rejected events, backups."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from cdk_clickstream import AccessLog, Encryption, Queries, Source, SourceBackup
from support.stacks import STREAM, Synthesized, destination_of, flat, new_stack, pipeline, pipeline_in, stream_in


def key(stack: cdk.Stack, name: str) -> kms.IKey:
    return kms.Key.from_key_arn(stack, name, arn(name))


def arn(name: str) -> str:
    return f"arn:aws:kms:eu-west-1:111122223333:key/{name}"


def buffers(found: Synthesized, part: str) -> dict[str, str]:
    properties: dict[str, str] = found.only(STREAM, part)["DeliveryStreamEncryptionConfigurationInput"]
    return properties


def kms_config(name: str) -> dict[str, dict[str, str]]:
    return {"KMSEncryptionConfig": {"AWSKMSKeyARN": arn(name)}}


def keys_of(found: Synthesized, role: str) -> set[str]:
    """Every key that the policies of a role name."""
    return {
        flat(one["Resource"])
        for one in found.statements(role).values()
        if "kms:" in str(one["Action"]) and isinstance(one["Resource"], str | dict)
    }


@pytest.fixture(scope="module")
def apart() -> Synthesized:
    """A key each for buffers, objects, rejected events and backups, and readers and producers of all of it."""
    stack = new_stack()
    made = pipeline_in(
        stack,
        encryption=Encryption.kms(
            key(stack, "buffers"), objects=key(stack, "objects"), rejected=key(stack, "rejected")
        ),
        backup=SourceBackup(key=key(stack, "backup")),
        queries=Queries(),
    )
    made.grant_put_records(iam.Role(stack, "Producer", assumed_by=iam.AccountRootPrincipal()))
    made.grant_read_events(iam.Role(stack, "Analyst", assumed_by=iam.AccountRootPrincipal()))
    return Synthesized(stack)


def test_readers_keep_their_right_on_a_key_that_is_left() -> None:
    """Older objects stay encrypted by it; nobody writes with it any more."""
    stack = new_stack()
    encryption = Encryption.aws_managed().with_former_keys(key(stack, "former"))
    pipeline_in(stack, encryption=encryption).grant_read_events(
        iam.Role(stack, "Analyst", assumed_by=iam.AccountRootPrincipal())
    )
    found = Synthesized(stack)
    assert keys_of(found, "Analyst") == {arn("former")}
    assert keys_of(found, "StreamRole") == set()


@pytest.mark.parametrize("part", ["PipelineStream", "PipelineRejectStream"])
def test_what_the_streams_buffer_has_its_own_key(apart: Synthesized, part: str) -> None:
    """facts/firehose.md#stream-encryption."""
    assert buffers(apart, part) == {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": arn("buffers")}


def test_events_rejected_events_and_backups_have_theirs(apart: Synthesized) -> None:
    """facts/cloudformation.md#delivery-stream: one EncryptionConfiguration of a destination, and one of the backup
    beside it.
    """
    assert destination_of(apart, "PipelineStream")["EncryptionConfiguration"] == kms_config("objects")
    assert destination_of(apart, "PipelineRejectStream")["EncryptionConfiguration"] == kms_config("rejected")
    backup = destination_of(apart)["S3BackupConfiguration"]
    assert backup["EncryptionConfiguration"] == kms_config("backup")


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        ("PipelineStreamRole", {"objects", "backup"}),
        ("PipelineRejectStreamRole", {"rejected"}),
        ("PipelineIngestRole", {"buffers"}),
        ("PipelineTransformRole", {"buffers"}),
        ("PipelineOverflow", {"buffers"}),
        ("Producer", {"buffers"}),
        ("Analyst", {"objects"}),
    ],
)
def test_each_role_uses_the_keys_of_what_it_touches_and_no_other(
    apart: Synthesized, role: str, wanted: set[str]
) -> None:
    """facts/iam.md#delivery-role, facts/firehose.md#stream-encryption."""
    assert keys_of(apart, role) == {arn(name) for name in wanted}


def test_the_own_bucket_and_the_results_default_to_the_key_of_the_objects(apart: Synthesized) -> None:
    for part in ("PipelineBucket5", "Results"):
        rules = apart.only("AWS::S3::Bucket", part)["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rules[0]["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == arn("objects")


def test_objects_need_not_have_the_default_key_of_a_bucket_that_is_passed_in() -> None:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_attributes(stack, "Lake", bucket_name="lake", encryption_key=key(stack, "lake"))
    pipeline_in(stack, encryption=Encryption.kms(key(stack, "buffers"), objects=key(stack, "objects")), bucket=bucket)
    found = Synthesized(stack)
    assert destination_of(found, "PipelineStream")["EncryptionConfiguration"] == kms_config("objects")
    assert keys_of(found, "PipelineStreamRole") == {arn("objects")}


def test_rejected_events_have_the_key_of_the_objects_unless_told_otherwise() -> None:
    stack = new_stack()
    pipeline_in(stack, encryption=Encryption.kms(key(stack, "buffers"), objects=key(stack, "objects")))
    assert destination_of(Synthesized(stack), "PipelineRejectStream")["EncryptionConfiguration"] == kms_config(
        "objects"
    )


def test_a_new_key_is_made_for_the_buffers_beside_a_given_one_for_objects() -> None:
    stack = new_stack()
    made = pipeline_in(stack, encryption=Encryption.kms(objects=key(stack, "objects")))
    found = Synthesized(stack)
    (new,) = found.of_type("AWS::KMS::Key")
    assert buffers(found, "PipelineStream")["KeyARN"] == {"Fn::GetAtt": [new, "Arn"]}
    assert destination_of(found, "PipelineStream")["EncryptionConfiguration"] == kms_config("objects")
    assert made.object_key is not None
    assert made.object_key.key_arn == arn("objects")


@pytest.fixture(scope="module")
def objects_only() -> Synthesized:
    stack = new_stack()
    made = pipeline_in(stack, encryption=Encryption.objects_only(key(stack, "objects")))
    made.grant_put_records(iam.Role(stack, "Producer", assumed_by=iam.AccountRootPrincipal()))
    return Synthesized(stack)


def test_with_a_key_for_objects_only_buffers_have_one_that_aws_owns(objects_only: Synthesized) -> None:
    for part in ("PipelineStream", "PipelineRejectStream"):
        assert buffers(objects_only, part) == {"KeyType": "AWS_OWNED_CMK"}
        assert destination_of(objects_only, part)["EncryptionConfiguration"] == kms_config("objects")


@pytest.mark.parametrize("role", ["PipelineIngestRole", "PipelineTransformRole", "PipelineOverflow", "Producer"])
def test_with_a_key_for_objects_only_nobody_who_puts_records_holds_a_right_on_it(
    objects_only: Synthesized, role: str
) -> None:
    assert keys_of(objects_only, role) == set()
    assert objects_only.statements(role)


def test_a_kinesis_stream_made_here_has_a_key_only_where_buffers_have_one() -> None:
    """facts/firehose.md#stream-encryption: with a Kinesis source the Kinesis stream is what is encrypted."""
    types = []
    for encryption in (Encryption.kms(), Encryption.objects_only()):
        stack = new_stack()
        pipeline_in(stack, encryption=encryption, source=Source.kinesis())
        types.append(Synthesized(stack).only("AWS::Kinesis::Stream")["StreamEncryption"]["KeyId"])
    assert isinstance(types[0], dict)
    assert types[1] == "alias/aws/kinesis"


LOGS = "AWS::Logs::LogGroup"


def test_log_groups_are_encrypted_by_the_key_only_when_asked_for() -> None:
    found = pipeline(encryption=Encryption.kms(), access_log=AccessLog())
    assert not [one for one in found.of_type(LOGS).values() if "KmsKeyId" in one["Properties"]]


@pytest.mark.parametrize("encryption", [Encryption.kms(logs=True), Encryption.objects_only(logs=True)])
def test_one_key_encrypts_every_new_log_group_and_lets_cloudwatch_logs_use_it_for_them(encryption: Encryption) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html."""
    found = pipeline(encryption=encryption, access_log=AccessLog())
    ((id_, key),) = found.of_type("AWS::KMS::Key").items()
    groups = [one["Properties"]["KmsKeyId"] for one in found.of_type(LOGS).values()]
    assert groups == [{"Fn::GetAtt": [id_, "Arn"]}] * 4
    allowed = [one for one in key["Properties"]["KeyPolicy"]["Statement"] if "logs." in flat_principal(one)]
    (statement,) = allowed
    assert flat_principal(statement) == "logs.<AWS::Region>.amazonaws.com"
    assert statement["Action"] == [
        "kms:Decrypt",
        "kms:Describe*",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
    ]
    (condition,) = statement["Condition"]["ArnLike"].items()
    assert (condition[0], flat(condition[1])) == (
        "kms:EncryptionContext:aws:logs:arn",
        "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:*",
    )


def flat_principal(statement: dict[str, Any]) -> str:
    return flat(next(iter(statement["Principal"].values())))


def test_a_log_group_that_is_passed_in_keeps_its_key() -> None:
    stack = new_stack()
    stream_in(
        stack,
        encryption=Encryption.kms(logs=True),
        log_group=logs.LogGroup.from_log_group_name(stack, "Errors", "/team/errors"),
    )
    (key,) = Synthesized(stack).of_type("AWS::KMS::Key").values()
    assert "logs." not in str(key["Properties"]["KeyPolicy"])
