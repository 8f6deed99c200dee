from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis

from cdk_clickstream import Encryption, Source
from support.stacks import STREAM, Synthesized, flat, new_stack, stream_in


def allowed(found: Synthesized, part: str) -> list[tuple[Any, str]]:
    return [(one["Action"], flat(one["Resource"])) for one in found.statements(part).values()]


def test_firehose_reads_an_existing_kinesis_stream() -> None:
    stack = new_stack()
    arn = "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks"
    stream_in(stack, source=Source.kinesis(kinesis.Stream.from_stream_arn(stack, "Clicks", arn)))
    found = Synthesized(stack)
    stream = found.only(STREAM)
    assert stream["DeliveryStreamType"] == "KinesisStreamAsSource"
    assert stream["KinesisStreamSourceConfiguration"]["KinesisStreamARN"] == arn
    assert not found.of_type("AWS::Kinesis::Stream")


def test_a_kinesis_source_has_no_encryption_of_its_own() -> None:
    """facts/firehose.md#stream-encryption: not for Kinesis-source streams (encrypt the Kinesis stream instead)."""
    stack = new_stack()
    stream_in(stack, source=Source.kinesis())
    found = Synthesized(stack)
    assert "DeliveryStreamEncryptionConfigurationInput" not in found.only(STREAM)
    (kinesis_stream,) = found.of_type("AWS::Kinesis::Stream").values()
    assert kinesis_stream["Properties"]["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    assert kinesis_stream["Properties"]["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert kinesis_stream["DeletionPolicy"] == "RetainExceptOnCreate"


def test_a_new_kinesis_stream_takes_the_key_shards_and_retention() -> None:
    stack = new_stack()
    stream_in(stack, source=Source.kinesis(shards=4, retention=cdk.Duration.days(7)), encryption=Encryption.kms())
    found = Synthesized(stack)
    properties = found.only("AWS::Kinesis::Stream")
    (key,) = found.of_type("AWS::KMS::Key")
    assert properties["ShardCount"] == 4
    assert properties["RetentionPeriodHours"] == 168
    assert properties["StreamEncryption"]["KeyId"] == {"Fn::GetAtt": [key, "Arn"]}


def test_producers_put_into_the_kinesis_stream() -> None:
    """Grants follow the source."""
    stack = new_stack()
    stream = stream_in(stack, source=Source.kinesis(), encryption=Encryption.kms())
    stream.grant_put_records(iam.Role(stack, "Producer", assumed_by=iam.AccountRootPrincipal()))
    found = Synthesized(stack)
    (kinesis_stream,) = found.of_type("AWS::Kinesis::Stream")
    (key,) = found.of_type("AWS::KMS::Key")
    assert allowed(found, "Producer") == [
        (["kinesis:PutRecord", "kinesis:PutRecords"], f"<{kinesis_stream}.Arn>"),
        ("kms:GenerateDataKey", f"<{key}.Arn>"),
    ]
