"""A record on its way through a delivery stream."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

RECORD_ID_LENGTH = 224
_SERIAL_DIGITS = 8
_IDS_OF_A_KIND = 4096


class KinesisOrigin(NamedTuple):
    """Where in a Kinesis data stream a record comes from (facts 3.1). ``arrival`` is epoch milliseconds."""

    shard_id: str
    partition_key: str
    sequence_number: str
    subsequence_number: int
    arrival: int

    def metadata(self) -> dict[str, str | int]:
        """What a Lambda function is told of it: ``kinesisRecordMetadata``."""
        return {
            "sequenceNumber": self.sequence_number,
            "subsequenceNumber": self.subsequence_number,
            "partitionKey": self.partition_key,
            "shardId": self.shard_id,
            "approximateArrivalTimestamp": self.arrival,
        }


class Record(NamedTuple):
    """A record at one stage.

    ``data`` is as this stage has it; ``arrival`` is when the original came to the stream, in epoch milliseconds.
    ``partition_keys`` is what the function gave for dynamic partitioning; ``origin`` is set for a Kinesis source.
    """

    data: bytes
    arrival: int
    partition_keys: Mapping[str, Any] | None = None
    origin: KinesisOrigin | None = None


class RecordIds:
    """Ids for the answers of puts: opaque, 224 characters of the base64 alphabet (facts 1.3)."""

    def __init__(self) -> None:
        self._random = ""
        self._left = 0

    def draw(self, count: int) -> list[str]:
        """New ids. Only some thousand in a row share what is random in them, so each costs next to nothing."""
        if count > self._left:
            self._random = base64.b64encode(os.urandom((RECORD_ID_LENGTH - _SERIAL_DIGITS) * 3 // 4)).decode()
            self._left = max(count, _IDS_OF_A_KIND)
        self._left -= count
        return [f"{self._random}{number:0{_SERIAL_DIGITS}}" for number in range(self._left, self._left + count)]


def oldest_arrival(records: Sequence[Record], zone: ZoneInfo) -> datetime:
    """The instant that names an object: the arrival of its oldest record, to the second (facts 5, rule 1)."""
    seconds = min(record.arrival for record in records) // 1000
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)
