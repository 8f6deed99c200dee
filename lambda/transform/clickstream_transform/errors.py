"""The errors of the transform: of its configuration, of one record, of one event."""

from __future__ import annotations

# Plain classes, no named tuples: making one of those compiles code, a fiftieth of a cold start.


class ConfigError(ValueError):
    """A schema or an option that cannot work. The message names the place, the value and the way out."""


class UndecodableRecordError(Exception):
    """Nothing in a record can be read as an event; Firehose keeps the record under ``processing-failed``.

    ``reason`` is one of a fixed set of words: it becomes part of a metric's name, so no payload may be in it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reason:
    """Why an event was rejected: the column (never its value), the rule it broke, a sentence for a person."""

    __slots__ = ("message", "path", "rule")

    def __init__(self, path: str, rule: str, message: str) -> None:
        self.path = path
        self.rule = rule
        self.message = message

    def as_dict(self) -> dict[str, str]:
        """The member of ``reasons`` in a reject object."""
        return {"path": self.path, "rule": self.rule, "message": self.message}


class EventRejectedError(Exception):
    """One event cannot become a row; its neighbours in the record go on."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(", ".join(f"{reason.rule}:{reason.path}" for reason in reasons))
        self.reasons = reasons
