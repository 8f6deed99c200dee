"""JSONPath as Jayway JsonPath reads it: the paths of ``$input.path`` and ``$input.json``.

Properties (``.a``, ``['a']``, ``['a','b']``), indexes (``[0]``, ``[-1]``, ``[0,2]``, ``[-1:]``, ``[1:3]``), wildcards,
deep scans (``..a``) and filters (``[?(@.x > $.limit)]``). A path of properties and single indexes is *definite*: it
gives one value or is missing. Any other path gives a list, which may be empty.

Which version of Jayway the service runs is not known. 2.0 finds nothing at ``[-1]`` and refuses a path that goes on
behind ``['a','b']``; here both are read as since 2.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple

from clickstream_local.vtl.jsonpath_filter import Predicate, parse_filter

_CACHE_SIZE: Final = 4096
_PROPERTY: Final = re.compile(r"[^.\[\]()'\" \t]+")
_QUOTED: Final = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(,|\])""", re.DOTALL)
_INDEXES: Final = re.compile(r"\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]")
_SLICE: Final = re.compile(r"\[\s*(-?\d+)?\s*:\s*(-?\d+)?\s*\]")
_WILDCARD: Final = re.compile(r"\[\s*\*\s*\]|\.?\*")


class PathSyntaxError(ValueError):
    """The text is not a JSONPath."""


class PathNotFoundError(LookupError):
    """The document has nothing at this path."""


_Emit = Callable[[Any], None]


class _Step(NamedTuple):
    """One part of a path.

    ``run`` takes the document, the value to look into and what takes a value that is found. ``key`` is that of a
    single property or index. A ``definite`` step gives at most one value. In a deep scan, a filter looks at objects
    only, as the objects of a list are reached one by one, and ``names`` at the objects that have them all.
    """

    run: Callable[[Any, Any, _Emit], None]
    key: str | int | None = None
    definite: bool = False
    objects_only: bool = False
    names: frozenset[str] = frozenset()


