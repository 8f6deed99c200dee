"""When an event happened, on the server's clock, from clocks that cannot be trusted."""

from __future__ import annotations

from typing import NamedTuple

HOUR = 3_600_000
EARLIEST = 946_684_800_000
"""Start of the year 2000: an earlier time is a device that lost its clock."""
MAX_FUTURE = 24 * HOUR
MAX_AGE = 72 * HOUR


class EventTimes(NamedTuple):
    """Judged times in epoch milliseconds; a client's time that is not plausible is None."""

    event_time: int
    client_time: int | None
    sent_at: int | None
    flags: tuple[str, ...]


def undoubted(client_time: int, sent_at: int, received_at: int) -> int | None:
    """The event's time where ``correct`` would raise no flag, as of nearly all events; else None."""
    event_time = client_time + received_at - sent_at
    latest = received_at + MAX_FUTURE
    if (
        EARLIEST <= client_time <= latest
        and EARLIEST <= sent_at <= latest
        and EARLIEST <= event_time <= latest
        and event_time >= received_at - MAX_AGE
    ):
        return event_time
    return None


def correct(client_time: int | None, sent_at: int | None, received_at: int) -> EventTimes:
    """Judge a client's times and correct the skew of its clock.

    The event happened as long before it was received as the client says it was made before it was sent: that difference
    holds even where the clock itself is years off, so it is taken before the times are judged. Without a plausible
    result, ``client_time`` as it is; without that, ``received_at``.

    Flags: ``time_range`` (before 2000), ``time_future`` (more than 24 h after ``received_at``), ``time_stale`` (the
    event is more than 72 h older than ``received_at``).
    """
    latest = received_at + MAX_FUTURE
    flags: tuple[str, ...] = ()
    judged_client, judged_sent = client_time, sent_at
    if client_time is not None and not EARLIEST <= client_time <= latest:
        judged_client = None
        flags = (_flag(client_time),)
    if sent_at is not None and not EARLIEST <= sent_at <= latest:
        judged_sent = None
        if _flag(sent_at) not in flags:
            flags = (*flags, _flag(sent_at))
    event_time = received_at if judged_client is None else judged_client
    if client_time is not None and sent_at is not None:
        corrected = client_time + received_at - sent_at
        if EARLIEST <= corrected <= latest:
            event_time = corrected
    if event_time < received_at - MAX_AGE:
        flags = (*flags, "time_stale")
    return EventTimes(event_time, judged_client, judged_sent, flags)


def _flag(time: int) -> str:
    return "time_range" if time < EARLIEST else "time_future"
