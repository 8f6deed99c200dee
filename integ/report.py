"""What a run found out, as a table: the rows of docs/unverified.md first, then the other checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from integ.check import Check
from integ.outcome import Outcome, Verdict

PAGE = Path(__file__).resolve().parents[1] / "docs" / "unverified.md"
NO_CHECK = "no check: "
"""Begins the last cell of a row that no check can cover; the reason follows."""

_STYLES = {Verdict.HOLDS: "green", Verdict.DOES_NOT_HOLD: "bold red", Verdict.NOT_COVERED: "yellow"}


@dataclass(frozen=True)
class UnverifiedRow:
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


def rows_of(page: str) -> list[UnverifiedRow]:
    """Read the rows of the page's table."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [_row(line) for line in lines[2:]]


def _row(line: str) -> UnverifiedRow:
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
    if cells[-1].startswith(NO_CHECK):
        return UnverifiedRow(cells[0], (), cells[-1].removeprefix(NO_CHECK))
    return UnverifiedRow(cells[0], tuple(re.findall(r"`([a-z0-9-]+)`", cells[-1])))


@dataclass(frozen=True)
class ReportLine:
    """One line of the table."""

    what: str
    check: str
    outcome: Outcome


def lines_of(
    rows: Sequence[UnverifiedRow], checks: Mapping[str, Check], outcomes: Mapping[str, Outcome]
) -> list[ReportLine]:
    """Return the lines of a run.

    Parameters
    ----------
    rows:
        Of the page.
    checks:
        All there are.
    outcomes:
        Of those that ran, by id.
    """
    lines = [line for row in rows for line in _lines_of_row(row, outcomes)]
    others = checks.keys() - {line.check for line in lines}
    return lines + [
        ReportLine(check.question, id_, outcomes.get(id_, _NOT_RUN)) for id_, check in checks.items() if id_ in others
    ]


_NOT_RUN = Outcome(Verdict.NOT_COVERED, "not run")


def _lines_of_row(row: UnverifiedRow, outcomes: Mapping[str, Outcome]) -> Iterator[ReportLine]:
    if not row.checks:
        yield ReportLine(row.what, "–", Outcome(Verdict.NOT_COVERED, row.reason))
    for id_ in row.checks:
        yield ReportLine(row.what, id_, outcomes.get(id_, _NOT_RUN))


def markdown(lines: Sequence[ReportLine], heading: str) -> str:
    """Return the report as a page that can be put into an issue: it holds no address, no key and no account."""
    table = "".join(
        f"| {line.what} | {line.outcome.verdict.value} | {line.outcome.evidence.replace('|', '/')} | {line.check} |\n"
        for line in lines
    )
    return f"# {heading}\n\n| what | verdict | evidence | check |\n|---|---|---|---|\n{table}"


def show(lines: Sequence[ReportLine], console: Console) -> None:
    """Print the table."""
    table = Table("what", "verdict", "evidence", "check", show_lines=True)
    for line in lines:
        verdict = f"[{_STYLES[line.outcome.verdict]}]{line.outcome.verdict.value}[/]"
        table.add_row(_plain(line.what), verdict, _plain(line.outcome.evidence), line.check)
    console.print(table)


def _plain(text: str) -> str:
    """Keep rich from reading brackets as its own markup."""
    return text.replace("[", r"\[")
