from __future__ import annotations

from cdk_clickstream import Encryption, S3Prefix
from support.stacks import STREAM, Synthesized, destination, new_stack, stream_in, stream_refusal


def test_a_stream_alone_delivers_raw_records() -> None:
    found = destination()
    assert found["Prefix"] == "raw/"
    assert found["CompressionFormat"] == "UNCOMPRESSED"
    assert found["BufferingHints"] == {"SizeInMBs": 5, "IntervalInSeconds": 300}
    assert found["S3BackupMode"] == "Disabled"


def test_each_option_that_is_off_says_so() -> None:
    """facts/firehose.md#updates, facts/cloudformation.md#delivery-stream: an update keeps the value of a member that
    is left out.
    """
    found = destination()
    assert found["ProcessingConfiguration"] == {"Enabled": False, "Processors": []}
    assert found["DataFormatConversionConfiguration"] == {"Enabled": False}
    assert found["FileExtension"] == ""
    assert found["CustomTimeZone"] == "UTC"


def test_an_error_prefix_is_always_set(reference: Synthesized) -> None:
    """facts/firehose.md#prefixes: without one, sources disagree where failures land."""
    for stream in reference.of_type(STREAM).values():
        found = stream["Properties"]["ExtendedS3DestinationConfiguration"]
        assert found["ErrorOutputPrefix"].startswith("errors/")
        assert "!{firehose:error-output-type}" in found["ErrorOutputPrefix"]


def test_buffers_are_encrypted_by_default(reference: Synthesized) -> None:
    for stream in reference.of_type(STREAM).values():
        assert stream["Properties"]["DeliveryStreamEncryptionConfigurationInput"] == {"KeyType": "AWS_OWNED_CMK"}


def test_a_customer_key_encrypts_buffers_objects_and_backups(with_key: Synthesized) -> None:
    key = {"Fn::GetAtt": ["PipelineKeyF48EE773", "Arn"]}
    found = with_key.only(STREAM, "PipelineStream")
    objects = {"KMSEncryptionConfig": {"AWSKMSKeyARN": key}}
    assert found["DeliveryStreamEncryptionConfigurationInput"] == {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": key}
    assert found["ExtendedS3DestinationConfiguration"]["EncryptionConfiguration"] == objects
    backup = found["ExtendedS3DestinationConfiguration"]["S3BackupConfiguration"]
    assert backup["EncryptionConfiguration"] == objects


def test_a_stream_alone_makes_a_key_that_is_kept_and_rotated() -> None:
    stack = new_stack()
    stream_in(stack, encryption=Encryption.kms())
    (key,) = Synthesized(stack).of_type("AWS::KMS::Key").values()
    assert key["DeletionPolicy"] == "RetainExceptOnCreate"
    assert key["Properties"]["EnableKeyRotation"] is True


def test_a_data_prefix_is_checked_as_one() -> None:
    assert "in an error prefix only" in stream_refusal(prefix=S3Prefix("raw/!{firehose:error-output-type}/"))


def test_an_error_prefix_is_checked_as_one() -> None:
    assert "must hold" in stream_refusal(error_prefix=S3Prefix("errors/!{timestamp:yyyy}/"))


def test_the_escape_hatch_reaches_what_has_no_option() -> None:
    stack = new_stack()
    stream_in(stack).resource.add_property_override("DirectPutSourceConfiguration.ThroughputHintInMBs", 5)
    assert Synthesized(stack).only(STREAM)["DirectPutSourceConfiguration"] == {"ThroughputHintInMBs": 5}
