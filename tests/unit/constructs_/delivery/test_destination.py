from __future__ import annotations

from cdk_clickstream import InputFormat, OutputFormat, S3Prefix, TableReference
from support.stacks import Synthesized, destination, destination_of, stream_refusal

TABLE = TableReference("clicks", "events")


def test_the_pipelines_stream_converts_by_the_pipelines_table(reference: Synthesized) -> None:
    found = destination_of(reference)
    conversion = found["DataFormatConversionConfiguration"]
    assert found["CompressionFormat"] == "UNCOMPRESSED"
    assert found["BufferingHints"] == {"SizeInMBs": 128, "IntervalInSeconds": 300}
    assert conversion["Enabled"] is True
    assert conversion["InputFormatConfiguration"] == {"Deserializer": {"OpenXJsonSerDe": {"CaseInsensitive": False}}}
    assert conversion["SchemaConfiguration"]["TableName"] == {"Ref": "PipelineCatalogTable45196DA4"}
    assert conversion["OutputFormatConfiguration"]["Serializer"]["ParquetSerDe"] == {
        "Compression": "SNAPPY",
        "BlockSizeBytes": 268435456,
        "PageSizeBytes": 1048576,
    }


def test_columns_with_another_name_are_mapped() -> None:
    table = TableReference("clicks", "events", {"page_url": "pageURL"})
    conversion = destination(output=OutputFormat.parquet(), table=table)["DataFormatConversionConfiguration"]
    assert conversion["InputFormatConfiguration"]["Deserializer"]["OpenXJsonSerDe"] == {
        "CaseInsensitive": False,
        "ColumnToJsonKeyMappings": {"page_url": "pageURL"},
    }


def test_conversion_without_a_table_is_refused() -> None:
    """facts/firehose.md#conversion: needs a Glue schema."""
    assert stream_refusal(output=OutputFormat.parquet()).startswith("table=None")


def test_a_table_without_conversion_is_refused() -> None:
    assert "only format conversion uses it" in stream_refusal(output=OutputFormat.json(), table=TABLE)


def test_an_input_format_without_conversion_is_refused() -> None:
    assert stream_refusal(prefix=S3Prefix("raw/"), input_format=InputFormat.openx()).startswith("input_format='given'")
