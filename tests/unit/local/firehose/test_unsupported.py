"""What does not run here is named with the logical id, never left out in silence."""

from __future__ import annotations

from typing import Any

import pytest

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:"


def reasons(local: Any) -> list[str]:
    async def scenario() -> list[str]:
        found = local.service.unsupported(local.streams[0])
        assert all(item.logical_id == "ClicksStream" for item in found)
        return [item.reason for item in found]

    listed: list[str] = local.run(scenario)
    return listed


def processor(kind: str, **parameters: str) -> dict[str, Any]:
    listed = [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]
    return {"Type": kind, "Parameters": listed}


def conversion(**changes: Any) -> dict[str, Any]:
    return {
        "SchemaConfiguration": {"DatabaseName": "web", "TableName": "events", "RoleARN": "arn:r"},
        "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
        "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {}}},
    } | changes


@pytest.mark.parametrize(
    ("s3", "reason"),
    [
        ({"CompressionFormat": "SNAPPY"}, "CompressionFormat is 'SNAPPY'; it must be one of UNCOMPRESSED, GZIP"),
        ({"Prefix": "!{timestamp:yyyy}/", "ErrorOutputPrefix": ""}, "ErrorOutputPrefix cannot be null or empty"),
        ({"Prefix": "x/!{partitionKeyFromLambda:k}/"}, "partition keys, which need dynamic partitioning"),
        ({"BufferingHints": {"SizeInMBs": 129}}, "BufferingHints.SizeInMBs is 129: it must be between 1 and 128"),
        ({"BufferingHints": {"IntervalInSeconds": 901}}, "IntervalInSeconds is 901: it must be between 0 and 900"),
        ({"FileExtension": "json"}, "FileExtension is 'json': it must be a dot and"),
        ({"CustomTimeZone": "Mars/Olympus"}, "Mars/Olympus"),
        (
            {"ProcessingConfiguration": {"Enabled": True, "Processors": [processor("Teleport")]}},
            "processor type 'Teleport': it must be one of Decompression, ",
        ),
        (
            {"ProcessingConfiguration": {"Enabled": True, "Processors": []}},
            "A maximum of 5 and a minimum of 1 processor needs to be supplied when processing is enabled.",
        ),
        (
            {
                "ProcessingConfiguration": {
                    "Enabled": True,
                    "Processors": [processor("CloudWatchLogProcessing", DataMessageExtraction="true")],
                }
            },
            "CloudWatchLogProcessingProcessor can only be enabled with DecompressionProcessor",
        ),
        (
            {
                "ProcessingConfiguration": {
                    "Enabled": True,
                    "Processors": [processor("Decompression", CompressionFormat="ZIP")],
                }
            },
            "CompressionFormat is 'ZIP': it must be GZIP",
        ),
        (
            {"ProcessingConfiguration": {"Enabled": True, "Processors": [processor("Lambda", LambdaArn=f"{ARN}gone")]}},
            f"function {ARN}gone is not in the template",
        ),
        (
            {
                "ProcessingConfiguration": {
                    "Enabled": True,
                    "Processors": [processor("Lambda", LambdaArn=f"{ARN}a")] * 2,
                }
            },
            "Cannot have more than 1 Lambda processor",
        ),
        (
            {"DataFormatConversionConfiguration": conversion(), "CompressionFormat": "GZIP"},
            "leave it out and set the serializer's Compression",
        ),
        (
            {"DataFormatConversionConfiguration": conversion(), "BufferingHints": {"SizeInMBs": 5}},
            "SizeInMBs is 5 with DataFormatConversionConfiguration: it must be at least 64",
        ),
        (
            {
                "DataFormatConversionConfiguration": conversion(
                    SchemaConfiguration={"DatabaseName": "web", "TableName": "lost", "RoleARN": "arn:r"}
                )
            },
            "Glue table web.lost, which no stack here defines",
        ),
        (
            {"DataFormatConversionConfiguration": conversion(InputFormatConfiguration={"Deserializer": {}})},
            "one of OpenXJsonSerDe and HiveJsonSerDe",
        ),
    ],
)
def test_a_destination_that_cannot_run_says_why(local: Any, s3: dict[str, Any], reason: str) -> None:
    local.stream(**s3)
    (found,) = reasons(local)
    assert reason in found


def test_another_destination_is_named(local: Any) -> None:
    stream = local.stream()
    local.streams[0] = type(stream)(
        stream.logical_id,
        stream.name,
        stream.arn,
        {"RedshiftDestinationConfiguration": {}, "DeliveryStreamType": "MSKAsSource"},
    )
    assert reasons(local) == [
        "DeliveryStreamType 'MSKAsSource': only DirectPut and KinesisStreamAsSource run here",
        "the destination is RedshiftDestinationConfiguration: only ExtendedS3DestinationConfiguration and "
        "S3DestinationConfiguration run here",
    ]


def test_a_function_that_does_not_run_here_is_named(local: Any) -> None:
    local.function("pass")
    local.functions[0] = type(local.functions[0])(
        "Fn", "transform", f"{ARN}transform", "nodejs22.x", "app.handler", local.functions[0].code_dir
    )
    configuration = {"Enabled": True, "Processors": [processor("Lambda", LambdaArn=f"{ARN}transform")]}
    local.stream(ProcessingConfiguration=configuration)
    assert reasons(local) == ["function Fn: Runtime 'nodejs22.x' does not run here: only Python functions do"]


def test_a_stream_that_does_not_run_takes_no_records(local: Any) -> None:
    local.stream(CompressionFormat="SNAPPY")

    async def scenario() -> Any:
        return await local.call("PutRecord", {"DeliveryStreamName": "clicks", "Record": {"Data": "YQ=="}})

    status, body = local.run(scenario)
    assert (status, body["__type"]) == (400, "ResourceNotFoundException")


def test_a_stream_that_runs_has_no_reasons(local: Any) -> None:
    local.stream()
    assert reasons(local) == []
