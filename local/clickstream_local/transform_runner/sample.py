"""Sample records out of a file: a Firehose event, JSON, or raw lines."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from typing import Any


class SampleError(ValueError):
    """A sample without a record to transform; the message says what is expected."""


def read_records(data: bytes) -> list[bytes]:
    """The records in the bytes of a sample.

    A JSON object with a list ``records`` is an event as Firehose sends it to a function: its records, decoded. Any
    other single JSON value, pretty-printed or not, is one record, and so is gzip, as a subscription of CloudWatch Logs
    sends it. Otherwise each line that is not blank is a record.

    Raises
    ------
    SampleError
        If there is none, or the data of a record is not base64.
    """
    if data[:2] == b"\x1f\x8b":
        return [data]
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        records = [line.removesuffix(b"\r") for line in data.split(b"\n") if line.strip()]
    else:
        is_event = isinstance(document, dict) and isinstance(document.get("records"), list)
        records = [_decoded(record) for record in document["records"]] if is_event else [data]
    if not records:
        raise SampleError("the sample holds no record: give a Firehose event, a JSON event or log lines")
    return records


def _decoded(record: Any) -> bytes:
    data = record.get("data", record.get("kafkaRecordValue")) if isinstance(record, dict) else None
    try:
        return b64decode(data or "", validate=True)
    except (binascii.Error, TypeError):
        raise SampleError("the data of a record of the Firehose event is not base64") from None
