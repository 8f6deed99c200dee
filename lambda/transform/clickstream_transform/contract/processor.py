"""The interface between the harness and the code that turns events into rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

from clickstream_transform.records.envelope import Envelope, Events

FastPath = Callable[[bytes], bytes | None]
"""From a record's bytes to its rows, without opening the record."""


class Batch(Protocol):
    """One invocation's work.

    ``deduplicated`` counts the events that were left out as copies, ``unknown_members`` the rows that lost members
    which no column takes.
    """

    deduplicated: int

    @property
    def unknown_members(self) -> int:
        """Rows that lost members."""

    def rows(self, value: Any, index: int, envelope: Envelope) -> bytes | None:
        """The rows of one event: JSON lines, each ended by a newline; None where the event gives no row.

        Raises
        ------
        EventRejectedError
            The event cannot become a row. Any other exception rejects the event too.
        """


class Processor(Protocol):
    """Turns events into rows; made once, used by every invocation of a warm function."""

    @property
    def one_row_an_event(self) -> bool:
        """Whether what an event gives is one row, though it may have line breaks in it. Otherwise a row is one line."""

    @property
    def fast_path(self) -> FastPath | None:
        """Gives the rows of a record that is one good event and nothing else, ``None`` for any other record.

        That is then opened and read as usual. A processor without a fast path has ``None`` here. The fast path may
        raise ``UndecodableRecordError``.
        """

    def read(self, body: bytes, explode: bool) -> Events:
        """The events in the body of a record; ``explode`` is false where they stand one a line, as we requeue them.

        Raises
        ------
        UndecodableRecordError
            The body holds no event.
        """

    def begin(self) -> Batch:
        """Begin an invocation."""


class StatelessProcessor:
    """The base of a processor that keeps nothing between events, so it is its own batch."""

    deduplicated = 0
    unknown_members = 0
    fast_path: FastPath | None = None
    one_row_an_event = False

    def begin(self) -> Self:
        """Begin an invocation."""
        return self
