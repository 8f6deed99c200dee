"""What goes wrong while a deployment is planned."""

from __future__ import annotations


class PlanError(ValueError):
    """The two sides cannot be read or compared; the message says which, and the way out."""
