from __future__ import annotations

from typing import Any

import pytest

from support.plans import change, goes, one, said, stack

STREAM = "AWS::KinesisFirehose::DeliveryStream"
FUNCTION = one("AWS::Lambda::Function")
CALLS = {
    "Enabled": True,
    "Processors": [
        {
            "Type": "Lambda",
            "Parameters": [
                {"ParameterName": "LambdaArn", "ParameterValue": {"Fn::GetAtt": ["Function", "Arn"]}},
                {"ParameterName": "BufferIntervalInSeconds", "ParameterValue": "90"},
            ],
        }
    ],
}
SCHEMA = {"DatabaseName": "lake", "TableName": "events", "VersionId": "LATEST"}
PARQUET = {
    "Enabled": True,
    "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {}}},
    "SchemaConfiguration": SCHEMA,
}
PARTITIONED, UNPARTITIONED, PATIENT = (
    {"DynamicPartitioningConfiguration": one}
    for one in ({"Enabled": True}, {"Enabled": False}, {"Enabled": True, "RetryOptions": {"DurationInSeconds": 9}})
)
KEY = {"KMSEncryptionConfig": {"AWSKMSKeyARN": "key-1"}}
OTHER_KEY = {"KMSEncryptionConfig": {"AWSKMSKeyARN": "key-2"}}


def stream(**destination: Any) -> dict[str, Any]:
    return {"ExtendedS3DestinationConfiguration": destination}


def destination(old: dict[str, Any], new: dict[str, Any], **others: Any) -> list[str]:
    return change(STREAM, stream(**old), stream(**new), **others)


@pytest.mark.parametrize(
    ("member", "value", "shown"),
    [
        ("CompressionFormat", "GZIP", "GZIP"),
        ("CustomTimeZone", "Europe/Berlin", "Europe/Berlin"),
        ("FileExtension", ".json.gz", ".json.gz"),
        ("Prefix", "events/", "events/"),
        ("ErrorOutputPrefix", "errors/", "errors/"),
        ("BufferingHints", {"SizeInMBs": 64, "IntervalInSeconds": 60}, "64 MiB or 60 s"),
        ("EncryptionConfiguration", KEY, '{"KMSEncryptionConfig": {"AWSKMSKeyARN": "key-1"}}'),
        ("DataFormatConversionConfiguration", PARQUET, "objects are Parquet"),
        ("ProcessingConfiguration", CALLS, "processors Lambda"),
        ("CloudWatchLoggingOptions", {"Enabled": True}, '{"Enabled": "true"}'),
    ],
)
def test_a_member_that_vanishes_goes_on(member: str, value: Any, shown: str) -> None:
    (line,) = destination({member: value}, {}, Function=FUNCTION)
    assert line == f"visible: It {member} vanishes, and goes on: {shown}"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("ProcessingConfiguration", {"Enabled": False}),
        ("DataFormatConversionConfiguration", {"Enabled": False}),
        ("CustomTimeZone", "UTC"),
        ("FileExtension", ""),
        ("CompressionFormat", "UNCOMPRESSED"),
        ("EncryptionConfiguration", {"NoEncryptionConfig": "NoEncryption"}),
    ],
)
def test_a_member_that_is_off_may_vanish_and_may_be_written_out(member: str, value: Any) -> None:
    (gone,), (written,) = destination({member: value}, {}), destination({}, {member: value})
    assert gone.startswith(f"safe: It {member} is left out, and stays ")
    assert written.startswith(f"safe: It {member} is written out as ")


def test_a_vanished_transform_goes_on_calling_a_function_that_is_deleted() -> None:
    old = {"It": one(STREAM, stream(ProcessingConfiguration=CALLS)), "Function": FUNCTION}
    assert said(stack(old), stack({"It": one(STREAM, stream())}))[0] == (
        "interruption: It ProcessingConfiguration vanishes, and goes on: it calls Function, which this deployment "
        "deletes. Every record ends below processing-failed in the error prefix, none among the rows"
    )


def test_what_vanishes_is_known_even_if_a_part_of_it_is_not() -> None:
    parameters = {"Parameters": {"Seconds": {"Type": "Number"}}}
    hints = stream(BufferingHints={"SizeInMBs": 5, "IntervalInSeconds": {"Ref": "Seconds"}})
    assert said(
        stack({"It": one(STREAM, hints)}, **parameters), stack({"It": one(STREAM, stream())}, **parameters)
    ) == ["visible: It BufferingHints vanishes, and goes on: 5 MiB or a value that depends on parameter Seconds s"]


