"""What a run found out, as a table: the rows of docs/unverified.md first, then the other checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from integ.check import Check
from integ.outcome import Outcome, Verdict
from integ.page import Row

_STYLES = {Verdict.HOLDS: "green", Verdict.DOES_NOT_HOLD: "bold red", Verdict.NOT_COVERED: "yellow"}


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    check: str
    outcome: Outcome


def lines_of(rows: Sequence[Row], checks: Mapping[str, Check], outcomes: Mapping[str, Outcome]) -> list[Line]:
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
    named = {line.check for line in lines}
    return lines + [
        Line(check.question, id_, outcomes.get(id_, _NOT_RUN)) for id_, check in checks.items() if id_ not in named
    ]


_NOT_RUN = Outcome(Verdict.NOT_COVERED, "not run")


def _lines_of_row(row: Row, outcomes: Mapping[str, Outcome]) -> Iterator[Line]:
    if not row.checks:
        yield Line(row.what, "–", Outcome(Verdict.NOT_COVERED, row.reason))
    for id_ in row.checks:
        yield Line(row.what, id_, outcomes.get(id_, _NOT_RUN))


def markdown(lines: Sequence[Line], heading: str) -> str:
    """Return the report as a page that can be put into an issue: it holds no address, no key and no account."""
    table = "".join(
        f"| {line.what} | {line.outcome.verdict.value} | {line.outcome.evidence.replace('|', '/')} | {line.check} |\n"
        for line in lines
    )
    return f"# {heading}\n\n| what | verdict | evidence | check |\n|---|---|---|---|\n{table}"


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the table."""
    table = Table("what", "verdict", "evidence", "check", show_lines=True)
    for line in lines:
        verdict = f"[{_STYLES[line.outcome.verdict]}]{line.outcome.verdict.value}[/]"
        table.add_row(_plain(line.what), verdict, _plain(line.outcome.evidence), line.check)
    console.print(table)


def _plain(text: str) -> str:
    """Keep rich from reading brackets as its own markup."""
    return text.replace("[", r"\[")
