"""What the stacks and the checks agree on."""

from __future__ import annotations

from enum import Enum

EVENT_SOURCE = "clickstream.integ"
"""Source of the events that the rule of the event bus takes."""

PARTITIONS = ("click", "page_view")
"""Event names that get a partition of their own."""

STACK_PREFIX = "ClickstreamInteg"


class LoggingRole(Enum):
    """API Gateway's logging role of the account and region."""

    THERE = "there"
    """Somebody set it: the endpoints have access logs."""

    NONE = "none"
    """Nobody set it, and nobody is to: no endpoint has an access log."""

    MAKE = "make"
    """The run makes it, for the whole account, and it stays."""


def stack_names(suffix: str) -> tuple[str, str]:
    """Return the names of the two stacks of a run: the core, and what needs a network of its own."""
    return f"{STACK_PREFIX}-{suffix}-Core", f"{STACK_PREFIX}-{suffix}-Edges"
