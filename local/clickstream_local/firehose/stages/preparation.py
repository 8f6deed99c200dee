"""The steps before the first buffer, in the service's order (facts/firehose.md#processing-order)."""

from __future__ import annotations

from clickstream_local.firehose.config.processors import Processors
from clickstream_local.firehose.records.kpl import deaggregated
from clickstream_local.firehose.records.logs_record import decompressed, messages
from clickstream_local.firehose.records.record import Record


class Preparation:
    """KPL de-aggregation, decompression, message extraction, record de-aggregation."""

    def __init__(self, processors: Processors) -> None:
        self._processors = processors

    @classmethod
    def of(cls, processors: Processors, *, kinesis: bool) -> Preparation | None:
        """None where records go on as they came."""
        needed = kinesis or processors.decompress or processors.deaggregation is not None
        return cls(processors) if needed else None

    def run(self, record: Record) -> list[Record]:
        """Split or unpack a record. Raises ``DecompressionError``."""
        return [part for user in _user_records(record) for part in self._process(user)]

    def _process(self, record: Record) -> list[Record]:
        processors = self._processors
        data = record.data
        if processors.decompress:
            data = decompressed(data)
            if processors.extract_messages:
                data = messages(data)
        if processors.deaggregation is None:
            return [record._replace(data=data)]
        return [record._replace(data=part) for part in processors.deaggregation.split(data)]


def _user_records(record: Record) -> list[Record]:
    """The records of a KPL aggregate, which only a Kinesis source brings."""
    users = deaggregated(record.data) if record.origin is not None else None
    if users is None or record.origin is None:
        return [record]
    return [
        record._replace(
            data=user.data,
            origin=record.origin._replace(partition_key=user.partition_key, subsequence_number=number),
        )
        for number, user in enumerate(users)
    ]
