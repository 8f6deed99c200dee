"""Source backup: every record as it came (facts/firehose.md#backup)."""

from __future__ import annotations

from clickstream_local.firehose.config.stream_config import Destination
from clickstream_local.firehose.records.record import total_bytes
from clickstream_local.firehose.stages.buffer import Buffer
from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from clickstream_local.firehose.stages.stage import Batch, StageContext


class BackupStage:
    """Writes to the backup's own bucket, prefix and compression."""

    def __init__(self, context: StageContext, destination: Destination) -> None:
        self._context = context
        self._compression = destination.compression
        self._s3 = context.delivery_to(destination, "backup")
        self.buffer: Buffer = context.buffer("backup", destination.buffer_bytes, destination.interval, self._deliver)

    @property
    def buffers(self) -> list[Buffer]:
        """Its one buffer."""
        return [self.buffer]

    async def _deliver(self, batch: Batch) -> None:
        counters, compression, records = self._context.counters, self._compression, batch.records

        def body() -> bytes:
            return compression.compress(b"".join(record.data for record in records))

        try:
            written = await self._s3.deliver_data(records, body, compression.content_encoding)
        except DeliveryError:
            counters.metrics.attempt("BackupToS3.Success", succeeded=False)
            raise
        batch.records = []
        counters.metrics.attempt("BackupToS3.Success", succeeded=True)
        counters.metrics.add("BackupToS3.Records", len(records))
        counters.metrics.add("BackupToS3.Bytes", total_bytes(records))
        counters.metrics.set("BackupToS3.DataFreshness", counters.age(records))
        counters.release(records)
        counters.observer.object_written(counters.stream, "backup", written, len(records))
