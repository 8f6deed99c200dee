"""Record format conversion: what is read, and what is refused with its reason (facts/firehose.md#function-failures,
#conversion).
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from support.local_firehose import LocalFirehose


@pytest.mark.parametrize(
    ("changes", "s3", "reason"),
    [
        ({}, {"CompressionFormat": "GZIP"}, "leave it out and set the serializer's Compression"),
        (
            {},
            {"BufferingHints": {"SizeInMBs": 5}},
            "SizeInMBs is 5 with DataFormatConversionConfiguration: it must be at least 64",
        ),
        (
            {"SchemaConfiguration": {"DatabaseName": "web", "TableName": "lost", "RoleARN": "arn:r"}},
            {},
            "Glue table web.lost, which no stack here defines",
        ),
        ({"InputFormatConfiguration": {"Deserializer": {}}}, {}, "one of OpenXJsonSerDe and HiveJsonSerDe"),
        ({"OutputFormatConfiguration": None}, {}, "is enabled and lacks OutputFormatConfiguration"),
    ],
)
def test_a_conversion_that_cannot_run_says_why(
    local: LocalFirehose, changes: dict[str, Any], s3: dict[str, Any], reason: str
) -> None:
    local.stream(DataFormatConversionConfiguration=local.conversion(**changes), **s3)
    (found,) = local.reasons()
    assert reason in found


@pytest.mark.parametrize(("enabled", "ending"), [(False, ""), ("false", ""), (True, ".parquet")])
def test_conversion_can_be_switched_off(local: LocalFirehose, enabled: object, ending: str) -> None:
    """facts/firehose.md#function-failures: Enabled left out means true."""
    local.stream(DataFormatConversionConfiguration=local.conversion() | {"Enabled": enabled})
    local.deliver(b'{"n":1}')
    assert local.keys()[0].endswith(ending)
    assert (b"PAR1" in local.bodies()[0]) == bool(ending)


def test_a_stream_that_converts_waits_for_its_first_buffer_before_it_loads_arrow() -> None:
    """What a template says of types and formats is checked at the start, and Arrow would be a fifth of that time."""
    code = """
import sys
from clickstream_local.firehose.config.format_conversion import FormatConversion
from clickstream_local.firehose.records.record import Record
from clickstream_local.firehose.stages.conversion import convert
from clickstream_local.common.model import Column, Table

configuration = {
    "SchemaConfiguration": {"DatabaseName": "web", "TableName": "events"},
    "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
    "OutputFormatConfiguration": {"Serializer": {"OrcSerDe": {"BloomFilterColumns": ["price"]}}},
}
table = Table("Table", "web", "events", (Column("price", "array<decimal(10,2)>"),))
s3 = {"DataFormatConversionConfiguration": configuration}
conversion = FormatConversion.read(s3, [table], region="eu-west-1", account="123456789012")
print("pyarrow" in sys.modules)
print(convert(conversion, [Record(b'{"price": [1.25]}', 0)]).rows, "pyarrow" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["False", "1 True"]
