"""Boxes with rows, and arrows from a row to a box or to one of its rows: what a picture is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What travels along an arrow."""

    EVENTS = "events"
    FAILURES = "failures"
    LOGS = "logs"
    METADATA = "metadata"


@dataclass
class Row:
    """One line of a box: what it says, and what is added in small letters."""

    key: str
    text: str
    note: str = ""


@dataclass
class Box:
    """A resource, or a group of small ones."""

    key: str
    column: int
    title: str
    subtitle: str
    rows: list[Row] = field(default_factory=list)

    def row(self, key: str, text: str, note: str = "") -> str:
        """Add a row, unless there is one of that key; gives the key back."""
        if all(row.key != key for row in self.rows):
            self.rows.append(Row(key, text, note))
        return key


@dataclass(frozen=True)
class Arrow:
    """From a row of a box to a box, or to a row of it."""

    source: tuple[str, str]
    target: tuple[str, str | None]
    kind: Kind


@dataclass
class Diagram:
    """Boxes in columns from left to right, and their arrows."""

    boxes: dict[str, Box] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)

    def box(self, key: str, column: int, title: str, subtitle: str) -> Box:
        """The box of that key, made if it is not there."""
        return self.boxes.setdefault(key, Box(key, column, title, subtitle))

    def arrow(self, source: tuple[str, str], target: tuple[str, str | None], kind: Kind) -> None:
        """Add an arrow."""
        self.arrows.append(Arrow(source, target, kind))
