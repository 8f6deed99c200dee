"""The compression formats of an S3 destination, each with the extension and Content-Encoding it gets.

Source: facts/firehose.md#object-names.
"""

from __future__ import annotations

import gzip
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass

_XERIAL_HEADER = b"\x82SNAPPY\x00" + (1).to_bytes(4, "big") * 2
_XERIAL_BLOCK = 32 * 1024
_HADOOP_BLOCK = 256 * 1024


@dataclass(frozen=True)
class Compression:
    """A compression format, with the extension and the Content-Encoding of its objects."""

    extension: str
    content_encoding: str | None
    compress: Callable[[bytes], bytes]


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, 6)


def _zip(body: bytes) -> bytes:
    import zipfile  # here: few streams want it, and a runtime starts faster without it

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as entries:
        entries.writestr(str(uuid.uuid4()), body)
    return archive.getvalue()


def _snappy(body: bytes) -> bytes:
    """The stream format of snappy-java: a header, then blocks of at most 32 KiB, each after its compressed length."""
    framed = bytearray(_XERIAL_HEADER)
    for start in range(0, len(body), _XERIAL_BLOCK):
        block = _raw_snappy(body[start : start + _XERIAL_BLOCK])
        framed += len(block).to_bytes(4, "big") + block
    return bytes(framed)


def _hadoop_snappy(body: bytes) -> bytes:
    """Hadoop's block format: the length before and after compression, then the block."""
    framed = bytearray()
    for start in range(0, len(body), _HADOOP_BLOCK):
        raw = body[start : start + _HADOOP_BLOCK]
        block = _raw_snappy(raw)
        framed += len(raw).to_bytes(4, "big") + len(block).to_bytes(4, "big") + block
    return bytes(framed)


def _raw_snappy(block: bytes) -> bytes:
    import pyarrow as pa  # likewise

    compressed: bytes = pa.compress(block, codec="snappy", asbytes=True)
    return compressed


COMPRESSIONS = {
    "UNCOMPRESSED": Compression("", None, bytes),
    "GZIP": Compression(".gz", "gzip", _gzip),
    "ZIP": Compression(".zip", "zip", _zip),
    "Snappy": Compression(".snappy", "snappy-java", _snappy),
    # The documentation's table says .hsnappy; the service writes .snappy (facts/firehose.md#disagreements).
    "HADOOP_SNAPPY": Compression(".snappy", "hadoop-snappy", _hadoop_snappy),
}
"""By the value of CompressionFormat, which is case-exact."""
