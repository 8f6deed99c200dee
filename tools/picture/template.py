"""What a synthesized template says: its references, its names and the rights of its roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Resource = dict[str, Any]


class Template:
    """A synthesized CloudFormation template, asked by the picture.

    Parameters
    ----------
    document
        The template as JSON. Only what stands in it is ever answered.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.resources: dict[str, Resource] = document["Resources"]

    def of_type(self, *types: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical id and properties of the resources of these types, in the template's order."""
        for id_, resource in self.resources.items():
            if resource["Type"] in types:
                yield id_, resource.get("Properties", {})

    def named(self, value: Any, *types: str) -> str | None:
        """The first resource of one of these types that a value refers to, if the template has it."""
        for id_ in references(value):
            if id_ in self.resources and self.resources[id_]["Type"] in types:
                return id_
        return None

    def rights(self, role: Any, target: str, path: str = "") -> list[str]:
        """Actions that a role's policies allow on a resource or, with ``path``, on what lies under it."""
        id_ = self.named(role, "AWS::IAM::Role")
        allowed = [
            action
            for statement in self._statements(id_)
            if any(_covers(resource, target, path) for resource in _list(statement["Resource"]))
            for action in _list(statement["Action"])
        ]
        return sorted(set(allowed))

    def _statements(self, role: str | None) -> Iterator[dict[str, Any]]:
        for _, policy in self.of_type("AWS::IAM::Policy"):
            if role in references(policy.get("Roles", [])):
                yield from (one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow")


def references(value: Any) -> list[str]:
    """Logical ids that a value refers to by ``Ref``, ``Fn::GetAtt`` or ``Fn::Sub``, in order."""
    if isinstance(value, list):
        return [id_ for item in value for id_ in references(item)]
    if not isinstance(value, dict):
        return []
    if "Ref" in value:
        return [value["Ref"]]
    if "Fn::GetAtt" in value:
        return [_list(value["Fn::GetAtt"])[0].split(".")[0]]
    if "Fn::Sub" in value:
        return re.findall(r"\$\{([^.}]+)", _list(value["Fn::Sub"])[0])
    return [id_ for item in value.values() for id_ in references(item)]


def text(value: Any) -> str:
    """A value as text, with a reference as ``<LogicalId>``."""
    if isinstance(value, dict) and "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(text(part) for part in parts)
    ids = references(value)
    return f"<{ids[0]}>" if ids else str(value)


def short(id_: str) -> str:
    """A logical id without the hash that the CDK appends."""
    return re.sub(r"[0-9A-F]{8}$", "", id_)


def _covers(resource: Any, target: str, path: str) -> bool:
    found = text(resource)
    if not path:
        return target in references(resource)
    pattern = found.removeprefix(f"<{target}>/")
    return pattern != found and pattern.endswith("*") and path.startswith(pattern[:-1])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