def test_a_vanished_conversion_refuses_compression() -> None:
    lines = destination({"DataFormatConversionConfiguration": PARQUET}, {"CompressionFormat": "GZIP"})
    assert lines[0].startswith("refused: It is not updated: conversion is still on, and Firehose refuses")


def test_a_transform_that_is_switched_off_in_so_many_words_is_off() -> None:
    (line,) = destination(
        {"ProcessingConfiguration": CALLS}, {"ProcessingConfiguration": {"Enabled": False}}, Function=FUNCTION
    )
    assert line == "visible: It calls no function any more: rows are what producers send, from now on"


def test_a_function_that_goes_with_the_switch_may_still_be_called() -> None:
    old = {"It": one(STREAM, stream(ProcessingConfiguration=CALLS)), "Function": FUNCTION}
    new = {"It": one(STREAM, stream(ProcessingConfiguration={"Enabled": False}))}
    assert said(stack(old), stack(new))[0] == (
        "interruption: It may still call Function for some minutes, which this deployment deletes: batches of these "
        "minutes end below processing-failed in the error prefix"
    )


def test_another_function_and_its_hints_are_told_apart() -> None:
    other = {
        "Enabled": True,
        "Processors": [
            {
                "Type": "Lambda",
                "Parameters": [
                    {"ParameterName": "LambdaArn", "ParameterValue": "arn:other"},
                    {"ParameterName": "BufferIntervalInSeconds", "ParameterValue": "60"},
                ],
            }
        ],
    }
    assert destination({"ProcessingConfiguration": CALLS}, {"ProcessingConfiguration": other}, Function=FUNCTION) == [
        "visible: It calls arn:other from now on in place of Function",
        "safe: It BufferIntervalInSeconds of the function changes from 90 to 60",
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "severity"),
    [
        ("BufferSizeInMBs", "1", "3", "unknown"),
        ("BufferSizeInMBs", "3", "1", "safe"),
        ("BufferSizeInMBs", "1", None, "safe"),
        ("NumberOfRetries", "3", "0", "visible"),
        ("NumberOfRetries", "0", "3", "safe"),
        ("BufferIntervalInSeconds", "60", "900", "safe"),
        ("RoleArn", "a", "b", "unknown"),
    ],
)
def test_hints_of_the_function(name: str, old: str, new: str | None, severity: str) -> None:
    def calls(value: str | None) -> dict[str, Any]:
        parameters = [{"ParameterName": name, "ParameterValue": value}] if value else []
        processors = [{"Type": "Lambda", "Parameters": parameters}]
        return {"ProcessingConfiguration": {"Enabled": True, "Processors": processors}}

    assert [line.split(":")[0] for line in destination(calls(old), calls(new))] == [severity]


@pytest.mark.parametrize(
    ("kind", "severity"),
    [("Decompression", "unknown"), ("RecordDeAggregation", "unknown"), ("MetadataExtraction", "visible")],
)
def test_other_processors_are_known_or_unknown(kind: str, severity: str) -> None:
    with_it = {"ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": kind, "Parameters": []}]}}
    off = {"ProcessingConfiguration": {"Enabled": False}}
    assert [line.split(":")[0] for line in destination(off, with_it)] == [severity]


def _processed(*processors: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"ProcessingConfiguration": {"Enabled": bool(processors), "Processors": [*processors]}, **more}


def test_newlines_between_records_come_and_go() -> None:
    """facts/firehose.md#updates: the list of processors is replaced whole; 6: what AppendDelimiterToRecord does."""
    newline = {"Type": "AppendDelimiterToRecord", "Parameters": []}
    tab = {
        "Type": "AppendDelimiterToRecord",
        "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\t"}],
    }
    assert destination(_processed(newline), _processed()) == [
        "visible: It puts no newline between records any more: those that end in none run together"
    ]
    assert destination(_processed(), _processed(newline)) == [
        "visible: It puts a newline between records from now on, as objects so far have not"
    ]
    assert destination(_processed(newline), _processed(tab)) == ["visible: It puts \\t between records from now on"]
    parquet = {"DataFormatConversionConfiguration": PARQUET}
    (unknown,) = destination(_processed(newline, **parquet), _processed(**parquet))
    assert unknown == "unknown: It the processor AppendDelimiterToRecord vanishes"


