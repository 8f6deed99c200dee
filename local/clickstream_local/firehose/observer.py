"""Events of delivery streams at work, for a page or a test."""

from __future__ import annotations

from clickstream_local.s3.store import StoredObject


class Observer:
    """Override the methods of interest; every method is called in the event loop's thread and must not block.

    ``kind`` is ``data``, ``backup`` or a failure's output type, such as ``processing-failed``.
    """

    def records_put(
        self, stream: str, operation: str, caller: str | None, records: int, length: int, refused: int
    ) -> None:
        """So many records of so many bytes were put by PutRecord or PutRecordBatch, and so many of them refused.

        ``caller`` is as in ``FirehoseService.handle``.
        """

    def object_written(self, stream: str, kind: str, written: StoredObject, records: int) -> None:
        """An object of a number of records is in its bucket."""

    def buffer_filled(self, stream: str, buffer: str, records: int, length: int) -> None:
        """A buffer (``transform``, or a kind) was released, by size, time or a flush, with so many bytes."""

    def record_failed(self, stream: str, kind: str, code: str, message: str, records: int) -> None:
        """Records failed for the same reason; the message quotes nothing of them."""
