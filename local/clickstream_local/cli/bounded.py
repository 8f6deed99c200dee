"""Numbers with limits, refused with the option's value, the limits and an example."""

from __future__ import annotations

import math
from collections.abc import Callable

import click


def bounded(
    what: str, low: float, high: float, *, example: float, whole: bool = True
) -> Callable[[str | float], float]:
    """The type of an option that is a number of ``what``.

    Parameters
    ----------
    what:
        What is counted, for messages.
    low, high:
        The limits, both allowed.
    example:
        A value that would do, for messages.
    whole:
        Whether fractions are refused.
    """

    def number(value: str | float) -> float:
        try:
            converted = int(value) if whole else float(value)
        except (ValueError, OverflowError):
            converted = math.nan
        if low <= converted <= high:
            return converted
        noun = "a whole number" if whole else "a number"
        raise click.BadParameter(f"{str(value)!r}: give {noun} of {what} from {low:,} to {high:,}, such as {example}")

    return number
