"""What differs between the two templates of a stack, resource by resource."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clickstream_local.plan.replacement import create_only_of
from clickstream_local.plan.sides import StackSide, pseudo_parameters
from clickstream_local.plan.values import Values, new_things, plain, references, renamed, renewed

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT", "__bool__": lambda self: False})()
"""The value of a property that a side does not have."""

_FRESH = frozenset({"AWS::ApiGateway::Deployment", "AWS::Lambda::Version"})
"""Types that get a new logical id with each change; nothing of theirs moves."""

_ATTRIBUTES = ("DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy", "Metadata")


@dataclass(frozen=True)
class Resource:
    """A resource of one side; ``condition`` is the definition of a condition that may or may not hold."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    condition: str | None

    @property
    def kept_when_deleted(self) -> bool:
        """Whether it stays when it leaves the template; ``RetainExceptOnCreate`` is for the first deployment only."""
        return str(self.attributes.get("DeletionPolicy")) in ("Retain", "RetainExceptOnCreate", "Snapshot")


@dataclass(frozen=True)
class Leaf:
    """A value that differs.

    ``follows`` are resources that it refers to and that are replaced, where the templates say the same.
    """

    path: tuple[str, ...]
    old: Any
    new: Any
    follows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changed:
    """A resource that both sides have and that differs.

    ``replaced_by`` are the leaves that CloudFormation cannot change in place, ``perhaps_by`` those that it cannot
    change in place in some cases.
    """

    leaves: tuple[Leaf, ...]
    replaced_by: tuple[Leaf, ...]
    perhaps_by: tuple[Leaf, ...]


@dataclass(frozen=True)
class Side:
    """One side of a stack, resolved as far as possible; ``values`` resolves more of its template."""

    stack: StackSide
    values: Values
    resources: Mapping[str, Resource]

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of these types."""
        return (one for one in self.resources.values() if one.type in types)


@dataclass(frozen=True)
class Differences:
    """Both sides of a stack, and how they differ; ``moved`` has the new logical id of each old one."""

    old: Side
    new: Side
    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: Mapping[str, str]
    changed: Mapping[str, Changed]
    replaced: frozenset[str] = field(default=frozenset())

    def deleted(self, logical_id: str) -> bool:
        """Whether what is there now is deleted: not in NEW any more, and not kept."""
        resource = self.old.resources.get(logical_id)
        gone = logical_id in self.removed or logical_id in self.moved
        return resource is not None and gone and not resource.kept_when_deleted


def differences(old: StackSide, new: StackSide, parameters: Mapping[str, str]) -> Differences:
    """Compare the two sides of a stack.

    Parameters
    ----------
    old, new:
        The sides.
    parameters:
        Values that parameters are given at this deployment.
    """
    pseudo = dict(pseudo_parameters(old, new))
    former = _side(old, pseudo, {**parameters, **old.parameters})
    latter = _side(new, pseudo, _later_parameters(old, new, parameters))
    common = [one for one in former.resources if one in latter.resources]
    removed = [one for one in former.resources if one not in latter.resources]
    added = [one for one in latter.resources if one not in former.resources]
    moved = _moved(former, latter, removed, added)
    changed, replaced = _changes(former, latter, common, moved)
    return Differences(
        old=former,
        new=latter,
        added=tuple(one for one in added if one not in moved.values()),
        removed=tuple(one for one in removed if one not in moved),
        moved=moved,
        changed=changed,
        replaced=frozenset(replaced),
    )


def _later_parameters(old: StackSide, new: StackSide, given: Mapping[str, str]) -> dict[str, str]:
    """An update keeps the value that a parameter has, whatever its default is now; a new one takes its default."""
    values = {**old.parameters, **new.parameters}
    former = old.body.get("Parameters") or {}
    for name, declaration in (new.body.get("Parameters") or {}).items():
        if name not in former and "Default" in declaration:
            values.setdefault(name, declaration["Default"])
    return {**values, **given}


def _side(stack: StackSide, pseudo: Mapping[str, str], parameters: Mapping[str, str]) -> Side:
    values = Values(stack.body, pseudo=pseudo, parameters=parameters)
    resources = {}
    for logical_id, body in stack.body["Resources"].items():
        name = body.get("Condition")
        held = True if name is None else values.condition(name)
        if held is False:
            continue
        resources[logical_id] = Resource(
            logical_id=logical_id,
            type=body["Type"],
            properties=_map(values.resolve(body.get("Properties"))),
            attributes=dict(_attributes(body)),
            condition=None if held else values.condition_text(name),
        )
    return Side(stack, values, resources)


def _attributes(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The attributes beside the properties, without what tools write for themselves."""
    for name in _ATTRIBUTES:
        value = body.get(name)
        if name == "Metadata" and isinstance(value, Mapping):
            value = {key: item for key, item in value.items() if not str(key).startswith(("aws:cdk:", "aws:asset:"))}
        if value:
            yield name, value


