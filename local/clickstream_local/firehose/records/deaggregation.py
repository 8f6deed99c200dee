"""Records in one record: the RecordDeAggregation processor (facts/firehose.md#dynamic-partitioning)."""

from __future__ import annotations

import json
from dataclasses import dataclass

MAX_SUB_RECORDS = 500
"""A record that holds more goes on as one (facts/firehose.md#put-records)."""

_WHITE_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Deaggregation:
    """Splits at a ``delimiter``, or, without one, between JSON objects."""

    delimiter: bytes | None

    def split(self, data: bytes) -> list[bytes]:
        """The sub-records, each as it was written; the record itself where there is nothing to split.

        That is the case for what is not JSON objects, an array among them, and for more than 500 sub-records.
        """
        parts = _documents(data) if self.delimiter is None else [part for part in data.split(self.delimiter) if part]
        return parts if 1 < len(parts) <= MAX_SUB_RECORDS else [data] if len(parts) != 1 else parts


def _documents(data: bytes) -> list[bytes]:
    """Consecutive JSON objects; none when the record holds anything else."""
    try:
        text = data.decode()
        parts: list[bytes] = []
        position = 0
        while True:
            while position < len(text) and text[position] in _WHITE_SPACE:
                position += 1
            if position == len(text):
                return parts
            document, end = _DECODER.raw_decode(text, position)
            if document.__class__ is not dict:
                return []
            parts.append(text[position:end].encode())
            position = end
    except (ValueError, RecursionError):
        return []
