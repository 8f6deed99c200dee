"""What a stream counts: records, metrics, and the bytes that it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clickstream_local.firehose.metering.counts import Counts
from clickstream_local.firehose.metering.metrics import StreamMetrics
from clickstream_local.firehose.metering.observer import Observer
from clickstream_local.firehose.records.buffer import Buffer
from clickstream_local.firehose.records.record import Record
from clickstream_local.s3.store import StoredObject

_RECORD_OVERHEAD_BYTES = 150
"""What a record costs in memory beside its data; it bounds a stream of tiny records."""


class Ledger:
    """The books of one stream; they go on when its configuration changes."""

    def __init__(self, stream: str, observer: Observer, clock: Callable[[], float]) -> None:
        self.stream = stream
        self.observer = observer
        self.counts = Counts()
        self.metrics = StreamMetrics()
        self.held_bytes = 0
        self._clock = clock

    def now(self) -> int:
        """Epoch milliseconds."""
        return int(self._clock() * 1000)

    def hold(self, buffer: Buffer, records: list[Record]) -> None:
        """Put records into a buffer; they count as held until :meth:`let_go`."""
        length = sum([len(record.data) for record in records])
        self.held_bytes += length + _RECORD_OVERHEAD_BYTES * len(records)
        buffer.extend(records, length)

    def let_go(self, records: Sequence[Record]) -> None:
        """Records have left the stage that held them."""
        self.held_bytes -= sum([len(record.data) for record in records]) + _RECORD_OVERHEAD_BYTES * len(records)

    def age(self, records: Sequence[Record]) -> float:
        """Seconds since the oldest of some records arrived."""
        return max(0.0, (self.now() - min(record.arrival for record in records)) / 1000)

    def delivered(self, records: Sequence[Record], rows: int, written: StoredObject) -> None:
        """Records are in an object, as so many rows."""
        self.counts.delivered += len(records)
        self.counts.buffered -= len(records)
        self.counts.rows += rows
        self.metrics.attempt("DeliveryToS3.Success", succeeded=True)
        self.metrics.add("DeliveryToS3.ObjectCount")
        self.metrics.add("DeliveryToS3.Records", len(records))
        self.metrics.add("DeliveryToS3.Bytes", sum([len(record.data) for record in records]))
        self.metrics.set("DeliveryToS3.DataFreshness", self.age(records))
        self.let_go(records)
        self.observer.object_written(self.stream, "data", written, len(records))
