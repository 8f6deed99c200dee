"""Every policy statement of a template as one line of text, wherever it stands, and every way to change one."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

Template = dict[str, Any]
_PLACE = re.compile("(Prefix|Location|location.template)$")
_HASH = re.compile(r"(?<=[A-Za-z])[0-9A-F]{8}\b")


def permissions(template: Template) -> dict[str, list[str]]:
    """Resource, or the role that a policy is attached to, to its statements; hashes of logical ids are left out."""
    found: dict[str, list[str]] = {}
    for id_, one in template["Resources"].items():
        properties = one.get("Properties", {})
        owners = (
            [_short(role).strip("<>") for role in properties.get("Roles", [])]
            if one["Type"] == "AWS::IAM::Policy"
            else []
        )
        lines = [_line(statement) for _, statement in statements_in(properties)]
        lines += [f"managed policy {_short(arn)}" for arn in properties.get("ManagedPolicyArns", [])]
        for owner in owners or [_HASH.sub("", id_)]:
            if lines:
                found.setdefault(owner, []).extend(lines)
    return {owner: sorted(lines) for owner, lines in found.items()}


def statements_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every statement below a value, with the path to it."""
    if isinstance(value, dict):
        for place, statement in enumerate(value["Statement"] if isinstance(value.get("Statement"), list) else []):
            yield (*path, "Statement", place), statement
        for key, inner in value.items():
            if key != "Statement":
                yield from statements_in(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from statements_in(inner, (*path, place))


def prefixes(template: Template) -> dict[str, list[str]]:
    """Resource to where in a bucket it writes, reads or deletes: every property that names a prefix or a location."""
    found: dict[str, list[str]] = {}
    for id_, one in template["Resources"].items():
        for name, text in _places_in(one.get("Properties", {})):
            found.setdefault(_HASH.sub("", id_), []).append(f"{name} {text}")
    return {owner: sorted(lines) for owner, lines in found.items()}


def _places_in(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for inner in value:
            yield from _places_in(inner)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if _PLACE.search(name) and (isinstance(inner, str) or "Fn::Join" in inner):
                yield name, _short(inner)
            else:
                yield from _places_in(inner)


def mutations(template: Template) -> Iterator[tuple[str, Template]]:
    """Each statement dropped or changed in one way, and each attachment of a policy: what was done, and the result."""
    for id_, one in template["Resources"].items():
        for path, statement in statements_in(one.get("Properties", {})):
            for what, changed in _changes(statement):
                yield f"{id_}: {_line(statement)}: {what}", _replaced(template, (id_, "Properties", *path), changed)
        for place in ("Roles", "ManagedPolicyArns"):
            if place in one.get("Properties", {}):
                other = [*one["Properties"][place], "Other"]
                yield f"{id_}: another of {place}", _replaced(template, (id_, "Properties", place), other)
                yield f"{id_}: no {place}", _replaced(template, (id_, "Properties", place), [])


def _changes(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    yield "dropped", None
    yield "turned around", {**statement, "Effect": "Deny" if statement["Effect"] == "Allow" else "Allow"}
    actions = _several(statement["Action"])
    yield "another action", {**statement, "Action": [*actions, "s3:DeleteObject"]}
    for place, action in enumerate(actions):
        yield f"without {action}", {**statement, "Action": actions[:place] + actions[place + 1 :]}
        wide = f"{action.split(':')[0]}:*" if ":" in action else action
        if wide not in actions:
            yield f"{action} as {wide}", {**statement, "Action": [*actions[:place], wide, *actions[place + 1 :]]}
    resources = _several(statement.get("Resource", []))
    for place, resource in enumerate(resources):
        if resource != "*":
            wide_arns = [*resources[:place], "*", *resources[place + 1 :]]
            yield f"{_short(resource)} as *", {**statement, "Resource": wide_arns}
        yield f"without {_short(resource)}", {**statement, "Resource": resources[:place] + resources[place + 1 :]}
    if resources:
        yield "another resource", {**statement, "Resource": [*resources, "arn:aws:s3:::other/*"]}
    for operator, tests in statement.get("Condition", {}).items():
        for key, wanted in tests.items():
            left = {name: value for name, value in tests.items() if name != key}
            conditions = {**statement["Condition"], operator: left}
            yield f"without {operator} {key}", {**statement, "Condition": {k: v for k, v in conditions.items() if v}}
            for other in ("other", [*_several(wanted), "other"]):
                changed = {**statement["Condition"], operator: {**tests, key: other}}
                yield f"{operator} {key} {_short(other)}", {**statement, "Condition": changed}
    if "Principal" in statement and _short(statement["Principal"]) != "*":
        yield "anybody let in", {**statement, "Principal": {"AWS": "*"}}
        yield "another service let in", {**statement, "Principal": {"Service": "ec2.amazonaws.com"}}


def _replaced(template: Template, path: tuple[str | int, ...], value: Any) -> Template:
    """Return the template with another value at a path below its resources; what lies beside the path is shared."""
    changed = {**template, "Resources": {**template["Resources"]}}
    holder: Any = changed["Resources"]
    for step in path[:-1]:
        holder[step] = copy.copy(holder[step])
        holder = holder[step]
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return changed


def _line(statement: dict[str, Any]) -> str:
    parts = [statement["Effect"].lower(), " ".join(sorted(_several(statement["Action"])))]
    if "Resource" in statement:
        parts.append(f"on {' '.join(sorted(_short(one) for one in _several(statement['Resource'])))}")
    if "Principal" in statement:
        parts.append(f"to {_short(statement['Principal'])}")
    for operator, tests in sorted(statement.get("Condition", {}).items()):
        for key, wanted in sorted(tests.items()):
            parts.append(f"if {operator} {key} {' '.join(sorted(_short(one) for one in _several(wanted)))}")
    return " ".join(parts)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _short(value: Any) -> str:
    """Write a value or an intrinsic as text, a reference as ``<LogicalId.Attribute>`` without its hash."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        if name == "Ref":
            return f"<{_HASH.sub('', inner)}>"
        if name == "Fn::GetAtt":
            return f"<{_HASH.sub('', inner[0])}.{inner[1]}>"
        if name == "Fn::ImportValue":
            return f"<{_HASH.sub('', inner)}>"
        if name == "Fn::Join":
            return str(inner[0]).join(_short(part) for part in inner[1])
        if name in ("AWS", "Service"):
            return " ".join(sorted(_short(one) for one in _several(inner)))
    return json.dumps(value, sort_keys=True)
