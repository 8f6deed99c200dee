"""Shows the findings: lines for people, one document for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from clickstream_local.common.terminal import printable
from clickstream_local.plan.finding import Effect, Finding, Severity, Subject, alike

_STYLES = {
    Severity.LOSS: "bold red",
    Severity.REFUSED: "bold red",
    Severity.IRREVERSIBLE: "bold red",
    Severity.INTERRUPTION: "bold yellow",
    Severity.READERS: "bold yellow",
    Severity.UNKNOWN: "bold yellow",
    Severity.CODE: "bold yellow",
    Severity.LEFT: "bold",
    Severity.SAFE: "bold green",
}
_NAMES = 3
"""Names of a harmless line that are shown; a harmful one shows all."""


def harmful(findings: Sequence[Finding], *, accept_code: bool = False) -> bool:
    """Whether there is something to read before a deployment; new code is not, where it is accepted."""
    return any(_is_harmful(finding.severity, accept_code=accept_code) for finding in findings)


def _is_harmful(severity: Severity, *, accept_code: bool) -> bool:
    return severity.harmful and not (accept_code and severity is Severity.CODE)


def document(findings: Sequence[Finding], *, accept_code: bool = False) -> dict[str, Any]:
    """The findings as a JSON document."""
    return {
        "harmful": harmful(findings, accept_code=accept_code),
        "counts": {severity.label: _count(findings, severity) for severity in Severity},
        "findings": [
            {
                "severity": finding.severity.label,
                "harmful": _is_harmful(finding.severity, accept_code=accept_code),
                "stack": finding.subject.stack,
                "logical_id": finding.subject.logical_id,
                "type": finding.subject.type,
                "name": finding.subject.name,
                "what": finding.effect.what,
                "why": finding.effect.why,
                "way_out": finding.effect.way_out,
            }
            for finding in findings
        ],
    }


def _count(findings: Sequence[Finding], severity: Severity) -> int:
    return sum(1 for finding in findings if finding.severity is severity)


def print_plan(console: Console, findings: Sequence[Finding], *, accept_code: bool = False) -> None:
    """The findings for people, worst first, and a last line that sums them up."""
    several = len({finding.subject.stack for finding in findings}) > 1
    for severity in Severity:
        section = [finding for finding in findings if finding.severity is severity]
        if not section:
            continue
        console.print(Text(severity.title, style=_STYLES[severity]))
        for effect, subjects in alike(section):
            for indent, text in _lines(effect, subjects, several=several):
                for number, line in enumerate(text.wrap(console, max(console.width - indent - 2, 20))):
                    line.rstrip()
                    console.print(Text(" " * (indent if number == 0 else indent + 2)) + line, soft_wrap=True)
        console.print()
    console.print(Text(_summary(findings, accept_code=accept_code), style="bold"))


def _lines(effect: Effect, subjects: Sequence[Subject], *, several: bool) -> Iterator[tuple[int, Text]]:
    names = [subject.name for subject in subjects]
    shown = names if effect.severity.harmful else names[:_NAMES]
    more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    first = subjects[0]
    line = Text("• ")
    if several and first.noun != "stack":
        line.append(f"{printable(first.stack)}: ", style="dim")
    line.append(printable(", ".join(shown) + more), style="bold")
    line.append(f" ({printable(first.noun)}{', each:' if len(names) > 1 else ''}) " if first.noun != "stack" else " ")
    line.append(printable(effect.what))
    yield 2, line
    if effect.why:
        yield 4, Text(f"why: {printable(effect.why)}", style="dim")
    if effect.way_out:
        yield 4, Text(f"→ {printable(effect.way_out)}")


def _summary(findings: Sequence[Finding], *, accept_code: bool) -> str:
    if not findings:
        return "Nothing changes."
    counts = ", ".join(f"{number} {severity.label}" for severity in Severity if (number := _count(findings, severity)))
    if harmful(findings, accept_code=accept_code):
        return f"Read this before you deploy: {counts}."
    return f"Nothing harmful{', the code is accepted' if harmful(findings) else ''}: {counts}."
