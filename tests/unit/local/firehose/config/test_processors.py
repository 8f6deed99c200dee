"""Processors: their parameters, and what is refused with its reason (facts/firehose.md#processing-order,
#function-failures, #dynamic-partitioning, facts/sources.md#cloudwatch-logs).
"""

from __future__ import annotations

from typing import Any

import pytest

from support.local_firehose import FUNCTION_ARN, LocalFirehose, enabled, processor


@pytest.mark.parametrize(
    ("processors", "reason"),
    [
        ([processor("Teleport")], "processor type 'Teleport': it must be one of Decompression, "),
        ([], "A maximum of 5 and a minimum of 1 processor needs to be supplied when processing is enabled."),
        (
            [processor("CloudWatchLogProcessing", DataMessageExtraction="true")],
            "CloudWatchLogProcessingProcessor can only be enabled with DecompressionProcessor",
        ),
        ([processor("Decompression", CompressionFormat="ZIP")], "CompressionFormat is 'ZIP': it must be GZIP"),
        ([processor("Lambda", LambdaArn=FUNCTION_ARN)] * 2, "Cannot have more than 1 Lambda processor"),
        (
            [processor("RecordDeAggregation", SubRecordType="json")],
            "SubRecordType is 'json': it must be JSON or DELIMITED",
        ),
        (
            [processor("RecordDeAggregation", SubRecordType="DELIMITED")],
            "Delimiter is '': with SubRecordType DELIMITED it must be the delimiter in",
        ),
        ([processor("RecordDeAggregation", SubRecordType="DELIMITED", Delimiter="##")], "Delimiter is '##'"),
    ],
)
def test_processors_that_cannot_run_say_why(
    local: LocalFirehose, processors: list[dict[str, Any]], reason: str
) -> None:
    local.stream(ProcessingConfiguration=enabled(*processors))
    (found,) = local.reasons()
    assert reason in found


def test_processing_that_is_not_enabled_does_not_call_the_function(local: LocalFirehose) -> None:
    """facts/firehose.md#function-failures: Enabled left out means false."""
    local.function("raise ValueError")
    configuration = local.processing()
    del configuration["Enabled"]
    local.stream(ProcessingConfiguration=configuration)
    local.deliver(b"as it came")
    assert local.bodies() == [b"as it came"]
