from __future__ import annotations

from cdk_clickstream import InputFormat, OutputFormat, TableReference
from support.stacks import conversion, stream_refusal


def test_openx_can_fold_case_and_dots() -> None:
    found = conversion(input_format=InputFormat.openx(case_insensitive=True, convert_dots=True))
    assert found["InputFormatConfiguration"]["Deserializer"]["OpenXJsonSerDe"] == {
        "CaseInsensitive": True,
        "ConvertDotsInJsonKeysToUnderscores": True,
    }


def test_hive_reads_the_transforms_timestamps() -> None:
    found = conversion(input_format=InputFormat.hive())
    assert found["InputFormatConfiguration"]["Deserializer"] == {
        "HiveJsonSerDe": {"TimestampFormats": ["yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"]}
    }


def test_hive_with_a_column_of_another_name_is_refused() -> None:
    """facts/firehose.md#conversion-options: only OpenX has ColumnToJsonKeyMappings."""
    table = TableReference("clicks", "events", {"page_url": "pageURL"})
    message = stream_refusal(table=table, output=OutputFormat.parquet(), input_format=InputFormat.hive())
    assert "cannot read the column 'page_url'" in message