@pytest.mark.parametrize(
    ("former", "line"),
    [
        ({"CatalogId": "111122223333"}, "visible: It CatalogId of the schema vanishes, and goes on: 111122223333"),
        ({"VersionId": "3"}, "visible: It VersionId of the schema vanishes, and goes on: 3"),
        ({"VersionId": "LATEST"}, "safe: It VersionId of the schema is left out, and stays LATEST"),
        ({"Region": {"Ref": "AWS::Region"}}, "safe: It Region of the schema is left out, and stays ${AWS::Region}"),
    ],
)
def test_a_member_of_the_schema_that_vanishes_goes_on(former: dict[str, Any], line: str) -> None:
    """facts/firehose.md#updates: the conversion is merged member by member."""
    plain = {name: value for name, value in SCHEMA.items() if name != "VersionId"}
    old, new = (
        {"DataFormatConversionConfiguration": {**PARQUET, "SchemaConfiguration": one}}
        for one in ({**plain, **former}, plain)
    )
    assert destination(old, new) == [line]


def test_parquet_to_orc_are_two_formats_under_one_prefix() -> None:
    orc = {**PARQUET, "OutputFormatConfiguration": {"Serializer": {"OrcSerDe": {}}}}
    (line,) = destination({"DataFormatConversionConfiguration": PARQUET}, {"DataFormatConversionConfiguration": orc})
    assert line == "visible: It new objects are ORC, those so far are Parquet, under one prefix"


@pytest.mark.parametrize(
    ("member", "value", "line"),
    [
        ("SchemaConfiguration", {**SCHEMA, "TableName": "new"}, "visible: It columns are those of new"),
        (
            "SchemaConfiguration",
            {**SCHEMA, "VersionId": "3"},
            "visible: It columns are those of the table's version 3 from now on, of LATEST until now",
        ),
        (
            "SchemaConfiguration",
            {**SCHEMA, "Region": "us-east-1"},
            "visible: It columns are those of the table in region us-east-1 from now on, of the one in ${AWS::Region}",
        ),
        ("SchemaConfiguration", {**SCHEMA, "CatalogId": {"Ref": "AWS::AccountId"}}, "safe: It CatalogId of the schema"),
        (
            "SchemaConfiguration",
            {**SCHEMA, "CatalogId": "111122223333"},
            "visible: It columns are those of the table in account 111122223333",
        ),
        (
            "OutputFormatConfiguration",
            {"Serializer": {"ParquetSerDe": {"PageSizeBytes": 9}}},
            "safe: It the serializer",
        ),
        ("InputFormatConfiguration", {"Deserializer": {"HiveJsonSerDe": {}}}, "unknown: It reads JSON with"),
    ],
)
def test_details_of_the_conversion(member: str, value: dict[str, Any], line: str) -> None:
    old, new = ({"DataFormatConversionConfiguration": one} for one in (PARQUET, {**PARQUET, member: value}))
    (found,) = destination(old, new)
    assert found.startswith(line)


@pytest.mark.parametrize(
    ("old", "new", "severity"),
    [
        ({}, PARTITIONED, "refused"),
        (PARTITIONED, UNPARTITIONED, "refused"),
        (PARTITIONED, {}, "refused"),
        (PARTITIONED, PATIENT, "safe"),
        ({"S3BackupMode": "Disabled"}, {"S3BackupMode": "Enabled"}, "irreversible"),
        ({}, {"S3BackupMode": "Enabled"}, "irreversible"),
        ({"S3BackupMode": "Enabled"}, {"S3BackupMode": "Disabled"}, "refused"),
        ({"S3BackupMode": "Enabled"}, {}, "visible"),
        ({}, {"S3BackupMode": "Disabled"}, "safe"),
    ],
)
def test_one_way_doors(old: dict[str, Any], new: dict[str, Any], severity: str) -> None:
    assert [line.split(":")[0] for line in destination(old, new)] == [severity]


def test_keys_of_objects() -> None:
    assert destination({"EncryptionConfiguration": KEY}, {"EncryptionConfiguration": OTHER_KEY}) == [
        "visible: It objects from now on are encrypted with key-2; those so far still need key-1"
    ]
    none = {"EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"}}
    assert destination({"EncryptionConfiguration": KEY}, none) == [
        "visible: It objects from now on are encrypted by the bucket's default; those so far still need key-1"
    ]
    assert destination(none, {"EncryptionConfiguration": KEY}) == [
        "visible: It objects from now on are encrypted with key-1: their readers need kms:Decrypt on it"
    ]


