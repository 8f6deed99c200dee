from __future__ import annotations

from cdk_clickstream import Compression, OrcVersion, OutputFormat, ParquetVersion
from support.stacks import conversion


def test_parquet_takes_every_option_of_the_serializer() -> None:
    """facts/firehose.md#conversion-options."""
    output = OutputFormat.parquet(dictionary=False, max_padding_bytes=1024, writer_version=ParquetVersion.V2)
    serializer = conversion(output=output)["OutputFormatConfiguration"]["Serializer"]["ParquetSerDe"]
    assert serializer == {
        "BlockSizeBytes": 268435456,
        "Compression": "SNAPPY",
        "EnableDictionaryCompression": False,
        "MaxPaddingBytes": 1024,
        "PageSizeBytes": 1048576,
        "WriterVersion": "V2",
    }


def test_orc_leaves_what_is_not_chosen_to_the_service() -> None:
    assert conversion(output=OutputFormat.orc())["OutputFormatConfiguration"]["Serializer"] == {
        "OrcSerDe": {"Compression": "SNAPPY", "StripeSizeBytes": 67108864, "RowIndexStride": 10000}
    }


def test_orc_takes_every_option_of_the_serializer() -> None:
    """facts/firehose.md#conversion-options: the tolerance is ignored unless padding is on."""
    output = OutputFormat.orc(
        block_size_mib=64,
        padding_tolerance=0.1,
        bloom_filter_columns=["user_id"],
        bloom_filter_false_positives=0.01,
        dictionary_key_threshold=0.5,
        format_version=OrcVersion.V0_11,
    )
    assert conversion(output=output)["OutputFormatConfiguration"]["Serializer"]["OrcSerDe"] == {
        "BlockSizeBytes": 67108864,
        "BloomFilterColumns": ["user_id"],
        "BloomFilterFalsePositiveProbability": 0.01,
        "Compression": "SNAPPY",
        "DictionaryKeyThreshold": 0.5,
        "EnablePadding": True,
        "FormatVersion": "V0_11",
        "PaddingTolerance": 0.1,
        "RowIndexStride": 10000,
        "StripeSizeBytes": 67108864,
    }


def test_conversion_and_compression_of_the_object_cannot_be_combined() -> None:
    """facts/firehose.md#conversion: CompressionFormat must be UNCOMPRESSED with conversion."""
    assert OutputFormat.parquet().compression is Compression.NONE
    assert OutputFormat.orc().compression is Compression.NONE
