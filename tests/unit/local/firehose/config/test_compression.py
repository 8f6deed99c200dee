"""Compression formats, undone by hand or by the tools that readers use (facts/firehose.md#object-names)."""

from __future__ import annotations

import gzip
import io
import uuid
import zipfile

import pyarrow as pa
import pytest

from clickstream_local.firehose.config.compression import COMPRESSIONS

BODIES = [b"", b"short", bytes(range(256)) * 3000]


def raw_snappy(block: bytes, size: int) -> bytes:
    raw: bytes = pa.decompress(block, decompressed_size=size, codec="snappy", asbytes=True)
    return raw


def varint(data: bytes) -> int:
    """The length that a raw Snappy block begins with."""
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
        shift += 7
    return value


@pytest.mark.parametrize("body", BODIES)
def test_gzip_is_gzip(body: bytes) -> None:
    assert gzip.decompress(COMPRESSIONS["GZIP"].compress(body)) == body


@pytest.mark.parametrize("body", BODIES)
def test_zip_holds_one_deflated_entry_named_by_a_uuid(body: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(COMPRESSIONS["ZIP"].compress(body))) as archive:
        (entry,) = archive.infolist()
        assert str(uuid.UUID(entry.filename)) == entry.filename
        assert entry.compress_type == zipfile.ZIP_DEFLATED
        assert archive.read(entry) == body


@pytest.mark.parametrize("body", BODIES)
def test_snappy_is_the_stream_of_snappy_java(body: bytes) -> None:
    """facts/firehose.md#object-names: magic 82 53 4E 41 50 50 59 00; facts/firehose.md#object-names: 32 KB blocks after
    their lengths.
    """
    data = COMPRESSIONS["Snappy"].compress(body)
    assert data[:8] == bytes.fromhex("82534E4150505900")
    assert data[8:16] == bytes.fromhex("0000000100000001")
    rest, found = data[16:], b""
    while rest:
        length = int.from_bytes(rest[:4], "big")
        block, rest = rest[4 : 4 + length], rest[4 + length :]
        assert varint(block) <= 32 * 1024
        found += raw_snappy(block, varint(block))
    assert found == body


@pytest.mark.parametrize("body", BODIES)
def test_hadoop_snappy_has_both_lengths_before_each_block(body: bytes) -> None:
    """Local-runtime.md section 5: raw length, block length, raw block."""
    rest, found = COMPRESSIONS["HADOOP_SNAPPY"].compress(body), b""
    while rest:
        size, length = int.from_bytes(rest[:4], "big"), int.from_bytes(rest[4:8], "big")
        found += raw_snappy(rest[8 : 8 + length], size)
        rest = rest[8 + length :]
    assert found == body


@pytest.mark.parametrize(
    ("name", "extension", "encoding"),
    [
        ("UNCOMPRESSED", "", None),
        ("GZIP", ".gz", "gzip"),
        ("ZIP", ".zip", "zip"),
        ("Snappy", ".snappy", "snappy-java"),
        ("HADOOP_SNAPPY", ".snappy", "hadoop-snappy"),
    ],
)
def test_each_format_has_its_extension_and_encoding(name: str, extension: str, encoding: str | None) -> None:
    """facts/firehose.md#object-names, #disagreements: HADOOP_SNAPPY ends in .snappy, as captured, not in .hsnappy, as
    documented.
    """
    assert (COMPRESSIONS[name].extension, COMPRESSIONS[name].content_encoding) == (extension, encoding)
