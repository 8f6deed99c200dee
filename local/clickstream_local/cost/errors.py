"""What goes wrong while a cost is worked out."""

from __future__ import annotations


class CostError(ValueError):
    """The cost cannot be worked out; the message says why, and which option to change."""
