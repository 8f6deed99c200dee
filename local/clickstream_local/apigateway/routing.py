"""From a path and an HTTP method to a method of the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import unquote

T = TypeVar("T")


@dataclass(frozen=True)
class RouteMatch(Generic[T]):
    """What was found, and the decoded path parameters."""

    target: T
    path_parameters: dict[str, str]


@dataclass
class _Node(Generic[T]):
    methods: dict[str, T] = field(default_factory=dict)
    literals: dict[str, _Node[T]] = field(default_factory=dict)
    parameter: tuple[str, _Node[T]] | None = None
    proxy: tuple[str, _Node[T]] | None = None


class Router(Generic[T]):
    """Resource paths such as ``/events``, ``/users/{id}`` and ``/{proxy+}``.

    A literal part wins over a parameter, and a parameter over a greedy one. A slash at the end of a path makes no
    difference. Where the most specific resource has no such method, the next one is asked (inferred).

    Parameters
    ----------
    routes:
        ``(http_method, resource_path, target)``; ``ANY`` takes the methods that the resource does not name.
    """

    def __init__(self, routes: Iterable[tuple[str, str, T]]) -> None:
        self._root: _Node[T] = _Node()
        self._by_literal_path: dict[str, dict[str, T]] = {}
        for http_method, resource_path, target in routes:
            self._add(http_method, resource_path, target)

    def find(self, http_method: str, path: str) -> RouteMatch[T] | None:
        """The method for ``path`` (percent-encoded, without its stage), or None.

        To API Gateway an unknown path and an unknown method are both a missing authentication token
        (facts/api-gateway.md#gateway-responses).
        """
        literal = self._by_literal_path.get(path)
        if literal is not None and http_method in literal:
            return RouteMatch(literal[http_method], {})
        parts = [unquote(part) for part in path.strip("/").split("/")] if path.strip("/") else []
        for node, parameters in self._nodes(self._root, parts, {}):
            target = node.methods.get(http_method) or node.methods.get("ANY")
            if target is not None:
                return RouteMatch(target, parameters)
        return None

    def _add(self, http_method: str, resource_path: str, target: T) -> None:
        if not {"{", "%"} & set(resource_path):
            self._by_literal_path.setdefault(resource_path, {})[http_method] = target
        node = self._root
        for part in filter(None, resource_path.split("/")):
            if part.startswith("{") and part.endswith("+}"):
                node.proxy = node.proxy or (part[1:-2], _Node())
                node = node.proxy[1]
            elif part.startswith("{") and part.endswith("}"):
                node.parameter = node.parameter or (part[1:-1], _Node())
                node = node.parameter[1]
            else:
                node = node.literals.setdefault(part, _Node())
        node.methods[http_method] = target

    def _nodes(
        self, node: _Node[T], parts: list[str], parameters: dict[str, str]
    ) -> Iterator[tuple[_Node[T], dict[str, str]]]:
        """The resources that a path fits, the most specific first."""
        if not parts:
            yield node, parameters
            return
        head, tail = parts[0], parts[1:]
        if head in node.literals:
            yield from self._nodes(node.literals[head], tail, parameters)
        if node.parameter is not None and head:
            name, child = node.parameter
            yield from self._nodes(child, tail, {**parameters, name: head})
        if node.proxy is not None:
            name, child = node.proxy
            yield child, {**parameters, name: "/".join(parts)}
