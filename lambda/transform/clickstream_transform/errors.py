"""The errors of the transform: of its configuration, of one record, of one event."""

from __future__ import annotations

from typing import NamedTuple


class ConfigError(ValueError):
    """A schema or an option that cannot work. The message names the place, the value and the way out."""


class UndecodableRecordError(Exception):
    """Nothing in a record can be read as an event; Firehose keeps the record under ``processing-failed``.

    ``reason`` is one of a fixed set of words: it becomes part of a metric's name, so no payload may be in it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reason(NamedTuple):
    """Why an event was rejected: the column (never its value), the rule it broke, a sentence for a person."""

    path: str
    rule: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """The member of ``reasons`` in a reject object."""
        return self._asdict()


class EventRejectedError(Exception):
    """One event cannot become a row; its neighbours in the record go on."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(", ".join(f"{reason.rule}:{reason.path}" for reason in reasons))
        self.reasons = reasons
