"""What Firehose's record format conversion takes from Glue and Hive: types, JSON deserializers, file formats."""

from __future__ import annotations

from clickstream_local.glue.converter import Converter
from clickstream_local.glue.failure import MalformedDataError, ParseError, RecordError
from clickstream_local.glue.hive_types import GlueError, arrow_type, parse_type
from clickstream_local.glue.serde import SerDe
from clickstream_local.glue.writers import OrcWriter, ParquetWriter, Writer, writer_of

__all__ = [
    "Converter",
    "GlueError",
    "MalformedDataError",
    "OrcWriter",
    "ParquetWriter",
    "ParseError",
    "RecordError",
    "SerDe",
    "Writer",
    "arrow_type",
    "parse_type",
    "writer_of",
]
