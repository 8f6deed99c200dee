"""Rejected events as the reject stream carries them: the members of Firehose's own error objects, and the reasons.

``rawData`` is base64, as in Firehose's objects, of the event's bytes compressed with gzip: put into the stream again as
they are, they are read as the event. ``context`` is what a ``replay`` context line needs for the event to keep its id,
its times and its sender.
"""

from __future__ import annotations

import zlib
from binascii import b2a_base64
from typing import Any

from clickstream_transform.digest import digest
from clickstream_transform.errors import Reason, UndecodableRecordError
from clickstream_transform.records.codec import compact
from clickstream_transform.records.envelope import Envelope

ERROR_CODE = "Clickstream.EventRejected"

MAX_PER_RECORD = 1_000
MAX_PER_CALL = 10_000
"""Rejected events that go to the reject stream. A record with more is left to Firehose as a whole: 600 kB of
``[1,1,...`` are 300,000 events, whose reject objects would be a hundred megabytes."""

_GZIP = 31


class Reject:
    """One event that gives no row, with its place in its record."""

    __slots__ = ("envelope", "place", "reasons")

    def __init__(self, envelope: Envelope, place: int, reasons: list[Reason]) -> None:
        self.envelope = envelope
        self.place = place
        self.reasons = reasons


class RejectBudget:
    """How many more events may be rejected in this invocation."""

    def __init__(self) -> None:
        self._left = MAX_PER_CALL

    def spend(self, in_record: int) -> None:
        """Count one more event, the ``in_record``-th of its record.

        Raises
        ------
        UndecodableRecordError
            Too many events were rejected; what the record has spent is given back.
        """
        self._left -= 1
        if self._left < 0 or in_record > MAX_PER_RECORD:
            self._left += in_record
            raise UndecodableRecordError("too_many_rejects")


def reject_line(reject: Reject, record_id: str, arrival: int, now: int, function_arn: str) -> bytes:
    """The event as one JSON line. ``reject_id`` is the same when an invocation is retried, so copies can be told."""
    envelope, index = reject.envelope, reject.place
    position = envelope.first + index
    deflate = zlib.compressobj(wbits=_GZIP)
    raw = deflate.compress(envelope.raw(index)) + deflate.flush()
    document: dict[str, Any] = {
        "rawData": b2a_base64(raw, newline=False).decode("ascii"),
        "errorCode": ERROR_CODE,
        "errorMessage": "; ".join(f"{reason.path or 'event'}: {reason.message}" for reason in reject.reasons),
        "attemptsMade": 1,
        "arrivalTimestamp": arrival,
        "attemptEndingTimestamp": now,
        "lambdaARN": function_arn,
        "reasons": [reason.as_dict() for reason in reject.reasons],
        "reject_id": digest(f"{record_id}/{position}".encode("utf-8", "surrogatepass")),
        "context": envelope.context_members("replay", index),
    }
    return compact(document).encode("utf-8", "replace") + b"\n"
