"""The result of one record: its rows or the reason for none, and its size in the reply to the byte."""

from __future__ import annotations

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any

from clickstream_transform.contract.reject import Reject

OK = "Ok"
DROPPED = "Dropped"
FAILED = "ProcessingFailed"

LAMBDA_LIMIT = 6_291_556
"""Bytes that Lambda takes as a synchronous reply; above it the whole batch is retried, then failed."""

LIMIT = LAMBDA_LIMIT - 65_536
"""Bytes that a reply of ours may have."""

_EMPTY = len('{"records": []}')
_SEPARATOR = len(", ")


def _frame(result: str, **data: str) -> int:
    return len(json.dumps({"recordId": "", "result": result} | data)) - len('""') + _SEPARATOR


_FRAMES = {key: _frame(OK, **{key: ""}) for key in ("data", "kafkaRecordValue")}
_FAILED_FRAME = _frame(FAILED)


class RecordResult:
    """The result of one record, ``Dropped`` until there are rows, and what is needed to requeue, report and count it.

    Attributes
    ----------
    data_key:
        Member that holds the rows: ``kafkaRecordValue`` where the source is MSK, else ``data``.
    arrival:
        Epoch milliseconds at which Firehose received the record.
    partition_keys:
        Keys of the record for dynamic partitioning; they go with rows only.
    sources:
        The base64 of what came under the record's id. The opened record is not kept: nearly all are answered without
        it, and it is several times as large.
    unopened:
        Whether the processor's fast path gave the rows, so that nothing was opened.
    rejects:
        The events of the record that give no row.
    reason:
        Why the whole record failed, empty where it did not.
    events:
        How many events were in it.
    rows, bytes_out:
        How many rows the result holds, and their bytes.
    requeued:
        Whether the record goes back into the stream.
    """

    __slots__ = (
        "arrival",
        "bytes_out",
        "data",
        "data_key",
        "events",
        "partition_keys",
        "reason",
        "record_id",
        "rejects",
        "requeued",
        "result",
        "rows",
        "sources",
        "unopened",
    )

    def __init__(self, record_id: str, data_key: str = "data", arrival: int = 0) -> None:
        self.record_id = record_id
        self.data_key = data_key
        self.arrival = arrival
        self.result = DROPPED
        self.data = ""
        self.partition_keys: dict[str, str] | None = None
        # Tuples, which most records leave empty: there is one of these objects for each record.
        self.sources: tuple[str, ...] = ()
        self.unopened = False
        self.rejects: tuple[Reject, ...] = ()
        self.reason = ""
        self.events = 0
        self.rows = 0
        self.bytes_out = 0
        self.requeued = False

    def add(self, rows: bytes, count: int) -> None:
        """Deliver so many rows, after those of a record that had the same id."""
        if not rows or self.reason:
            return
        if self.data:
            rows = a2b_base64(self.data) + rows
        self.result = OK
        self.data = b2a_base64(rows, newline=False).decode()
        self.rows += count
        self.bytes_out = len(rows)

    def requeue(self) -> None:
        """Deliver nothing: the record goes back into the stream, and its rejected events with it."""
        self.result, self.data, self.rejects, self.requeued = DROPPED, "", (), True

    def fail(self, reason: str) -> None:
        """Leave the whole record to Firehose, which keeps it under ``processing-failed``; the first reason counts."""
        self.reason = self.reason or reason
        self.result, self.data, self.requeued = FAILED, "", False

    @property
    def size(self) -> int:
        """Bytes of this result and its separator in the marshalled reply, at most.

        For ``Dropped`` it is what ``ProcessingFailed`` would cost: a put that fails after the reply was measured turns
        one into the other.
        """
        # Runtimes up to Python 3.11 escape what is not ASCII when they marshal; later ones need fewer bytes.
        id_size = len(encode_basestring_ascii(self.record_id))
        if self.result == OK:
            size = _FRAMES[self.data_key] + id_size + len(self.data)
            return size if self.partition_keys is None else size + _keys_size(tuple(self.partition_keys.items()))
        return _FAILED_FRAME + id_size

    def as_dict(self) -> dict[str, Any]:
        """The result as Firehose wants it: no data unless it is ``Ok``."""
        if self.result == OK:
            member: dict[str, Any] = {"recordId": self.record_id, "result": OK, self.data_key: self.data}
            if self.partition_keys is not None:
                member["metadata"] = {"partitionKeys": self.partition_keys}
            return member
        return {"recordId": self.record_id, "result": self.result}


@lru_cache(maxsize=1024)
def _keys_size(keys: tuple[tuple[str, str], ...]) -> int:
    return len(json.dumps({"metadata": {"partitionKeys": dict(keys)}})) - len("{}") + _SEPARATOR


def size_of(results: Iterable[RecordResult]) -> int:
    """Bytes of the marshalled reply, at most."""
    return _EMPTY + sum([result.size for result in results])
