"""Puts records into a delivery stream: within the batch limits, retrying what failed, within the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol, cast

from clickstream_transform.log import log

MAX_RECORDS = 500
MAX_BATCH_BYTES = 4 << 20
"""PutRecordBatch takes 500 records and 4 MiB of data."""

MAX_RECORD_BYTES = 1_024_000
CHUNK_BYTES = 250_000
"""What several events are packed into: large enough for Firehose's 5 KB rounding not to matter, small to lose."""

_CONNECT_SECONDS = 2
_READ_SECONDS = 5
_LONGEST_CALL = _CONNECT_SECONDS + _READ_SECONDS
"""No call begins with less time left, unless nothing has been put yet: an invocation that is stopped in the middle of a
call is tried again as a whole, and puts what it had put a second time."""

_ATTEMPTS = 5
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0
_NOT_RETRIED = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "InvalidArgumentException",
        "InvalidKMSResourceException",
        "ResourceNotFoundException",
        "UnrecognizedClientException",
        "ValidationException",
    }
)


class FirehoseClient(Protocol):
    """What is used of boto3's Firehose client."""

    def put_record_batch(self, *, DeliveryStreamName: str, Records: list[dict[str, bytes]]) -> Any:  # noqa: N803
        """Put up to 500 records."""


def _jitter() -> float:
    import random  # not needed until a put has failed

    return random.random()  # noqa: S311


@lru_cache(maxsize=1)
def default_client() -> FirehoseClient:
    """boto3's client with short timeouts; imported here, because an import costs more than most invocations do."""
    import boto3
    from botocore.config import Config

    # Retries are made here, of the failed records only; the SDK would send all of them again.
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )
    return cast("FirehoseClient", boto3.client("firehose", config=config))


class BatchPutter:
    """Puts records with PutRecordBatch.

    Parameters
    ----------
    client:
        Gives the Firehose client when the first record has to be put.
    now, sleep, jitter:
        The clock, and what a pause between attempts is multiplied by; for tests.
    """

    def __init__(
        self,
        client: Callable[[], FirehoseClient] = default_client,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = _jitter,
    ) -> None:
        self._client = client
        self._now = now
        self._sleep = sleep
        self._jitter = jitter

    def put(self, stream: str, records: Sequence[bytes], seconds: float) -> list[bool]:
        """Put records and say of each whether the stream has acknowledged it.

        Only the entries that failed are put again, after a pause that doubles and is jittered, five times at most and
        no longer than ``seconds``. A record above 1,024,000 bytes is not tried.
        """
        deadline = self._now() + seconds
        done = [False] * len(records)
        for group in _groups(records):
            self._put_group(stream, records, group, done, deadline)
        return done

    def _put_group(
        self, stream: str, records: Sequence[bytes], group: list[int], done: list[bool], deadline: float
    ) -> None:
        pending = group
        for attempt in range(_ATTEMPTS):
            needed = _LONGEST_CALL if any(done) else 0
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt) * self._jitter() if attempt else 0
            if self._now() + pause + needed >= deadline:
                break
            if pause:
                self._sleep(pause)
            try:
                answer = self._client().put_record_batch(
                    DeliveryStreamName=stream, Records=[{"Data": records[index]} for index in pending]
                )
                results = list(zip(pending, answer["RequestResponses"], strict=True))
            except Exception as error:
                code = getattr(error, "response", {}).get("Error", {}).get("Code", type(error).__name__)
                log("put_failed", stream=stream, error=code, records=len(pending), attempt=attempt + 1)
                if code in _NOT_RETRIED:
                    return
                continue
            failed = []
            for index, result in results:
                if result.get("ErrorCode"):
                    failed.append(index)
                else:
                    done[index] = True
            if not failed:
                return
            pending = failed
        log("put_gave_up", stream=stream, records=len(pending))


def _groups(records: Sequence[bytes]) -> Iterator[list[int]]:
    group: list[int] = []
    size = 0
    for index, record in enumerate(records):
        if len(record) > MAX_RECORD_BYTES:
            continue
        if group and (len(group) == MAX_RECORDS or size + len(record) > MAX_BATCH_BYTES):
            yield group
            group, size = [], 0
        group.append(index)
        size += len(record)
    if group:
        yield group
