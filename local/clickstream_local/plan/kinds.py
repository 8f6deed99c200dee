"""The form of what is known about a resource type: what is lost with it, and what each of its properties does.

A rule gets the value of a property on both sides and says what the change does. What no rule speaks of is unknown.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from clickstream_local.plan.differences import ABSENT, Differences, Resource
from clickstream_local.plan.finding import Effect, Severity
from clickstream_local.plan.values import open_points, references, renewed, with_names

_LONGEST = 140


@dataclass(frozen=True)
class Context:
    """One resource amid its stack; ``name_of`` gives a resource's name for people."""

    differences: Differences
    logical_id: str
    name_of: Callable[[str], str]

    @property
    def replaced(self) -> bool:
        """Whether a new resource is made in its place, which knows nothing of the old one."""
        return self.logical_id in self.differences.replaced

    @property
    def made_anew(self) -> bool:
        """The same for one that gets another logical id."""
        return self.replaced or self.logical_id in self.differences.moved

    @property
    def old(self) -> Resource:
        """The resource as OLD has it."""
        return self.differences.old.resources[self.logical_id]

    @property
    def new(self) -> Resource:
        """The resource as NEW has it, with references to what is replaced marked."""
        resource = self.differences.new.resources[self.differences.moved.get(self.logical_id, self.logical_id)]
        marked = renewed(resource.properties, self.differences.replaced - {resource.logical_id})
        return replace(resource, properties=marked)

    def shown(self, value: Any) -> str:
        """A value for people: references by the names of what they refer to, long ones cut."""
        if value is ABSENT:
            return "nothing"
        named = with_names(value, self.name_of)
        if points := open_points(value):
            return f"a value that depends on {', '.join(points)}"
        text = named if isinstance(named, str) else json.dumps(named, ensure_ascii=False)
        text = text.replace("⟦", "${").replace("⟧", "}") or '""'
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


Rule = Callable[[Context, Any, Any], Iterable[Effect]]
Gone = Callable[[Context, str], Iterable[Effect]]
"""What goes with a resource, where it is not kept; the second argument says how it goes, such as ``is deleted``."""


@dataclass(frozen=True)
class Kind:
    """What is known about a resource type.

    Parameters
    ----------
    noun:
        What people call it.
    rules:
        What a change of a property does, by its path; the longest path that holds the property counts, and an empty
        one holds all.
    gone:
        What is lost when it is deleted or replaced. Default: nothing that anybody would miss.
    names:
        Paths of the properties that make up a name which no second resource may have.
    part_of:
        Property that says what it is a part of: when that goes, what is lost is said there.
    bills:
        Whether it costs something when it is left behind.
    follows:
        Paths whose rule speaks also when the property only follows a replaced resource.
    added:
        What a new one does beside being there.
    """

    noun: str
    rules: Mapping[str, Rule] = field(default_factory=dict)
    gone: Gone | None = None
    names: tuple[str, ...] = ()
    part_of: str = ""
    bills: bool = False
    follows: frozenset[str] = frozenset()
    added: Callable[[Context], Iterable[Effect]] | None = None


def fixed(severity: Severity, what: str, why: str = "", way_out: str = "") -> Rule:
    """A rule that always says the same; ``{old}`` and ``{new}`` stand for the values."""

    def rule(context: Context, old: Any, new: Any) -> Iterator[Effect]:
        values = {"old": context.shown(old), "new": context.shown(new)}
        yield Effect(severity, *(_filled(text, values) for text in (what, why, way_out)))

    return rule


def safe(what: str) -> Rule:
    """A rule for what harms nobody."""
    return fixed(Severity.SAFE, what)


def lost(severity: Severity, what: str, why: str = "", way_out: str = "", *, anew: str | None = None) -> Gone:
    """What goes with a resource, always the same; ``what`` goes on after ``is deleted``.

    ``anew`` goes there instead where a new one is made first, which is safe then.
    """

    def gone(context: Context, how: str) -> Iterator[Effect]:
        if anew is not None and context.made_anew:
            yield Effect(Severity.SAFE, f"{how}{anew}")
        else:
            yield Effect(severity, f"{how}{what}", why, way_out)

    return gone


def lowered(
    severity: Severity, less: str, more: str, why: str = "", way_out: str = "", *, default: str | None = None
) -> Rule:
    """A rule for a number that harms when it gets smaller; without a ``default``, none is as much as there may be."""

    def rule(context: Context, old: Any, new: Any) -> Iterator[Effect]:
        if default is not None:
            old, new = (default if value is ABSENT else value for value in (old, new))
        values = {"old": context.shown(old), "new": context.shown(new)}
        numbers = [number(value) for value in (old, new) if value is not ABSENT]
        if any(map(math.isnan, numbers)):
            yield Effect(Severity.UNKNOWN, _filled("changes from {old} to {new}: not two numbers", values))
        elif new is not ABSENT and (old is ABSENT or number(new) < number(old)):
            yield Effect(severity, _filled(less, values), why, way_out)
        else:
            yield Effect(Severity.SAFE, _filled(more, values))

    return rule


def number(value: Any) -> float:
    """A number of a template; NaN where it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def at(value: Any, *path: str) -> Any:
    """A member of a member; ABSENT where there is none."""
    for name in path:
        value = value.get(name, ABSENT) if isinstance(value, Mapping) else ABSENT
    return value


def flag(value: Any) -> bool:
    """Whether a switch is on."""
    return bool(value == "true")


def items(value: Any) -> list[Any]:
    """A list, or the one thing in place of a list; nothing where there is nothing."""
    if value is ABSENT:
        return []
    return value if isinstance(value, list) else [value]


def mentions(value: Any, logical_id: str) -> bool:
    """Whether a value refers to a resource."""
    return logical_id in references(value)
