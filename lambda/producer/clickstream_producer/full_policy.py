"""What ``put`` does when the buffer is full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clickstream_producer._duration import seconds
from clickstream_producer.errors import check_type


@dataclass(frozen=True, slots=True)
class FullPolicy:
    """Choice for a full buffer; made by one of the factories."""

    kind: Literal["block", "drop_newest", "drop_oldest", "error"]
    timeout: float = 0.0

    def __post_init__(self) -> None:
        """Refuse another kind than those of the factories."""
        kinds = ("block", "drop_newest", "drop_oldest", "error")
        wanted = "one of block, drop_newest, drop_oldest and error: use the factories"
        check_type("FullPolicy.kind", self.kind, isinstance(self.kind, str) and self.kind in kinds, wanted)
        seconds("FullPolicy.timeout", self.timeout)

    @classmethod
    def block(cls, timeout: float | str) -> FullPolicy:
        """``put`` waits for room, and drops the new event where none comes.

        In memory, it also waits while events of four requests are there (two of grown ones) and the stream takes them
        well (each request as a whole, within a second): a loop without pause then holds 4 MB, or 8, and not all of
        ``max_buffer_bytes``. That wait ends after a second at most, and drops nothing.

        Parameters
        ----------
        timeout
            Most seconds to wait for room, as a number or as text such as ``"2s"``.
        """
        return cls("block", seconds("FullPolicy.block(timeout)", timeout))

    @classmethod
    def drop_newest(cls) -> FullPolicy:
        """``put`` returns False at once; the new event is dropped. This is the default: the caller never waits."""
        return cls("drop_newest")

    @classmethod
    def drop_oldest(cls) -> FullPolicy:
        """The oldest waiting *records* (up to 500 events each) are dropped to make room; those in a request stay."""
        return cls("drop_oldest")

    @classmethod
    def error(cls) -> FullPolicy:
        """``put`` raises ``BufferFull``: nothing is dropped, the event is still the caller's."""
        return cls("error")
