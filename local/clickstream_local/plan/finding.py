"""What a deployment does, in findings with a severity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad a finding is, worst first: name for programs, title for people, and whether it counts as harmful."""

    LOSS = ("data-loss", "Data is lost", True)
    REFUSED = ("refused", "The deployment fails", True)
    IRREVERSIBLE = ("irreversible", "Cannot be undone", True)
    INTERRUPTION = ("interruption", "Interruption", True)
    READERS = ("visible", "Readers, clients and operators see a change", True)
    UNKNOWN = ("unknown", "Effect unknown", True)
    CODE = ("code", "New code, which plan does not run", True)
    LEFT = ("left-behind", "Stays behind, outside of the stack", False)
    SAFE = ("safe", "Safe", False)

    def __init__(self, label: str, title: str, harmful: bool) -> None:
        self.label = label
        self.title = title
        self.harmful = harmful


@dataclass(frozen=True)
class Effect:
    """What happens to one resource; ``what`` goes on where the resource's name ends."""

    severity: Severity
    what: str
    why: str = ""
    way_out: str = ""


@dataclass(frozen=True)
class Subject:
    """What a finding is about: ``name`` is its construct path, or its logical id where no path is known."""

    stack: str
    logical_id: str
    type: str
    noun: str
    name: str


@dataclass(frozen=True)
class Finding:
    """One effect on one subject."""

    subject: Subject
    effect: Effect

    @property
    def severity(self) -> Severity:
        """The severity of its effect."""
        return self.effect.severity


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each once, worst first; otherwise in the order given."""
    places = {severity: place for place, severity in enumerate(Severity)}
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: places[finding.severity]))


def alike(findings: Iterable[Finding]) -> Iterator[tuple[Effect, tuple[Subject, ...]]]:
    """Findings of a stack with the same effect on the same kind of thing together, in the order of the first."""
    groups: dict[tuple[Effect, str, str], list[Subject]] = {}
    for finding in findings:
        key = (finding.effect, finding.subject.stack, finding.subject.noun)
        groups.setdefault(key, []).append(finding.subject)
    for (effect, _, _), subjects in groups.items():
        yield effect, tuple(subjects)
