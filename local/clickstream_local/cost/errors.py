"""What goes wrong while a cost is worked out."""

from __future__ import annotations


class CostError(ValueError):
    """The cost cannot be worked out; the message says why, and which option to change."""


class PriceError(ValueError):
    """A price file that cannot be used, or a region without prices; the message says what to change."""