class Path:
    """A compiled path.

    Parameters
    ----------
    text:
        The path. Without a leading ``$`` it is read as if ``$.`` stood before it.

    Raises
    ------
    PathSyntaxError
        Says what is wrong and at which character.
    """

    __slots__ = ("_keys", "_steps", "definite", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._steps = _PathParser(text).steps()
        self.definite = all(step.definite for step in self._steps)
        # The keys of a path of properties and indexes, so that the common case is a plain loop.
        keys = [step.key for step in self._steps if step.key is not None]
        self._keys = keys if len(keys) == len(self._steps) else None

    def read(self, root: Any) -> Any:
        """The value at the path.

        Raises
        ------
        PathNotFoundError
            There is none.
        """
        if self._keys is not None:
            for key in self._keys:
                root = _child(root, key)
            return root
        found: list[Any] = []
        if not self.definite:
            with suppress(PathNotFoundError):
                self._walk(0, root, root, found.append)
            return found
        self._walk(0, root, root, found.append)
        if not found:
            raise PathNotFoundError(self.text)
        return found[-1]

    def _walk(self, position: int, root: Any, value: Any, emit: _Emit) -> None:
        if position == len(self._steps):
            emit(value)
        else:
            self._steps[position].run(root, value, lambda child: self._walk(position + 1, root, child, emit))


_cache: dict[str, Path] = {}


def compiled(text: str) -> Path:
    """The path for a text. The last few thousand are kept, so a path made in a loop is parsed once."""
    path = _cache.get(text)
    if path is None:
        if len(_cache) >= _CACHE_SIZE:
            _cache.clear()
        path = _cache[text] = Path(text)
    return path


def _child(value: Any, key: str | int) -> Any:
    if isinstance(key, str):
        if isinstance(value, dict) and key in value:
            return value[key]
    elif isinstance(value, list) and -len(value) <= key < len(value):
        return value[key]
    raise PathNotFoundError(str(key))


class _PathParser:
    def __init__(self, text: str) -> None:
        text = text.strip()
        self.text = text if text.startswith(("$", "@")) else f"$.{text}"
        self.position = 1

    def error(self, what: str) -> PathSyntaxError:
        return PathSyntaxError(f"JSONPath {self.text!r}: {what} at character {self.position + 1}")

    def steps(self) -> list[_Step]:
        steps = []
        while self.position < len(self.text):
            steps.append(self._step())
        return steps

    def _step(self) -> _Step:
        text = self.text
        if text.startswith("..", self.position):
            self.position += 2
            if self.position >= len(text):
                raise self.error("nothing to scan for")
            if text[self.position] != "[":
                self.position -= 1
            return _scan(self._step())
        if wildcard := _WILDCARD.match(text, self.position):
            self.position = wildcard.end()
            return _Step(_wildcard)
        if text[self.position] == ".":
            self.position += 1
            if text.startswith("[", self.position):
                return self._bracket()
            name = _PROPERTY.match(text, self.position)
            if name is None:
                raise self.error("a property name is missing")
            self.position = name.end()
            if text.startswith("(", self.position):
                raise self.error("functions are not supported")
            return _single(name[0])
        if text[self.position] == "[":
            return self._bracket()
        raise self.error(f"unexpected {text[self.position]!r}")

    def _bracket(self) -> _Step:
        text, start = self.text, self.position
        if found := _INDEXES.match(text, start):
            self.position = found.end()
            indexes = [int(index) for index in found[1].split(",")]
            return _single(indexes[0]) if len(indexes) == 1 else _indexes(indexes)
        if found := _SLICE.match(text, start):
            self.position = found.end()
            if found[1] is None and found[2] is None:
                raise self.error("a slice needs a beginning or an end")
            return _slice(*(None if end is None else int(end) for end in found.groups()))
        if text.startswith("[?", start):
            predicate, self.position = parse_filter(text, start, _operand, self.error)
            return _filter(predicate)
        names: list[str] = []
        self.position += 1
        while quoted := _QUOTED.match(text, self.position):
            self.position = quoted.end()
            names.append(re.sub(r"\\(.)", r"\1", quoted[1] if quoted[1] is not None else quoted[2]))
            if quoted[3] == "]":
                if len(names) == 1:
                    return _single(names[0])
                return _properties(names) if self.position == len(text) else _each_property(names)
        raise self.error("a quoted name, an index, a slice, * or a filter is needed")


def _operand(text: str) -> Callable[[Any, Any], Any]:
    """The reader of a path within a filter: ``@`` is the item that it looks at, ``$`` the document."""
    read = Path(text).read
    if text.startswith("$"):
        return lambda root, item: read(root)
    return lambda root, item: read(item)


def _single(key: str | int) -> _Step:
    def single(root: Any, value: Any, emit: _Emit) -> None:
        emit(_child(value, key))

    return _Step(single, key=key, definite=True)


def _properties(names: list[str]) -> _Step:
    """Several properties at the end of a path: one object that has them."""

    def properties(root: Any, value: Any, emit: _Emit) -> None:
        if not isinstance(value, dict):
            raise PathNotFoundError(str(names))
        emit({name: value[name] for name in names if name in value})

    return _Step(properties, definite=True, names=frozenset(names))


def _each_property(names: list[str]) -> _Step:
    """Several properties within a path, which goes on from each of them."""

    def each(root: Any, value: Any, emit: _Emit) -> None:
        if not isinstance(value, dict):
            raise PathNotFoundError(str(names))
        for name in names:
            if name in value:
                with suppress(PathNotFoundError):
                    emit(value[name])

    return _Step(each, names=frozenset(names))


def _indexes(indexes: list[int]) -> _Step:
    def several(root: Any, value: Any, emit: _Emit) -> None:
        if not isinstance(value, list):
            raise PathNotFoundError(str(indexes))
        for index in indexes:
            if -len(value) <= index < len(value):
                with suppress(PathNotFoundError):
                    emit(value[index])

    return _Step(several)


def _slice(first: int | None, last: int | None) -> _Step:
    def part(root: Any, value: Any, emit: _Emit) -> None:
        if not isinstance(value, list):
            raise PathNotFoundError("slice")
        for item in value[first:last]:
            emit(item)

    return _Step(part)


def _wildcard(root: Any, value: Any, emit: _Emit) -> None:
    if isinstance(value, dict):
        for item in value.values():
            emit(item)
    elif isinstance(value, list):
        for item in value:
            with suppress(PathNotFoundError):
                emit(item)


def _filter(predicate: Predicate) -> _Step:
    def matching(root: Any, value: Any, emit: _Emit) -> None:
        if isinstance(value, list):
            for item in value:
                if predicate(root, item):
                    emit(item)
        elif isinstance(value, dict) and predicate(root, value):
            emit(value)

    return _Step(matching, objects_only=True)


def _scan(step: _Step) -> _Step:
    """The next step at every level below, the level itself first."""

    def scan(root: Any, value: Any, emit: _Emit) -> None:
        if isinstance(value, dict):
            if step.names <= value.keys():
                found(root, value, emit)
            for item in value.values():
                scan(root, item, emit)
        elif isinstance(value, list):
            if not step.objects_only:
                found(root, value, emit)
            for item in value:
                scan(root, item, emit)

    def found(root: Any, value: Any, emit: _Emit) -> None:
        with suppress(PathNotFoundError):
            step.run(root, value, emit)

    return _Step(scan)
