"""The answer to Firehose: one entry per record id, and its size to the byte before it is marshalled."""

from __future__ import annotations

import json
from binascii import b2a_base64
from collections.abc import Iterable
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any

OK = "Ok"
DROPPED = "Dropped"
FAILED = "ProcessingFailed"

LAMBDA_LIMIT = 6_291_556
"""Bytes that Lambda takes as a synchronous answer; above it the whole batch is retried, then failed."""

LIMIT = LAMBDA_LIMIT - 65_536
"""Bytes that an answer of ours may have."""

_EMPTY = len('{"records": []}')
_SEPARATOR = len(", ")


def _frame(result: str, **data: str) -> int:
    return len(json.dumps({"recordId": "", "result": result} | data)) - len('""') + _SEPARATOR


class Entry:
    """The entry of one record.

    ``size`` is what it costs in the marshalled answer. For ``Dropped`` it is what ``ProcessingFailed`` would cost: a
    put that fails after the answer was measured turns one into the other. ``data_key`` is ``kafkaRecordValue`` where
    the source is MSK. ``partition_keys`` go with rows only.
    """

    __slots__ = ("data", "data_key", "partition_keys", "record_id", "result")

    def __init__(self, record_id: str, data_key: str = "data") -> None:
        self.record_id = record_id
        self.data_key = data_key
        self.result = DROPPED
        self.data = ""
        self.partition_keys: dict[str, str] | None = None

    def succeed(self, rows: bytes) -> None:
        """Answer with rows."""
        self.result = OK
        self.data = b2a_base64(rows, newline=False).decode()

    def drop(self) -> None:
        """Answer that there is nothing to deliver."""
        self.result, self.data = DROPPED, ""

    def fail(self) -> None:
        """Answer that Firehose shall keep the record under ``processing-failed``: it has the data itself."""
        self.result, self.data = FAILED, ""

    @property
    def size(self) -> int:
        """Bytes of this entry and its separator in the marshalled answer, at most."""
        # Runtimes up to Python 3.11 escape what is not ASCII when they marshal; later ones need fewer bytes.
        id_size = len(encode_basestring_ascii(self.record_id))
        if self.result == OK:
            size = _FRAMES[self.data_key] + id_size + len(self.data)
            return size if self.partition_keys is None else size + _keys_size(tuple(self.partition_keys.items()))
        return _FAILED_FRAME + id_size

    def as_dict(self) -> dict[str, Any]:
        """The entry as Firehose wants it: no data unless the result is Ok."""
        if self.result == OK:
            answer: dict[str, Any] = {"recordId": self.record_id, "result": OK, self.data_key: self.data}
            if self.partition_keys is not None:
                answer["metadata"] = {"partitionKeys": self.partition_keys}
            return answer
        return {"recordId": self.record_id, "result": self.result}


_FRAMES = {key: _frame(OK, **{key: ""}) for key in ("data", "kafkaRecordValue")}
_FAILED_FRAME = _frame(FAILED)


@lru_cache(maxsize=1024)
def _keys_size(keys: tuple[tuple[str, str], ...]) -> int:
    return len(json.dumps({"metadata": {"partitionKeys": dict(keys)}})) - len("{}") + _SEPARATOR


def size_of(entries: Iterable[Entry]) -> int:
    """Bytes of the marshalled answer, at most."""
    return _EMPTY + sum([entry.size for entry in entries])
