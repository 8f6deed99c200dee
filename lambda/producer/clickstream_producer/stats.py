"""What the producer tells about itself."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class DropReason(enum.StrEnum):
    """Why an event was given up for good."""

    BUFFER_FULL = "buffer_full"
    """The buffer was full; by the full policy the newest or the oldest had to go."""
    EXPIRED = "expired"
    """It waited longer than ``max_age``."""
    REFUSED = "refused"
    """The service refused it, and trying again cannot heal that."""
    CLOSED = "closed"
    """``close`` reached its deadline. The request that was under way then may still have arrived."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Counters since the producer was made, read at one moment: ``put == sent + pending + dropped`` always holds.

    Attributes
    ----------
    put
        Events that ``put`` took in or dropped; those it raised for are not in it.
    sent
        Events acknowledged by the service.
    pending
        Events waiting, or in a request that has no answer yet.
    dropped
        Events given up; ``dropped_by_reason`` says why.
    dropped_by_reason
        Events by :class:`DropReason`; reasons that never occurred are left out.
    pending_bytes
        Encoded bytes of the pending events, newlines included.
    records_sent, bytes_sent
        Records acknowledged, and their raw bytes.
    requests, failed_requests, partial_requests
        Requests answered or failed; those that failed as a whole; those of which the service took only a part.
    records_retried
        Times that a record went back to the buffer to be sent again.
    """

    put: int
    sent: int
    pending: int
    dropped: int
    dropped_by_reason: dict[str, int]
    pending_bytes: int
    records_sent: int
    bytes_sent: int
    requests: int
    failed_requests: int
    partial_requests: int
    records_retried: int


@dataclass(frozen=True, slots=True)
class FlushResult:
    """Outcome of ``flush`` and ``close``, counted since the producer was made: ``put == sent + pending + dropped``.

    Attributes
    ----------
    put, sent, pending, dropped
        Events, as in :class:`Stats`. ``pending`` may hold events that were put after the call began.
    complete
        Every event that was put before the call is sent or dropped; False when the time ran out first.
    """

    put: int
    sent: int
    pending: int
    dropped: int
    complete: bool
