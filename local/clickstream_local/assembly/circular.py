"""Finds resources that depend on each other in a circle, which CloudFormation refuses to create."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.stack_template import StackTemplate

_SUB_NAME = re.compile(r"\$\{([^!}.][^}.]*)[^}]*\}")


def check_circular(template: StackTemplate) -> None:
    """Follow ``Ref``, ``Fn::GetAtt``, ``Fn::Sub`` and ``DependsOn`` from each resource whose condition holds.

    Raises
    ------
    AssemblyError
        Names the resources of a circle, in order.
    """
    resources = {logical_id: template.body["Resources"][logical_id] for logical_id, _ in template.types()}
    graph = {
        logical_id: {name.strip() for name in _references(resource, template)} & resources.keys()
        for logical_id, resource in resources.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # Each one in the list is referred to by the next.
        circle = " → ".join(reversed(error.args[1]))
        raise AssemblyError(
            f"stack {template.stack!r}: circular dependency between resources: {circle}. CloudFormation would refuse "
            "the template too; let one of them not refer to the other"
        ) from None


def _references(value: Any, template: StackTemplate) -> Iterator[str]:
    """The names that a resource refers to: resources, and parameters among them."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item, template)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _references_of(key, item, template)


def _references_of(key: str, item: Any, template: StackTemplate) -> Iterator[str]:
    match key, item:
        case "Ref", str():
            yield item
        case "DependsOn", str():
            yield item
        case "DependsOn", [*names]:
            yield from map(str, names)
        case "Fn::GetAtt", str() | [*_]:
            yield (item if isinstance(item, str) else str(item[0])).partition(".")[0]
        case "Fn::Sub", str():
            yield from _SUB_NAME.findall(item)
        case "Fn::Sub", [str() as text, Mapping() as variables]:
            yield from (name for name in _SUB_NAME.findall(text) if name not in variables)
            yield from _references(variables, template)
        case "Fn::If", [str() as condition, when_true, when_false]:
            # The branch that is not taken does not count.
            yield from _references(when_true if template.resolver.condition(condition) else when_false, template)
        case _:
            yield from _references(item, template)
