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


def correct(client_time: int | None, sent_at: int | None, received_at: int) -> EventTimes:
    """Judge a client's times and correct the skew of its clock.

    The event happened as long before it was received as the client says it was made before it was sent: that difference
    holds even where the clock itself is years off, so it is taken before the times are judged. Without a plausible
    result, ``client_time`` as it is; without that, ``received_at``.

    Flags: ``time_range`` (before 2000), ``time_future`` (more than 24 h after ``received_at``), ``time_stale`` (the
    event is more than 72 h older than ``received_at``).
    """
    flags: list[str] = []
    corrected = None
    if client_time is not None and sent_at is not None:
        corrected = client_time + received_at - sent_at
        if _implausible(corrected, received_at):
            corrected = None
    judged: list[int | None] = []
    for time in (client_time, sent_at):
        flag = None if time is None else _implausible(time, received_at)
        if flag is not None and flag not in flags:
            flags.append(flag)
        judged.append(time if flag is None else None)
    event_time = corrected if corrected is not None else judged[0] if judged[0] is not None else received_at
    if event_time < received_at - MAX_AGE:
        flags.append("time_stale")
    return EventTimes(event_time, judged[0], judged[1], tuple(flags))


def _implausible(time: int, received_at: int) -> str | None:
    if time < EARLIEST:
        return "time_range"
    return "time_future" if time > received_at + MAX_FUTURE else None
