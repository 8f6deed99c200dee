"""A record on its way through a delivery stream."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

RECORD_ID_LENGTH = 224
_RECORD_ID_BYTES = RECORD_ID_LENGTH * 3 // 4


class Record(NamedTuple):
    """``data`` as the current stage has it, and the ``arrival`` of the original at the stream in epoch milliseconds."""

    data: bytes
    arrival: int


def new_record_ids(count: int) -> list[str]:
    """Ids for the answer of a put: opaque, 224 characters of base64 without padding (facts 1.3)."""
    text = base64.b64encode(os.urandom(_RECORD_ID_BYTES * count)).decode()
    return [text[start : start + RECORD_ID_LENGTH] for start in range(0, len(text), RECORD_ID_LENGTH)]


def oldest_arrival(records: Sequence[Record], zone: ZoneInfo) -> datetime:
    """The instant that names an object: the arrival of its oldest record, to the second (facts 5, rule 1)."""
    seconds = min(record.arrival for record in records) // 1000
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)
