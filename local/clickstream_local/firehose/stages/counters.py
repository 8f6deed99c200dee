"""Counts of a stream: its records, its metrics, and the bytes that its stages hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clickstream_local.firehose.metrics import StreamMetrics
from clickstream_local.firehose.observer import Observer
from clickstream_local.firehose.records.record import Record, total_bytes
from clickstream_local.firehose.stages.buffer import Buffer
from clickstream_local.s3.store import StoredObject

_RECORD_OVERHEAD_BYTES = 150
"""Memory for a record beside its data; it bounds a stream of tiny records."""


@dataclass
class RecordCounts:
    """Records of one stream since it was started.

    ``received + requeued + deaggregated == delivered + failed + dropped + buffered`` holds at any time; ``buffered``
    are all that are on their way, ``failed`` those that were written under the error prefix. ``deaggregated`` are the
    records that came of splitting, beyond those that were split.
    """

    received: int = 0
    requeued: int = 0
    deaggregated: int = 0
    delivered: int = 0
    failed: int = 0
    dropped: int = 0
    buffered: int = 0
    rows: int = 0


class StreamCounters:
    """Counts one stream; they go on when its configuration changes."""

    def __init__(self, stream: str, observer: Observer, clock: Callable[[], float]) -> None:
        self.stream = stream
        self.observer = observer
        self.records = RecordCounts()
        self.metrics = StreamMetrics()
        self.held_bytes = 0
        self._clock = clock

    def now(self) -> int:
        """Epoch milliseconds."""
        return int(self._clock() * 1000)

    def hold(self, buffer: Buffer, records: list[Record]) -> None:
        """Put records into a buffer; they count as held until :meth:`release`."""
        length = total_bytes(records)
        self.held_bytes += length + _RECORD_OVERHEAD_BYTES * len(records)
        buffer.extend(records, length)

    def release(self, records: Sequence[Record]) -> None:
        """Count records that have left the stage that held them."""
        self.held_bytes -= total_bytes(records) + _RECORD_OVERHEAD_BYTES * len(records)

    def age(self, records: Sequence[Record]) -> float:
        """Seconds since the oldest of some records arrived."""
        return max(0.0, (self.now() - min(record.arrival for record in records)) / 1000)

    def delivered(self, records: Sequence[Record], rows: int, written: StoredObject) -> None:
        """Count records that were written to an object, as so many rows."""
        self.records.delivered += len(records)
        self.records.buffered -= len(records)
        self.records.rows += rows
        self.metrics.attempt("DeliveryToS3.Success", succeeded=True)
        self.metrics.add("DeliveryToS3.ObjectCount")
        self.metrics.add("DeliveryToS3.Records", len(records))
        self.metrics.add("DeliveryToS3.Bytes", total_bytes(records))
        self.metrics.set("DeliveryToS3.DataFreshness", self.age(records))
        self.release(records)
        self.observer.object_written(self.stream, "data", written, len(records))
