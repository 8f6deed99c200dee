"""A range of time, as `--since` and `--until` give it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_AGO = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_FOLDER_DATE = re.compile(r"(?<!\d)(\d{4})[-/](\d\d)[-/](\d\d)(?!\d)")
_FOREVER = 1 << 62
_DAY = 86_400_000
_LONGEST_BUFFER = 3_600_000
"""More than the 900 s that a record waits for its object after the object's oldest (facts/firehose.md#buffering)."""


@dataclass(frozen=True)
class Window:
    """A range of epoch milliseconds, its end not in it; by default all there is."""

    since: int = 0
    until: int = _FOREVER

    @classmethod
    def of(cls, since: str | None, until: str | None, now: datetime) -> Window:
        """The range that two texts name.

        Each is an age (``30m``, ``2h``, ``7d``) or a date or time of ISO 8601, in UTC unless it says otherwise.

        Raises
        ------
        ValueError
            If one is neither, or the range is empty.
        """
        window = cls(0 if since is None else _millis(since, now), _FOREVER if until is None else _millis(until, now))
        if window.since >= window.until:
            raise ValueError(f"the range from {since!r} to {until!r} is empty: give an end that is later")
        return window

    @property
    def ends(self) -> bool:
        """Whether it has an end."""
        return self.until < _FOREVER

    @property
    def bounded(self) -> bool:
        """Whether it has a beginning or an end."""
        return self != Window()

    def holds(self, millis: int) -> bool:
        """Whether a time is in the range."""
        return self.since <= millis < self.until

    def may_hold_folder(self, folder: str) -> bool:
        """Whether a folder may have records of the range, by the last date in its name; one without a date may.

        A folder's date is that of its objects' oldest records in the stream's time zone: a day on either side counts.
        """
        found = _FOLDER_DATE.findall(folder)
        if not found or not self.bounded:
            return True
        try:
            day = date(*map(int, found[-1]))
        except ValueError:
            return True
        begin = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
        return begin - _DAY < self.until and self.since < begin + 2 * _DAY + _LONGEST_BUFFER


def _millis(text: str, now: datetime) -> int:
    if ago := _AGO.fullmatch(text):
        moment = now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    else:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(
                f"{text!r} is no time: write an age such as 30m, 2h or 7d, or a time such as 2026-11-30T10:00"
            ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