def test_keys_of_buffers() -> None:
    own = {"DeliveryStreamEncryptionConfigurationInput": {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": "key-1"}}
    aws = {"DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"}}
    assert change(STREAM, aws, own)[0].startswith("visible: It buffers are encrypted with key-1: every producer needs")
    assert change(STREAM, own, aws) == ["safe: It buffers are encrypted with a key of AWS's"]
    assert change(STREAM, aws, {}) == ["visible: It buffers are no longer encrypted by Firehose"]


def test_a_deleted_stream_loses_what_waits_in_its_buffers() -> None:
    properties = stream(BufferingHints={"IntervalInSeconds": 200, "SizeInMBs": 1}, ProcessingConfiguration=CALLS)
    assert goes(STREAM, properties) == [
        "data-loss: It is deleted: the records in its buffers, up to 290 s of them, are lost",
        "interruption: It has its name no more: producers outside of this stack are answered ResourceNotFoundException",
    ]
    assert "up to 300 s" in goes(STREAM)[0]
    assert "up to 900 s" in goes(STREAM, stream(BufferingHints={"IntervalInSeconds": {"Ref": "Seconds"}}))[0]


def test_a_stream_on_kinesis_that_is_replaced_skips_what_it_did_not_read() -> None:
    old, new = ({"KinesisStreamSourceConfiguration": {"KinesisStreamARN": arn}} for arn in ("arn:a", "arn:b"))
    lines = change(STREAM, old, new)
    assert [line.split(":")[0] for line in lines] == ["data-loss", "data-loss"]
    assert "begins to read the Kinesis stream at its latest record" in lines[1]


def test_a_replaced_stream_is_made_without_what_is_left_out() -> None:
    old = {**stream(ProcessingConfiguration=CALLS), "DeliveryStreamType": "DirectPut"}
    new = {**stream(), "DeliveryStreamType": "KinesisStreamAsSource"}
    lines = change(STREAM, old, new, Function=FUNCTION)
    assert any(line.startswith("visible: It has ProcessingConfiguration no more") for line in lines)
    assert not any("goes on" in line for line in lines)


def test_the_bucket_and_the_role_of_a_stream() -> None:
    assert destination({"BucketARN": "arn:a"}, {"BucketARN": "arn:b"}) == [
        "visible: It delivers to arn:b from now on; objects so far stay in arn:a"
    ]
    assert destination({"RoleARN": "arn:a"}, {"RoleARN": "arn:b"}) == ["unknown: It delivers as arn:b, not as arn:a"]


def test_a_bucket_that_is_replaced_is_another_bucket_for_the_stream() -> None:
    arn = {"Fn::GetAtt": ["Bucket", "Arn"]}
    old, new = (
        {"Bucket": one("AWS::S3::Bucket", {"BucketNamePrefix": name}), "It": one(STREAM, stream(BucketARN=arn))}
        for name in "ab"
    )
    assert said(stack(old), stack(new))[0] == (
        "visible: It delivers to the new Bucket from now on; objects so far stay in Bucket"
    )


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            {"RetentionPeriodHours": 48},
            {"RetentionPeriodHours": 24},
            "data-loss: It keeps records for 24 h, 48 h before",
        ),
        ({"RetentionPeriodHours": 48}, {}, "data-loss: It keeps records for 24 h, 48 h before"),
        ({}, {"RetentionPeriodHours": 48}, "safe: It keeps records for 48 h, 24 h before"),
        ({"ShardCount": 4}, {"ShardCount": 2}, "interruption: It has 2 shards, 4 before: records beyond them"),
        ({"ShardCount": 2}, {"ShardCount": 4}, "safe: It has 4 shards, 2 before"),
        ({}, {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}, "safe: It scales by itself from now on"),
        (
            {},
            {"StreamModeDetails": {"StreamMode": "PROVISIONED"}},
            "safe: It its capacity mode is written as PROVISIONED",
        ),
        ({"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}, {}, "interruption: It scales by itself no more"),
        ({}, {"StreamEncryption": {"KeyId": "k"}}, "visible: It records are encrypted by"),
    ],
)
def test_a_kinesis_stream_changes_in_place(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (found,) = change("AWS::Kinesis::Stream", old, new)
    assert found.startswith(line)


def test_a_deleted_kinesis_stream_loses_its_records() -> None:
    assert goes("AWS::Kinesis::Stream") == [
        "data-loss: It is deleted: every record that it retains is lost, read or not"
    ]
