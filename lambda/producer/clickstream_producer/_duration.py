"""Durations: a number of seconds, or a text such as ``"250ms"``, ``"5s"``, ``"10m"``, ``"12h"``, ``"7d"``."""

from __future__ import annotations

import re
from typing import Final

from clickstream_producer.errors import InvalidOption

MAX_SECONDS: Final = 366 * 86_400
"""Longest duration: far above it, the system's timers overflow."""

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_TEXT = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")


def seconds(option: str, value: float | str) -> float:
    """Read a duration.

    Parameters
    ----------
    option
        Name of the option, for the message.
    value
        Seconds as a number, or a number with one of the units ms, s, m, h, d.

    Raises
    ------
    InvalidOption
        It is negative, above 366 days, not a number, or text of another form.
    """
    if isinstance(value, str):
        match = _TEXT.fullmatch(value.strip())
        if match is None:
            raise InvalidOption(
                f"{option}={value!r} must be a duration: seconds as a number, or text such as 250ms, 5s, 10m, 12h"
            )
        number = float(match[1]) * _UNITS[match[2]]
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidOption(f"{option}={value!r} must be a duration: a number of seconds, or text such as 5s")
    else:
        number = float(value)
    if not 0 <= number <= MAX_SECONDS:  # false for NaN, too
        raise InvalidOption(f"{option}={value!r} must be a duration from 0 to {MAX_SECONDS:,} seconds (366 days)")
    return number
