"""JSONPath as Jayway JsonPath 2.0 reads it: the paths of ``$input.path`` and ``$input.json``.

Properties (``.a``, ``['a']``, ``['a','b']``), indexes (``[0]``, ``[0,2]``, ``[-1:]``, ``[1:3]``), wildcards, deep scans
(``..a``) and filters (``[?(@.x > 1)]``). A path of properties and single indexes is *definite*: it gives one value or
is missing. Any other path gives a list, which may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from .jsonpath_filter import Predicate, parse_filter

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
_Step = Callable[[Any, _Emit], None]


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
        parsed = _Parser(text).steps()
        # Keys of a definite path, so that the common case is a plain loop.
        self._keys: list[str | int] | None = [] if all(key is not None for key, _ in parsed) else None
        if self._keys is not None:
            self._keys.extend(key for key, _ in parsed if key is not None)
        self._steps = [step for _, step in parsed]
        self.definite = self._keys is not None or all(step.__name__ == "properties" for step in self._steps)

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
        self._walk(0, root, found.append)
        if not self.definite:
            return found
        if not found:
            raise PathNotFoundError(self.text)
        return found[-1]

    def _walk(self, position: int, value: Any, emit: _Emit) -> None:
        if position == len(self._steps):
            emit(value)
        else:
            self._steps[position](value, lambda child: self._walk(position + 1, child, emit))


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
    elif isinstance(value, list) and 0 <= key < len(value):
        return value[key]
    raise PathNotFoundError(str(key))


def _lenient(emit: _Emit, value: Any) -> None:
    """One of many: what is missing below it is left out."""
    try:
        emit(value)
    except PathNotFoundError:
        return


class _Parser:
    def __init__(self, text: str) -> None:
        text = text.strip()
        self.text = text if text.startswith(("$", "@")) else f"$.{text}"
        self.position = 1

    def error(self, what: str) -> PathSyntaxError:
        return PathSyntaxError(f"JSONPath {self.text!r}: {what} at character {self.position + 1}")

    def steps(self) -> list[tuple[str | int | None, _Step]]:
        steps = []
        while self.position < len(self.text):
            steps.append(self._step())
        return steps

    def _step(self) -> tuple[str | int | None, _Step]:
        text = self.text
        if text.startswith("..", self.position):
            self.position += 2
            if self.position >= len(text):
                raise self.error("nothing to scan for")
            if text[self.position] != "[":
                self.position -= 1
            return None, _scan(*self._step())
        if wildcard := _WILDCARD.match(text, self.position):
            self.position = wildcard.end()
            return None, _wildcard
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
            return name[0], _single(name[0])
        if text[self.position] == "[":
            return self._bracket()
        raise self.error(f"unexpected {text[self.position]!r}")

    def _bracket(self) -> tuple[str | int | None, _Step]:
        text, start = self.text, self.position
        if found := _INDEXES.match(text, start):
            self.position = found.end()
            indexes = [int(index) for index in found[1].split(",")]
            return (indexes[0], _single(indexes[0])) if len(indexes) == 1 else (None, _indexes(indexes))
        if found := _SLICE.match(text, start):
            self.position = found.end()
            if found[1] is None and found[2] is None:
                raise self.error("a slice needs a beginning or an end")
            return None, _slice(*(None if end is None else int(end) for end in found.groups()))
        if text.startswith("[?", start):
            predicate, self.position = parse_filter(text, start, _operand, self.error)
            return None, _filter(predicate)
        names: list[str] = []
        self.position += 1
        while quoted := _QUOTED.match(text, self.position):
            self.position = quoted.end()
            names.append(re.sub(r"\\(.)", r"\1", quoted[1] if quoted[1] is not None else quoted[2]))
            if quoted[3] == "]":
                return (names[0], _single(names[0])) if len(names) == 1 else (None, _properties(names))
        raise self.error("a quoted name, an index, a slice, * or a filter is needed")


def _operand(text: str) -> Callable[[Any], Any]:
    """The reader of a path within a filter."""
    return Path(text).read


def _single(key: str | int) -> _Step:
    def single(value: Any, emit: _Emit) -> None:
        emit(_child(value, key))

    return single


def _properties(names: list[str]) -> _Step:
    def properties(value: Any, emit: _Emit) -> None:
        if not isinstance(value, dict):
            raise PathNotFoundError(str(names))
        emit({name: value[name] for name in names if name in value})

    return properties


def _indexes(indexes: list[int]) -> _Step:
    def several(value: Any, emit: _Emit) -> None:
        if not isinstance(value, list):
            raise PathNotFoundError(str(indexes))
        for index in indexes:
            if 0 <= index < len(value):
                emit(value[index])

    return several


def _slice(first: int | None, last: int | None) -> _Step:
    def part(value: Any, emit: _Emit) -> None:
        if not isinstance(value, list):
            raise PathNotFoundError("slice")
        for item in value[first:last]:
            emit(item)

    return part


def _wildcard(value: Any, emit: _Emit) -> None:
    if isinstance(value, dict):
        for item in value.values():
            emit(item)
    elif isinstance(value, list):
        for item in value:
            _lenient(emit, item)


def _filter(predicate: Predicate) -> _Step:
    def matching(value: Any, emit: _Emit) -> None:
        if isinstance(value, list):
            for item in value:
                if predicate(item):
                    emit(item)
        elif isinstance(value, dict) and predicate(value):
            emit(value)

    return matching


def _scan(key: str | int | None, step: _Step) -> _Step:
    """The next step at every level below, the level itself first."""

    def scan(value: Any, emit: _Emit) -> None:
        if isinstance(value, dict):
            _scanned(value, emit)
            for item in value.values():
                scan(item, emit)
        elif isinstance(value, list):
            if step.__name__ != "matching":
                _scanned(value, emit)
            for item in value:
                scan(item, emit)

    def _scanned(value: Any, emit: _Emit) -> None:
        try:
            step(value, emit)
        except PathNotFoundError:
            return

    return scan
