"""What an event without them gets: an id, by which copies are told from events, and the time."""

from __future__ import annotations

import os
import time
from typing import Final

_VARIANT: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class ClientTime:
    """Now as ``yyyy-MM-ddTHH:mm:ss.SSSZ``, in UTC."""

    def __init__(self) -> None:
        self._kept = (0, "")
        self._second = (0, "")

    def now(self) -> str:
        """Give the time; the text is kept until its millisecond is over, the part down to the second for a second."""
        milliseconds = time.time_ns() // 1_000_000
        kept, text = self._kept  # one tuple, so that another thread cannot change the half of it
        if kept != milliseconds:
            second, rest = divmod(milliseconds, 1000)
            last, begin = self._second
            if last != second:
                begin = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second))
                self._second = (second, begin)
            text = f"{begin}{rest:03d}Z"
            self._kept = (milliseconds, text)
        return text


def random_uuid() -> str:
    """Random UUID (version 4) as 32 hexadecimal digits, at half the cost of ``uuid.uuid4().hex``.

    The system is asked for each: randomness kept for later would be the same in a forked child, and in every copy of a
    function that is started from a snapshot.
    """
    digits = os.urandom(16).hex()
    return f"{digits[:12]}4{digits[13:16]}{_VARIANT[digits[16]]}{digits[17:]}"
