"""Publishes puts, delivered objects and failures of the delivery streams to the live page."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clickstream_local.failures.objects import records_of
from clickstream_local.firehose.observer import Observer
from clickstream_local.live.feed import Feed
from clickstream_local.s3.store import ObjectStore, StoredObject, StoreError

_NO_FAILURES = ("data", "backup")
_ERRORS_READ_BYTES = 1_000_000
_REASONS = 5


class LiveObserver(Observer):
    """Publishes puts, objects and failures.

    Parameters
    ----------
    feed:
        Where they are published.
    store:
        Where error objects are read.
    error_locations:
        Where error objects lie, those that a stream of rejected events delivers as its data among them.
    """

    def __init__(self, feed: Feed, store: ObjectStore, error_locations: Sequence[str]) -> None:
        self._feed = feed
        self._store = store
        self._error_locations = tuple(error_locations)
        self._reading: set[asyncio.Task[None]] = set()

    def records_put(
        self, stream: str, operation: str, caller: str | None, records: int, length: int, refused: int
    ) -> None:
        """Publish a call of the Firehose API; a put by an API is published as its HTTP request only."""
        if caller is not None:
            happening = {"stream": stream, "operation": operation, "records": records, "bytes": length}
            self._feed.publish("put", happening | {"refused": refused}, failed=refused > 0)

    def object_written(self, stream: str, kind: str, written: StoredObject, records: int) -> None:
        """Publish an object, with the reasons in it where it holds failures."""
        happening: dict[str, Any] = {"stream": stream, "kind": kind, "records": records}
        happening |= {"bucket": written.bucket, "key": written.key, "bytes": written.size}
        if kind in _NO_FAILURES and not f"{written.bucket}/{written.key}".startswith(self._error_locations):
            self._feed.publish("object", happening)
            return
        task = asyncio.get_running_loop().create_task(self._publish_errors(written, happening))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    def record_failed(self, stream: str, kind: str, code: str, message: str, records: int) -> None:
        """Publish a failure at once; the object that holds it comes when its buffer is delivered."""
        self._feed.publish(
            "failed", {"stream": stream, "kind": kind, "reason": f"{code}: {message}", "records": records}
        )

    async def settle(self) -> None:
        """Wait until all error objects are published."""
        await asyncio.gather(*self._reading, return_exceptions=True)

    async def _publish_errors(self, written: StoredObject, happening: dict[str, Any]) -> None:
        if written.size <= _ERRORS_READ_BYTES:
            happening["reasons"] = await asyncio.to_thread(self._reasons, written)
        self._feed.publish("errors", happening)

    def _reasons(self, written: StoredObject) -> list[dict[str, Any]]:
        """What an error object holds, by reason; nothing when it has been taken away already."""
        try:
            content = self._store.get(written.bucket, written.key)
        except StoreError:
            return []
        found = Counter((record.kind, record.reason) for record in records_of(content, Path(written.key)))
        return [{"kind": kind, "reason": text, "count": count} for (kind, text), count in found.most_common(_REASONS)]
