"""Rejected events as the reject stream carries them: the members of Firehose's own error objects, and the reasons.

``rawData`` is base64, as in Firehose's objects, of the event's bytes compressed with gzip: put into the stream again as
they are, they are read as the event. ``context`` is what a ``replay`` context line needs for the event to keep its id,
its times and its sender. Many rejected events of a small record may share one object.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Sequence
from typing import Any

from clickstream_transform.columns.checks import MAX_REASONS
from clickstream_transform.digest import digest
from clickstream_transform.errors import Reason, UndecodableRecordError
from clickstream_transform.records.codec import compact
from clickstream_transform.records.envelope import Envelope

ERROR_CODE = "Clickstream.EventRejected"

MAX_PER_RECORD = 1_000
MAX_PER_CALL = 10_000
"""Rejected events that go to the reject stream. A record with more is left to Firehose as a whole: 600 kB of
``[1,1,...`` are 300,000 events, whose reject objects would be a hundred megabytes."""

MAX_GROWTH = 8
MIN_ALLOWANCE = 16 << 10
"""Bytes of reject objects for each byte of a record, and for a record however small: a request of 10 kB may hold 500
events of 17 bytes, whose objects would be 350 kB."""

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


def reject_lines(rejects: Sequence[Reject], record_id: str, arrival: int, now: int, function_arn: str) -> list[bytes]:
    """The rejected events of a record as JSON lines, one each as long as ``allowance`` lasts; the rest share one.

    The events of the shared line stand one after the other in its ``rawData``, and ``events`` is their number.

    Raises
    ------
    UndecodableRecordError
        The rest is larger than the record: the events repeat what the record said once.
    """
    record_size = sum({id(reject.envelope): reject.envelope.size for reject in rejects}.values())
    left = MAX_GROWTH * record_size + MIN_ALLOWANCE
    lines = []
    for number, reject in enumerate(rejects):
        if left < 0 and number < len(rejects) - 1:
            rest = rejects[number:]
            size, raws = 0, []
            for one in rest:
                raws.append(one.envelope.raw(one.place))
                size += len(raws[-1])
                if size > record_size:
                    raise UndecodableRecordError("too_many_rejects")
            lines.append(_line(rest, b"\n".join(raws), record_id, arrival, now, function_arn))
            break
        raw = reject.envelope.raw(reject.place)
        line = _line([reject], raw, record_id, arrival, now, function_arn)
        left -= max(len(line), len(raw))
        lines.append(line)
    return lines


def _line(rejects: Sequence[Reject], raw: bytes, record_id: str, arrival: int, now: int, function_arn: str) -> bytes:
    """One line. ``reject_id`` is the same when an invocation is retried, so copies can be told."""
    import zlib  # most records have no reject, and a cold start does not pay

    envelope, index = rejects[0].envelope, rejects[0].place
    position = envelope.first + index
    deflate = zlib.compressobj(wbits=_GZIP)
    raw = deflate.compress(raw) + deflate.flush()
    reasons = {(reason.path, reason.message): reason for reject in rejects for reason in reject.reasons}.values()
    told = list(reasons)[:MAX_REASONS]
    document: dict[str, Any] = {
        "rawData": b2a_base64(raw, newline=False).decode("ascii"),
        "errorCode": ERROR_CODE,
        "errorMessage": "; ".join(f"{reason.path or 'event'}: {reason.message}" for reason in told),
        "attemptsMade": 1,
        "arrivalTimestamp": arrival,
        "attemptEndingTimestamp": now,
        "lambdaARN": function_arn,
        "reasons": [reason.as_dict() for reason in told],
        "reject_id": digest(f"{record_id}/{position}".encode("utf-8", "surrogatepass")),
        "context": envelope.context_members("replay", index),
    }
    if len(rejects) > 1:
        document["events"] = len(rejects)
        # They do not stand side by side in their record: positions of its own keep their ids from those of others.
        document["context"] |= {"identity": digest(f"{envelope.identity}/rest".encode()), "first": position}
    return compact(document).encode("utf-8", "replace") + b"\n"
