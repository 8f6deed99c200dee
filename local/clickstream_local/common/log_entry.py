"""What is read of a log, wherever it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from clickstream_local.common.window import Window


@dataclass(frozen=True)
class LogEntry:
    """One event of a log group; ``timestamp`` is epoch milliseconds."""

    timestamp: int
    message: str


class LogReader(Protocol):
    """Reads log groups."""

    def entries(self, group: str, stream: str, window: Window, pattern: str) -> Iterator[LogEntry]:
        """The events of a log stream, of all for ``""``, that may match a filter pattern; none where it is gone."""
