"""The lines of a record as its events."""

from __future__ import annotations

from collections.abc import Callable

Begins = Callable[[str], object]
"""Tells whether a line begins an event."""


class Lines:
    """Lines in order, blank ones left out.

    Where ``begins`` is given, a line that begins no event belongs to the one before it: a message of several lines
    stays one event.
    """

    __slots__ = ("_lines", "count", "values")

    def __init__(self, text: str, begins: Begins | None = None) -> None:
        lines = [line for line in text.split("\n") if line and not line.isspace()]
        if begins is not None and len(lines) > 1:
            lines = _joined(lines, begins)
        self._lines = lines
        self.values = [line.removesuffix("\r") for line in lines]
        self.count = len(lines)

    def raw(self, position: int) -> str:
        """A line as it came, without its newline."""
        return self._lines[position]

    def release(self) -> None:
        """Forget the values; ``raw`` goes on working."""
        self.values = []


def _joined(lines: list[str], begins: Begins) -> list[str]:
    joined: list[list[str]] = []
    for line in lines:
        if joined and not begins(line):
            joined[-1].append(line)
        else:
            joined.append([line])
    return ["\n".join(parts) for parts in joined]
