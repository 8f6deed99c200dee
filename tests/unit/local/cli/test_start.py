from __future__ import annotations

import subprocess
import sys


def test_local_starts_without_what_only_other_commands_need() -> None:
    """It is to serve within half a second: the CDK, DuckDB, Arrow, boto3 and rich take longer than that."""
    code = "import sys, clickstream_local.cli as c; c.main.get_command(None, 'local'); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "clickstream_local.serve.runtime" in loaded
    assert not loaded & {"aws_cdk", "jsii", "duckdb", "pyarrow", "boto3", "rich", "clickstream_producer", "yaml"}


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
