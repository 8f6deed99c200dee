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
    """The service refused it alone, and took others: the fault is its own."""
    CLOSED = "closed"
    """``close`` reached its deadline. The request that was under way then may still have arrived."""
    RETRIES = "retries"
    """It was in more than ``max_retries`` requests that did not deliver it."""
    CLEARED = "cleared"
    """``clear`` was called."""
    DISABLED = "disabled"
    """It was put while the producer was disabled."""
    UNREADABLE = "unreadable"
    """The durable spool's disk did not give back what was written to it."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Counters since the producer was made, read at one moment.

    ``put + recovered == sent + pending + spooled + dropped`` always holds; ``recovered`` and ``spooled`` are 0 without
    a durable spool.

    Attributes
    ----------
    put
        Events that ``put`` took in or dropped; those it raised for are not in it.
    recovered
        Events of dead processes that were found in the durable spool.
    sent
        Events acknowledged by the service.
    pending
        Events waiting, or in a request that has no answer yet.
    spooled
        Events that ``close`` left in the durable spool, for the next process.
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
    rate_limit
        Records a second that it kept to after the last request, because the service has throttled; None: no limit.
    """

    put: int
    recovered: int
    sent: int
    pending: int
    spooled: int
    dropped: int
    dropped_by_reason: dict[str, int]
    pending_bytes: int
    records_sent: int
    bytes_sent: int
    requests: int
    failed_requests: int
    partial_requests: int
    records_retried: int
    rate_limit: float | None


@dataclass(frozen=True, slots=True)
class FlushResult:
    """Outcome of ``flush`` and ``close``, counted since the producer was made.

    ``put + recovered == sent + pending + spooled + dropped``.

    Attributes
    ----------
    put, recovered, sent, pending, spooled, dropped
        Events, as in :class:`Stats`. ``pending`` may hold events that were put after the call began.
    complete
        Every event that was put before the call is sent or dropped; False when the time ran out first.
    """

    put: int
    recovered: int
    sent: int
    pending: int
    spooled: int
    dropped: int
    complete: bool