def _map(value: Any) -> dict[str, Any]:
    # Properties that are one intrinsic function have one member without a name.
    return value if isinstance(value, dict) else {"": value}


def _changes(old: Side, new: Side, common: list[str], moved: Mapping[str, str]) -> tuple[dict[str, Changed], set[str]]:
    """Compare until nothing more is replaced: a reference to what is replaced replaces where it cannot change."""
    replaced: set[str] = set()
    while True:
        found = {}
        for logical_id in common:
            one = _compare(old.resources[logical_id], new.resources[logical_id], replaced, moved)
            if one is not None:
                found[logical_id] = one
        now = {logical_id for logical_id, one in found.items() if one.replaced_by}
        if now == replaced:
            return found, replaced
        replaced = now


def _compare(old: Resource, new: Resource, replaced: set[str], moved: Mapping[str, str]) -> Changed | None:
    pairs: list[tuple[tuple[str, ...], Any, Any]] = [
        (("Properties",), old.properties, renewed(new.properties, replaced - {new.logical_id}))
    ]
    pairs += [
        ((name,), old.attributes.get(name, ABSENT), new.attributes.get(name, ABSENT))
        for name in _ATTRIBUTES
        if old.attributes.get(name) != new.attributes.get(name)
    ]
    if old.type != new.type:
        pairs.append((("Type",), old.type, new.type))
    if old.condition != new.condition:
        pairs.append((("Condition",), old.condition or ABSENT, new.condition or ABSENT))
    leaves = []
    for path, former, latter in pairs:
        for where, before, after in _leaves(path, former, latter):
            same_text = after is not ABSENT and renamed(before, moved) == plain(after)
            leaves.append(Leaf(where, before, after, new_things(after, moved) if same_text else ()))
    if not leaves:
        return None
    known = create_only_of(new.type)
    return Changed(
        tuple(leaves),
        tuple(leaf for leaf in leaves if _below(leaf, known.always)),
        tuple(leaf for leaf in leaves if _below(leaf, known.sometimes)),
    )


def _below(leaf: Leaf, paths: frozenset[str]) -> bool:
    """Whether a leaf lies at or below one of the paths, or holds it."""
    first, *rest = leaf.path
    if first != "Properties":
        return False
    here = ".".join(rest)
    return any(f"{here}.".startswith(f"{path}.") or f"{path}.".startswith(f"{here}.") for path in paths)


def _leaves(path: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """The values that differ; a list is one value, and so is a map that one side has and the other side has not."""
    if isinstance(old, Mapping) and isinstance(new, Mapping) and (path[0] == "Properties"):
        for name in {**old, **new}:
            yield from _leaves((*path, name), old.get(name, ABSENT), new.get(name, ABSENT))
    elif old != new or (old is ABSENT) != (new is ABSENT):
        yield path, old, new


def _moved(old: Side, new: Side, removed: list[str], added: list[str]) -> dict[str, str]:
    """Resources that NEW has under another logical id: same type, and the same properties but for names.

    What refers to something that moved is like what refers to where it moved, so references count by type.
    """
    types = [{name: one.type.replace(":", "") for name, one in side.resources.items()} for side in (old, new)]
    free: dict[str, list[str]] = {}
    for logical_id in added:
        free.setdefault(_likeness(new, logical_id, types[1]), []).append(logical_id)
    moved = {}
    for logical_id in removed:
        if old.resources[logical_id].type in _FRESH:
            continue
        places = free.get(_likeness(old, logical_id, types[0]))
        if places:
            moved[logical_id] = places.pop(0)
    return moved


def _likeness(side: Side, logical_id: str, types: Mapping[str, str]) -> str:
    resource = side.resources[logical_id]
    names = {path for path in create_only_of(resource.type).always if path.endswith("Name")}
    nameless = _unnamed(resource.properties, names | {"Name", "PolicyName", "Description", "DatabaseInput.Name"})
    return json.dumps([resource.type, renamed(nameless, types)], sort_keys=True)


def _unnamed(value: Any, names: set[str], path: str = "") -> Any:
    """The properties without the names that the resource has been given; names that refer to others stay."""
    if not isinstance(value, Mapping):
        return value
    return {
        key: _unnamed(item, names, f"{path}{key}.")
        for key, item in value.items()
        if f"{path}{key}" not in names or references(item)
    }
