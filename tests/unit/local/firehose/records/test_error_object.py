"""Error objects, member by member (facts/firehose.md#error-objects)."""

from __future__ import annotations

import base64

import pyarrow.parquet as pq

from clickstream_local.firehose.records.error_object import ERROR_OUTPUT_TYPES
from support.local_firehose import FUNCTION_ARN, LocalFirehose


def test_output_types_are_the_ones_of_an_s3_destination() -> None:
    """facts/firehose.md#error-output-types."""
    assert set(ERROR_OUTPUT_TYPES) == {
        "processing-failed",
        "format-conversion-failed",
        "metadata-extraction-failed",
        "activePartitionExceeded",
        "decompression-failed",
    }


def test_a_failed_records_error_object_has_the_services_members_in_order(local: LocalFirehose) -> None:
    """facts/firehose.md#error-objects, #disagreements: lambdaARN as in recent captures; the object has no extension."""
    local.transform("return answer(record, b'ignored', 'ProcessingFailed')", b"\x00raw")
    (error,) = local.errors("processing-failed")
    now = int(local.now * 1000)
    assert list(error.items()) == [
        ("rawData", base64.b64encode(b"\x00raw").decode()),
        ("errorCode", "Lambda.ProcessingFailedStatus"),
        ("errorMessage", "ProcessingFailed status set for record"),
        ("attemptsMade", 1),
        ("arrivalTimestamp", now),
        ("attemptEndingTimestamp", now),
        ("lambdaARN", FUNCTION_ARN),
    ]
    (found,) = local.store.list("lake", "errors/")
    assert found.content_encoding is None
    assert "." not in found.key
    assert local.state()["failed"] == 1


def test_a_record_that_fails_conversion_has_the_services_members_and_does_not_keep_the_others(
    local: LocalFirehose,
) -> None:
    """facts/firehose.md#conversion-failures, #error-objects: per record, under format-conversion-failed, with the
    members captured.
    """
    local.stream(DataFormatConversionConfiguration=local.conversion())
    local.deliver(b'{"n":1}', b'{"n":2}{"n":"oops"}', b'{"n":3}')
    (error,) = local.errors("format-conversion-failed")
    now = int(local.now * 1000)
    assert list(error.items()) == [
        ("attemptsMade", 1),
        ("arrivalTimestamp", now),
        ("lastErrorCode", "DataFormatConversion.MalformedData"),
        ("lastErrorMessage", 'Data does not match the schema. For input string: "oops"'),
        ("attemptEndingTimestamp", now),
        ("rawData", base64.b64encode(b'{"n":2}{"n":"oops"}').decode()),
        ("sequenceNumber", None),
        ("subSequenceNumber", None),
        (
            "dataCatalogTable",
            {
                "catalogId": "123456789012",
                "databaseName": "web",
                "tableName": "events",
                "region": "eu-west-1",
                "versionId": "LATEST",
                "roleArn": "arn:aws:iam::1:role/glue",
            },
        ),
    ]
    (found,) = local.store.list("lake", "data/")
    assert [row["n"] for row in pq.read_table(found.path).to_pylist()] == [1, 3]
    assert (local.state()["delivered"], local.state()["failed"]) == (2, 1)
