"""The calls between services that a stack makes: the rows of :data:`~clickstream_local.iam.edges.EDGES`, filled in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.stack_template import Resource, StackTemplate
from clickstream_local.iam.edges import EDGES, LED_TO, Edge

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ITEM = re.compile(r"\[(\w+)=(.*)\]")


@dataclass(frozen=True)
class Call:
    """One request of one caller.

    Attributes
    ----------
    edge:
        The row that it comes of.
    stack, logical_id:
        The resource whose properties show it.
    caller:
        ARN of a role, or a service principal.
    action, resource:
        As IAM names them.
    context:
        Condition keys of the request.
    part, stages:
        Where the local runtime makes it: see :class:`~clickstream_local.iam.edges.Edge`.
    """

    edge: Edge
    stack: str
    logical_id: str
    caller: str
    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    stages: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.stack}/{self.logical_id}: {self.edge.name}: {self.caller} {self.action} {self.resource}"


def calls_of(templates: Iterable[StackTemplate], edges: Sequence[Edge] = EDGES) -> list[Call]:
    """Return every call between services that the stacks make, each once.

    Parameters
    ----------
    templates:
        The stacks of an assembly.
    edges:
        Rows to look for.

    Raises
    ------
    AssemblyError
        If a template cannot be resolved.
    """
    found: dict[tuple[object, ...], Call] = {}
    for call in every_call(templates, edges):
        found.setdefault((call.edge.name, call.caller, call.action, call.resource, *call.context.items()), call)
    return list(found.values())


def _refuse(error: AssemblyError) -> None:
    raise error


def every_call(
    templates: Iterable[StackTemplate],
    edges: Sequence[Edge] = EDGES,
    unreadable: Callable[[AssemblyError], None] = _refuse,
) -> Iterator[Call]:
    """Every call, as often as resources show it.

    Parameters
    ----------
    templates, edges:
        As of :func:`calls_of`.
    unreadable:
        Hears of a resource that cannot be resolved, and that is then left out.
    """
    templates, by_type = list(templates), {edge.type: [one for one in edges if one.type == edge.type] for edge in edges}
    by_arn = {
        template.arn_of(resource.logical_id): resource
        for template in templates
        for resource in readable(template, LED_TO, unreadable)
    }
    for template in templates:
        for resource in readable(template, by_type, unreadable):
            for edge in by_type[resource.type]:
                yield from _calls(edge, template, resource, by_arn)


def readable(
    template: StackTemplate, types: Container[str], unreadable: Callable[[AssemblyError], None]
) -> Iterator[Resource]:
    """The resources of some types; ``unreadable`` hears of those that cannot be resolved."""
    for logical_id, resource_type in template.types():
        if resource_type in types:
            try:
                yield template.resource(logical_id)
            except AssemblyError as error:
                unreadable(error)


def _calls(edge: Edge, template: StackTemplate, resource: Resource, by_arn: Mapping[str, Resource]) -> Iterator[Call]:
    for path, stages in edge.at.items():
        for match in _values(resource.properties, path):
            texts = _Texts(edge, template, resource, match, by_arn)
            if any(texts.has(*one) for one in edge.unless.items()):
                continue
            if not all(texts.has(*one) for one in edge.only.items()):
                continue
            contexts = itertools.product(*([(key, one) for one in texts.of(text)] for key, text in edge.when.items()))
            for context, caller, action, target, part in itertools.product(
                contexts, texts.of(edge.caller), texts.of(*edge.actions), texts.of(*edge.on), texts.of(edge.part)
            ):
                yield Call(
                    edge,
                    template.stack,
                    resource.logical_id,
                    caller,
                    action,
                    target,
                    dict(context),
                    part,
                    tuple(stages.split()),
                )


class _Texts:
    """Fills the placeholders of one edge, at one place of one resource."""

    def __init__(
        self, edge: Edge, template: StackTemplate, resource: Resource, match: Any, by_arn: Mapping[str, Resource]
    ) -> None:
        self._properties = resource.properties
        self._match = match
        self._by_arn = by_arn
        self._known: dict[str, list[Any]] = {
            "arn": [template.arn_of(resource.logical_id)],
            "account": [template.account],
            "id": [template.name_of(resource.logical_id)],
            "partition": [template.partition],
            "region": [template.region],
        }
        for name, texts in edge.let.items():
            self._known[name] = self.of(*texts)

    def of(self, *texts: str) -> list[str]:
        return list(dict.fromkeys(filled for text in texts for filled in self._filled(text)))

    def has(self, path: str, pattern: str) -> bool:
        texts = (str(one).lower() if isinstance(one, bool) else one for one in self._looked_up(path))
        return any(isinstance(one, str) and re.fullmatch(pattern, one) for one in texts)

    def _filled(self, text: str) -> Iterator[str]:
        literals = _PLACEHOLDER.split(text)
        looked_up = [self._looked_up(one) if place % 2 else [one] for place, one in enumerate(literals)]
        for parts in itertools.product(*looked_up):
            yield "".join(map(str, parts))

    def _looked_up(self, expression: str) -> list[Any]:
        expression, _, wanted = expression.partition("|")
        found = next(filter(None, map(self._found, expression.split(" or "))), [])
        if wanted == "object":  # the prefix of an object is optional
            found = found or [""]
        return [value for one in found if (value := _FILTERS[wanted](one)) is not None] if wanted else found

    def _found(self, path: str) -> list[Any]:
        start, *members = path.split("->")
        if start in self._known:
            found = self._known[start]
        elif start.startswith("/"):
            found = list(_values(self._properties, start[1:]))
        else:
            found = list(_values(self._match, start.removeprefix(".")))
        for member in members:
            arns = [_unqualified(one) for one in found if isinstance(one, str)]
            others = [self._by_arn[arn] for arn in arns if arn in self._by_arn]
            found = [value for other in others for value in _values(other.properties, member)]
        return found


def _values(value: Any, path: str) -> Iterator[Any]:
    """What lies at a path; nothing where there is no such member."""
    step, _, rest = path.partition(".")
    if not path:
        yield value
    elif step == "*":
        for one in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
            yield from _values(one, rest)
    elif item := _ITEM.fullmatch(step):
        for one in value if isinstance(value, list) else [value]:
            if one.get(item[1]) == item[2]:
                yield from _values(one, rest)
    elif isinstance(value, Mapping) and step in value:
        yield from _values(value[step], rest)


def _unqualified(arn: str) -> str:
    """Of the ARN of a function's version or alias, the function's; any other ARN as it is."""
    return ":".join(arn.split(":")[:7])


def _part(pattern: str) -> Callable[[str], str | None]:
    def part(text: str) -> str | None:
        found = re.search(pattern, text)
        return found[1] if found else None

    return part


_FILTERS: Mapping[str, Callable[[str], str | None]] = {
    # Of an integration's address.
    "action": lambda uri: (found := re.search(r":(\w+):action/(\w+)$", uri)) and f"{found[1]}:{found[2]}",
    "invoked": _part(r"/functions/(arn:[^/]+)/invocations"),
    "service": _part(r":(\w+):action/"),
    "kind": lambda uri: "stream" if ":kinesis:" in uri else "deliverystream",
    # Of a mapping template.
    "stream": _part(r'"(?:DeliveryStreamName|StreamName)":\s*"([^"$]+)"'),
    # Of a prefix, or of a key with substitutions: the key of an object.
    "object": lambda prefix: re.sub(r"[!$]\{[^}]*\}", "x", prefix) + "x",
    # Of the ARN of a log group: as others name the group.
    "group": lambda arn: arn.removesuffix(":*"),
    # Of a key: a customer managed one; the others are AWS's, whose policies let every caller of the service in.
    "key": lambda key: key if ":key/" in key else None,
    # Likewise, of what may be an alias.
    "own": lambda key: None if ":alias/aws/" in key else key,
    # Of the ARN of a function: without its qualifier; and that of its newest version, if it has none.
    "function": _unqualified,
    "latest": lambda arn: f"{arn}:$LATEST" if arn.count(":") == 6 else None,
}
