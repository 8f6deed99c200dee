"""Says what a deployment of NEW over OLD does, finding by finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from clickstream_local.plan.access_kinds import role_effects
from clickstream_local.plan.differences import Differences, Leaf, differences
from clickstream_local.plan.endpoint_kinds import not_served
from clickstream_local.plan.errors import PlanError
from clickstream_local.plan.finding import Effect, Finding, Severity, Subject, ordered
from clickstream_local.plan.kinds import Context, at
from clickstream_local.plan.resource_effects import KINDS, NESTED, ResourceEffects
from clickstream_local.plan.sides import Pair, StackSide, names_content
from clickstream_local.plan.stack_effects import Importers, importers_of, stack_effects
from clickstream_local.plan.values import texts


def plan(pairs: Iterable[Pair], parameters: Mapping[str, str]) -> tuple[Finding, ...]:
    """The findings of all stacks, worst first.

    Parameters
    ----------
    pairs:
        The stacks on both sides.
    parameters:
        Values that template parameters are given at this deployment.

    Raises
    ------
    PlanError
        A template is nested too deeply to be compared, or a part of it is not what CloudFormation takes.
    """
    both = tuple(pairs)
    try:
        importers = importers_of(pair.old for pair in both if pair.old is not None)
        return ordered(finding for pair in both for finding in _stack(pair, parameters, importers))
    except RecursionError:
        raise PlanError("a template is nested too deeply, or holds itself by a YAML anchor") from None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise PlanError(f"a part of a template has another form than CloudFormation's: {error}") from error


def _stack(pair: Pair, parameters: Mapping[str, str], importers: Importers) -> Iterator[Finding]:
    subject = Subject(pair.name, "", NESTED, "stack", pair.name)
    if pair.new is None:
        what = "is not in NEW: a deployment does not touch it; it stays as it is, and bills"
        yield Finding(subject, Effect(Severity.LEFT, what, way_out=f"cdk destroy {pair.name}"))
        return
    if pair.old is None:
        yield Finding(subject, Effect(Severity.SAFE, f"is new: {len(pair.new.body['Resources'])} resources are made"))
    old = pair.old or replace(pair.new, body={"Resources": {}})
    places = [(side.account, side.region) for side in (old, pair.new)]
    if any(one and other and one != other for one, other in zip(*places, strict=True)):
        one, other = ("/".join(part or "?" for part in place) for place in places)
        yield Finding(
            subject,
            Effect(
                Severity.INTERRUPTION,
                f"is deployed to {other}, where it is another stack: the one in {one} stays as it is, and bills",
                "a stack belongs to one account and region",
                "move clients and producers to the new one",
            ),
        )
        return
    comparison = _Comparison(pair.name, differences(old, pair.new, parameters), parameters, importers)
    for finding in comparison.findings():
        if pair.old is not None or finding.severity is not Severity.SAFE:
            yield finding


@dataclass(frozen=True)
class _Comparison:
    """The findings of one stack, nested ones included; ``prefix`` is the nested stack's name, with a slash."""

    stack: str
    differences: Differences
    parameters: Mapping[str, str]
    importers: Importers
    prefix: str = ""

    def findings(self) -> Iterator[Finding]:
        resources = ResourceEffects(self.differences, self._name, self._is_compared)
        for logical_id in self.differences.removed:
            yield from self._about(logical_id, resources.leaves(logical_id))
        for logical_id, place in self.differences.moved.items():
            yield from self._about(logical_id, resources.moves(logical_id, place))
        for logical_id, changed in self.differences.changed.items():
            yield from self._about(logical_id, resources.changes(logical_id, changed))
        for logical_id in self.differences.added:
            yield from self._about(logical_id, resources.arrives(logical_id))
        for role, effect in role_effects(self.differences, self._context("").shown):
            yield from self._about(role, [effect])
        for logical_id, effect in not_served(self.differences, self._name):
            yield from self._about(logical_id, [effect])
        for name, effect in stack_effects(self.differences, self._context(""), self.importers):
            noun, _, called = name.partition(" ")
            yield Finding(Subject(self.stack, "", "", noun, f"{self.prefix}{called}"), effect)
        yield from self._nested()

    def _context(self, logical_id: str) -> Context:
        return Context(self.differences, logical_id, self._name)

    def _name(self, logical_id: str) -> str:
        for side in (self.differences.new, self.differences.old):
            body = side.stack.body["Resources"].get(logical_id, {})
            metadata = body.get("Metadata")
            path = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
            path = path or side.stack.names.get(logical_id)
            if isinstance(path, str):
                path = path.removesuffix("/Resource").removesuffix("/Default")
                return path.removeprefix(f"{self.stack}/")
        return f"{self.prefix}{logical_id}"

    def _about(self, logical_id: str, effects: Iterable[Effect]) -> Iterator[Finding]:
        resources = [side.resources.get(logical_id) for side in (self.differences.new, self.differences.old)]
        resource = next((one for one in resources if one is not None), None)
        if resource is None:
            subject = Subject(self.stack, "", "AWS::IAM::Role", "role", self._context("").shown(logical_id))
        else:
            kind = KINDS.get(resource.type)
            noun = kind.noun if kind else resource.type
            place = self.differences.moved.get(logical_id)
            name = f"{self._name(logical_id)} → {self._name(place)}" if place else self._name(logical_id)
            subject = Subject(self.stack, logical_id, resource.type, noun, name)
        return (Finding(subject, effect) for effect in effects)

    def _nested_sides(self, logical_id: str) -> tuple[StackSide | None, StackSide | None]:
        """Both sides of a nested stack, with the values that the outer one gives its parameters."""
        found: list[StackSide | None] = []
        for side in (self.differences.old, self.differences.new):
            resource = side.resources.get(logical_id)
            if resource is None or resource.type != NESTED:
                found.append(None)
                continue
            inner = side.stack.nested(logical_id, at(resource.properties, "TemplateURL"))
            given = at(resource.properties, "Parameters") or {}
            values = {name: _outer(value) for name, value in given.items()}
            found.append(None if inner is None else replace(inner, parameters={**inner.parameters, **values}))
        return found[0], found[1]

    def _is_compared(self, logical_id: str, leaf: Leaf) -> bool:
        return leaf.path[1] in ("TemplateURL", "Parameters") and None not in self._nested_sides(logical_id)

    def _nested(self) -> Iterator[Finding]:
        for logical_id in {**self.differences.old.resources, **self.differences.new.resources}:
            sides = [side.resources.get(logical_id) for side in (self.differences.old, self.differences.new)]
            if not any(one is not None and one.type == NESTED for one in sides):
                continue
            old, new = self._nested_sides(logical_id)
            if sides[0] is not None and sides[1] is None:
                if sides[0].kept_when_deleted:
                    continue
                if old is None:
                    what = "is deleted with everything in it, which plan does not see"
                    yield from self._about(logical_id, [Effect(Severity.UNKNOWN, what, "its template is not at hand")])
                    continue
                new = replace(old, body={"Resources": {}})
            if sides[0] is None and new is not None:
                old = replace(new, body={"Resources": {}})
            if old is not None and new is not None:
                yield from self._inner(logical_id, old, new)
            elif sides[1] and sides[0] == sides[1] and not names_content(at(sides[1].properties, "TemplateURL")):
                what = "may change inside, where plan does not see it"
                yield from self._about(logical_id, [Effect(Severity.UNKNOWN, what, "its template is not at hand")])

    def _inner(self, logical_id: str, old: StackSide, new: StackSide) -> Iterator[Finding]:
        inner = differences(old, new, {})
        prefix = f"{self._name(logical_id)}/"
        comparison = _Comparison(self.stack, inner, self.parameters, Importers(), prefix)
        outputs = []
        for finding in comparison.findings():
            if finding.subject.noun == "output":
                outputs.append(finding)
            elif finding.subject.noun != "parameter" or new.body["Resources"]:
                yield finding
        changed = [one for one in outputs if one.severity is not Severity.SAFE]
        if changed and logical_id in self.differences.new.resources:
            names = ", ".join(one.subject.name.removeprefix(prefix) for one in changed)
            what = f"its outputs {names} change: resources of the outer stack that use them change, or are replaced"
            yield from self._about(logical_id, [Effect(Severity.UNKNOWN, what)])


def _outer(value: Any) -> str:
    # A reference of the outer stack is none of the inner one's.
    joined = ",".join(texts(value))
    return joined.replace("⟦", "⟦outer:") if "⟦?" not in joined else joined
