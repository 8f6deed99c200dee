"""What happens to each resource of a stack: that it leaves, moves, is replaced, changes in place, or is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from clickstream_local.plan import (
    access_kinds,
    endpoint_kinds,
    function_kinds,
    operation_kinds,
    storage_kinds,
    stream_kinds,
    table_kinds,
)
from clickstream_local.plan.differences import ABSENT, Changed, Differences, Leaf, Resource
from clickstream_local.plan.finding import Effect, Severity
from clickstream_local.plan.kinds import Context, Kind, at
from clickstream_local.plan.replacement import create_only
from clickstream_local.plan.values import differing_open_points, references

KINDS: Mapping[str, Kind] = {
    **access_kinds.KINDS,
    **endpoint_kinds.KINDS,
    **function_kinds.KINDS,
    **operation_kinds.KINDS,
    **storage_kinds.KINDS,
    **stream_kinds.KINDS,
    **table_kinds.KINDS,
}
NESTED = "AWS::CloudFormation::Stack"
_KEPT = ("Retain", "Snapshot")
_SEEN_THOUGH_KEPT = (Severity.REFUSED, Severity.IRREVERSIBLE, Severity.INTERRUPTION, Severity.READERS)


@dataclass(frozen=True)
class ResourceEffects:
    """What happens to the resources of one stack.

    Parameters
    ----------
    differences:
        Both sides.
    name_of:
        The name of a resource for people.
    is_compared:
        Whether a change of a nested stack's property is said by what changes in that stack.
    """

    differences: Differences
    name_of: Callable[[str], str]
    is_compared: Callable[[str, Leaf], bool]

    def _context(self, logical_id: str) -> Context:
        return Context(self.differences, logical_id, self.name_of)

    def leaves(self, logical_id: str) -> Iterator[Effect]:
        """What happens to a resource that leaves the template."""
        resource = self.differences.old.resources[logical_id]
        kind = KINDS.get(resource.type)
        if resource.kept_when_deleted:
            yield self._stays(resource, "leaves the stack")
        else:
            yield from self._goes(logical_id, resource, kind, "is deleted")

    def _stays(self, resource: Resource, how: str) -> Effect:
        kind = KINDS.get(resource.type)
        bills = " and bills" if kind is None or kind.bills else ""
        return Effect(
            Severity.LEFT,
            f"{how}, and stays as it is{bills}; no stack manages it any more",
            "its policy is Retain",
            "import it into a stack, or delete it by hand when it is needed no more" if bills else "",
        )

    def _goes(self, logical_id: str, resource: Resource, kind: Kind | None, how: str) -> Iterator[Effect]:
        whole = self._whole(logical_id, resource, kind)
        if whole:
            yield Effect(Severity.SAFE, f"{how}, with {whole}")
        elif kind is not None and kind.gone is not None:
            gone = kind.gone
            yield from _as_known(lambda: gone(self._context(logical_id), how), how)
        elif kind is not None and resource.type != NESTED:
            yield Effect(Severity.SAFE, how)
        elif kind is None:
            what = f"{how}: plan does not know what is lost with it"
            yield Effect(Severity.UNKNOWN, what, f"it has no rules for {resource.type}")

    def _whole(self, logical_id: str, resource: Resource, kind: Kind | None) -> str:
        """The name of what a resource is a part of, if that goes in the same way."""
        if kind is None or not kind.part_of:
            return ""
        anew = logical_id in self.differences.moved or logical_id in self.differences.replaced
        for whole in references(at(resource.properties, kind.part_of)):
            renewed = whole in self.differences.moved or whole in self.differences.replaced
            alike = renewed if anew else whole in self.differences.removed
            if alike and (whole in self.differences.replaced or self.differences.deleted(whole)):
                return self.name_of(whole)
        return ""

    def moves(self, logical_id: str, place: str) -> Iterator[Effect]:
        """What happens to a resource that NEW has under another logical id."""
        old, new = self.differences.old.resources[logical_id], self.differences.new.resources[place]
        kind = KINDS.get(old.type)
        way_out = "keep the construct's id, or set the old logical id with override_logical_id"
        if kind is not None and _named_alike(kind, old, new):
            yield Effect(
                Severity.REFUSED,
                "cannot be made anew under another logical id: its name is taken until the old one is deleted",
                "CloudFormation makes the new one first",
                way_out,
            )
        elif old.kept_when_deleted:
            how = "is made anew under another logical id; the old one leaves the stack"
            yield replace(self._stays(old, how), way_out=way_out)
        else:
            how = "is made anew under another logical id, and the old one is deleted"
            for effect in self._goes(logical_id, old, kind, how):
                ways = (way_out, effect.way_out) if effect.severity.harmful else (effect.way_out,)
                yield replace(effect, way_out="; or ".join(way for way in ways if way))

    def arrives(self, logical_id: str) -> Iterator[Effect]:
        """What a new resource does."""
        resource = self.differences.new.resources[logical_id]
        kind = KINDS.get(resource.type)
        if kind is None:
            yield Effect(
                Severity.UNKNOWN, "is made: plan does not know what it does", f"it has no rules for {resource.type}"
            )
            return
        for removed in self.differences.removed:
            old = self.differences.old.resources[removed]
            if old.type == resource.type and _named_alike(kind, old, resource):
                yield Effect(
                    Severity.REFUSED,
                    f"cannot be made: {self.name_of(removed)} has its name, and is there until the new one is",
                    "CloudFormation makes new resources before it deletes old ones",
                    "give it another name, or keep the logical id",
                )
                return
        if kind.added is not None:
            added = kind.added
            yield from _as_known(lambda: added(self._context(logical_id)), "is made")
        yield Effect(Severity.SAFE, "is made")

    def changes(self, logical_id: str, changed: Changed) -> Iterator[Effect]:
        """What happens to a resource that both sides have."""
        old, new = self.differences.old.resources[logical_id], self.differences.new.resources[logical_id]
        kind = KINDS.get(new.type)
        if old.type != new.type:
            yield Effect(
                Severity.REFUSED,
                f"is of type {new.type}, {old.type} before: CloudFormation refuses that",
                way_out="give the new one another id",
            )
            return
        if changed.replaced_by:
            yield from self._is_replaced(logical_id, changed.replaced_by, old, new, kind)
        for leaf in changed.perhaps_by:
            what = f"may be replaced: {'.'.join(leaf.path[1:])} changes to {self._context('').shown(leaf.new)}"
            yield Effect(Severity.UNKNOWN, what, "CloudFormation changes it in place in some cases only")
        settled = {leaf.path for leaf in (*changed.replaced_by, *changed.perhaps_by)}
        leaves = [leaf for leaf in changed.leaves if leaf.path not in settled]
        for leaf in leaves:
            if leaf.path[0] != "Properties":
                yield from _attribute(leaf, self._context(logical_id))
        properties = [leaf for leaf in leaves if leaf.path[0] == "Properties"]
        if new.type == NESTED:
            properties = [leaf for leaf in properties if not self.is_compared(logical_id, leaf)]
        if kind is None and properties:
            yield self._unknown(new.type, properties)
        elif kind is not None:
            yield from self._by_rules(self._context(logical_id), kind, properties, old, new)

    def _unknown(self, resource_type: str, leaves: list[Leaf]) -> Effect:
        names = ", ".join(".".join(leaf.path[1:]) or "its properties" for leaf in leaves)
        replaced = "" if resource_type in create_only() else ", it may be replaced"
        return Effect(
            Severity.UNKNOWN, f"changes in {names}, effect unknown{replaced}", f"plan has no rules for {resource_type}"
        )

    def _is_replaced(
        self, logical_id: str, leaves: tuple[Leaf, ...], old: Resource, new: Resource, kind: Kind | None
    ) -> Iterator[Effect]:
        how = f"is replaced, since {self._reason(leaves)}"
        if all(map(_open_in, leaves)):
            points = dict.fromkeys(point for leaf in leaves for point in _open_in(leaf))
            yield Effect(Severity.UNKNOWN, f"may be replaced: {self._reason(leaves)}", *_depends(points))
            return
        if kind is not None and _named_alike(kind, old, new):
            yield Effect(
                Severity.REFUSED,
                f"would have to be replaced, since {self._reason(leaves)}, but keeps its name: that is refused",
                "CloudFormation: two resources cannot have one name, and the new one is made first",
                "give it another name, or none",
            )
            return
        policies = [one.attributes.get("UpdateReplacePolicy") in _KEPT for one in (old, new)]
        effects = list(self._goes(logical_id, old, kind, how))
        if all(policies):
            yield self._stays(old, f"{how}: a new one is made. The old one leaves the stack")
            effects = [effect for effect in effects if effect.severity in _SEEN_THOUGH_KEPT]
        yield from effects

    def _reason(self, leaves: tuple[Leaf, ...]) -> str:
        followed = dict.fromkeys(self.name_of(one) for leaf in leaves for one in leaf.follows)
        if followed and all(leaf.follows for leaf in leaves):
            return f"{', '.join(followed)} is"
        names = [".".join(leaf.path[1:]) for leaf in leaves if not leaf.follows]
        return f"{' and '.join(names)} {'changes' if len(names) == 1 else 'change'}"

    def _by_rules(
        self, context: Context, kind: Kind, leaves: list[Leaf], old: Resource, new: Resource
    ) -> Iterator[Effect]:
        """Each property by the rule for it; several leaves below one path are one change."""
        groups: dict[str, list[Leaf]] = {}
        for leaf in leaves:
            path = ".".join(leaf.path[1:])
            paths = [rule for rule in kind.rules if not rule or f"{path}.".startswith(f"{rule}.")]
            if paths:
                groups.setdefault(max(paths, key=len), []).append(leaf)
            else:
                yield from self._without_rule(context, path, leaf)
        for path, members in groups.items():
            yield from self._by_rule(context, kind, path, members)

    def _by_rule(self, context: Context, kind: Kind, path: str, leaves: list[Leaf]) -> Iterator[Effect]:
        follows = dict.fromkeys(self.name_of(one) for leaf in leaves for one in leaf.follows)
        if follows and all(leaf.follows for leaf in leaves) and path not in kind.follows:
            yield Effect(Severity.SAFE, f"{path} points at the new {', '.join(follows)}")
            return
        points = dict.fromkeys(point for leaf in leaves if not _is_there_or_not(leaf) for point in _open_in(leaf))
        if points:
            yield Effect(Severity.UNKNOWN, f"{path} changes", *_depends(points))
            return
        steps = path.split(".") if path else []
        old, new = (at(resource.properties, *steps) for resource in (context.old, context.new))
        found = _as_known(lambda: kind.rules[path](context, old, new), f"{path} changes")
        yield from found or [Effect(Severity.UNKNOWN, f"{path} changes, effect unknown")]

    def _without_rule(self, context: Context, path: str, leaf: Leaf) -> Iterator[Effect]:
        if leaf.follows:
            yield Effect(Severity.SAFE, f"{path} points at the new {', '.join(map(self.name_of, leaf.follows))}")
            return
        what = f"{path or 'its properties'} changes from {context.shown(leaf.old)} to {context.shown(leaf.new)}"
        yield Effect(Severity.UNKNOWN, f"{what}, effect unknown", "plan has no rule for it")


def _as_known(rule: Callable[[], Iterable[Effect]], what: str) -> list[Effect]:
    """What a rule says; a value of another form than the schema's is not known."""
    try:
        return list(rule())
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return [Effect(Severity.UNKNOWN, f"{what}, effect unknown", "a value has another form than the schema's")]


