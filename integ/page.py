"""The rows of docs/unverified.md, and which checks each names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "unverified.md"
NO_CHECK = "no check: "
"""Begins the last cell of a row that no check can cover; the reason follows."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes
    ----------
    what:
        Its first cell.
    checks:
        Ids of the checks that its last cell names.
    reason:
        Why there is none, if there is none.
    """

    what: str
    checks: tuple[str, ...]
    reason: str = ""


def rows_of(page: str) -> list[Row]:
    """Read the rows of the page's table."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [_row(line) for line in lines[2:]]


def _row(line: str) -> Row:
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
    if cells[-1].startswith(NO_CHECK):
        return Row(cells[0], (), cells[-1].removeprefix(NO_CHECK))
    return Row(cells[0], tuple(re.findall(r"`([a-z0-9-]+)`", cells[-1])))
