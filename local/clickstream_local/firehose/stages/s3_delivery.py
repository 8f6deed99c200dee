"""Writing objects to S3: names, attempts, and what is logged when it does not work (facts/firehose.md#object-names)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import orjson

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.firehose.config.prefix import PrefixValues
from clickstream_local.firehose.config.stream_config import Destination, StreamConfig
from clickstream_local.firehose.config.timestamp_pattern import compile_timestamp_pattern
from clickstream_local.firehose.records.record import Record
from clickstream_local.iam.rights import Denial
from clickstream_local.s3.store import ObjectStore, StoredObject, StoreError

_RETRY_DELAYS = (0.1, 0.5)
_ACCESS_DENIED = (
    "Access was denied. Ensure that the trust policy for the provided IAM role allows Firehose to assume the role, and "
    "the access policy allows access to the S3 bucket."
)
_OBJECT_TIME = compile_timestamp_pattern("yyyy-MM-dd-HH-mm-ss")


class DeliveryError(Exception):
    """Objects that could not be written; the records wait in their buffer for the next try."""


class DeliveryDeniedError(DeliveryError):
    """Objects that the role may not write: known from the start on, and no fault of the run."""


class S3Delivery:
    """Delivers to one destination of one stream."""

    def __init__(
        self,
        config: StreamConfig,
        destination: Destination,
        *,
        store: ObjectStore,
        logs: Logs,
        executor: Executor,
        denial: Denial | None = None,
        logs_errors: bool = True,
    ) -> None:
        self._config = config
        self._destination = destination
        self._store = store
        self._logs = logs
        self._executor = executor
        self._denial = denial
        self._logs_errors = logs_errors

    async def deliver_data(
        self,
        records: Sequence[Record],
        body: Callable[[], bytes],
        content_encoding: str | None,
        partition_keys: Mapping[str, str] | None = None,
    ) -> StoredObject:
        """Write the data object of some records; ``body`` is called in a thread. Raises :class:`DeliveryError`."""
        values = PrefixValues(_oldest_arrival(records, self._destination.zone), partition_keys=partition_keys or {})
        key = self._destination.prefixes.data(values) + self._name(values) + self._destination.extension
        return await self._deliver(key, body, content_encoding)

    async def deliver_errors(self, records: Sequence[Record], error_output_type: str) -> StoredObject:
        """Write an error object: lines, neither compressed nor with an extension. Raises :class:`DeliveryError`."""
        values = PrefixValues(_oldest_arrival(records, self._destination.zone), error_output_type)
        key = self._destination.prefixes.error(values) + self._name(values)
        return await self._deliver(key, lambda: b"".join(record.data for record in records), None)

    def log_error(self, code: str, message: str, *, processor: str | None = None, console: bool = True) -> None:
        """Log an error where the destination's CloudWatchLoggingOptions say, if they do.

        Source: facts/firehose.md#error-log.
        """
        target = self._destination.log
        if target is None or not self._logs_errors:
            return
        entry = {
            "deliveryStreamARN": self._config.arn,
            "destination": self._destination.bucket_arn,
            "deliveryStreamVersionId": self._config.version,
            "message": message,
            "errorCode": code,
        }
        if processor is not None:
            entry["processor"] = processor
        self._logs.write(target.group, target.stream, orjson.dumps(entry).decode(), error=console)

    def _name(self, values: PrefixValues) -> str:
        return f"{self._config.name}-{self._config.version}-{_OBJECT_TIME(values.instant)}-{uuid.uuid4()}"

    async def _deliver(self, key: str, body: Callable[[], bytes], content_encoding: str | None) -> StoredObject:
        bucket = self._destination.bucket
        if self._denial is not None:
            self.log_error("S3.AccessDenied", _ACCESS_DENIED)
            raise DeliveryDeniedError(f"delivery stream {self._config.name}: S3.AccessDenied: {self._denial}")

        def write() -> StoredObject:
            return self._store.put(
                bucket, key, body(), content_encoding=content_encoding, metadata=self._destination.metadata
            )

        loop = asyncio.get_running_loop()
        for delay in (*_RETRY_DELAYS, None):
            try:
                return await loop.run_in_executor(self._executor, write)
            except StoreError as error:
                if delay is None:
                    # Standard error hears of it once, from the stage that keeps the batch.
                    self.log_error("InternalError", f"{error}. The delivery is tried again.", console=False)
                    raise DeliveryError(f"delivery stream {self._config.name}: {error}") from error
                await asyncio.sleep(delay)
        raise AssertionError("the last attempt either returns or raises")


def _oldest_arrival(records: Sequence[Record], zone: ZoneInfo) -> datetime:
    """The instant that names an object: the arrival of its oldest record, to the second.

    Source: facts/firehose.md#prefixes.
    """
    seconds = min(record.arrival for record in records) // 1000
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)