def _named_alike(kind: Kind, old: Resource, new: Resource) -> bool:
    """Whether both have the same name of their own, which no two may have."""
    names = [[at(one.properties, *path.split(".")) for path in kind.names] for one in (old, new)]
    return bool(kind.names) and names[0] == names[1] and ABSENT not in names[0]


def _open_in(leaf: Leaf) -> tuple[str, ...]:
    return differing_open_points(leaf.old, leaf.new)


def _is_there_or_not(leaf: Leaf) -> bool:
    """Whether a block comes or goes: that is known, whatever in it is not."""
    return (leaf.old is ABSENT and not isinstance(leaf.new, str)) or (
        leaf.new is ABSENT and not isinstance(leaf.old, str)
    )


def _depends(points: Iterable[str]) -> tuple[str, str]:
    parameters = [point.removeprefix("parameter ") for point in points if point.startswith("parameter ")]
    way_out = f"say the value with {' '.join(f'--parameter {name}=VALUE' for name in parameters)}" if parameters else ""
    if not parameters and any(point.startswith("condition ") for point in points):
        way_out = "say the parameters that it depends on with --parameter NAME=VALUE"
    return f"depends on {', '.join(points)}, which is not known here", way_out


def _attribute(leaf: Leaf, context: Context) -> Iterator[Effect]:
    name = leaf.path[0]
    if name in ("DeletionPolicy", "UpdateReplacePolicy"):
        when = "leaves the stack" if name == "DeletionPolicy" else "is replaced"
        if leaf.old in (*_KEPT, "RetainExceptOnCreate") and leaf.new not in (*_KEPT, "RetainExceptOnCreate"):
            yield Effect(
                Severity.READERS,
                f"is no longer kept when it {when}: it is deleted then, with what is in it",
                f"{name} is {context.shown(leaf.new)}, {leaf.old} before",
                "leave the policy as it is, if it holds data",
            )
        else:
            yield Effect(Severity.SAFE, f"{name} is {context.shown(leaf.new)}, {context.shown(leaf.old)} before")
    elif name in ("DependsOn", "Metadata"):
        yield Effect(
            Severity.SAFE, f"only its {'order among the others' if name == 'DependsOn' else 'metadata'} changes"
        )
    elif name == "Condition":
        yield Effect(Severity.UNKNOWN, "may be there or not", *_depends(_open_in(leaf)))
    else:
        yield Effect(Severity.UNKNOWN, f"{name} changes, effect unknown")
