"""A record on its way through a delivery stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class KinesisOrigin(NamedTuple):
    """The place of a record in its Kinesis data stream. ``arrival`` is epoch milliseconds.

    Source: facts/firehose.md#function-request.
    """

    shard_id: str
    partition_key: str
    sequence_number: str
    subsequence_number: int
    arrival: int

    def metadata(self) -> dict[str, str | int]:
        """The member ``kinesisRecordMetadata`` of a Lambda event."""
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


def total_bytes(records: Iterable[Record]) -> int:
    """The bytes of data in some records."""
    return sum([len(record.data) for record in records])
