"""The filters of a JSONPath: ``[?(@.price < $.limit && @.kind in ['a', 'b'])]``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from clickstream_local.vtl.bounded_regex import BoundedPattern

Predicate = Callable[[Any, Any], bool]
"""Takes the document and an item."""

_Reader = Callable[[Any, Any], Any]

_MISSING: Final = object()
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<operator>==|!=|<=|>=|=~|<|>|&&|\|\||!|\(|\)|in\b|nin\b|contains\b|size\b|empty\b|all\b)
      | (?P<path>[@$](?:\.\.?[\w*-]+|\[(?:'[^']*'|"[^"]*"|[^\]'"]*)\])*)
      | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<word>true|false|null)\b
      | (?P<regex>/(?:[^/\\]|\\.)*/i?)
      | (?P<list>\[[^\]]*\])
    )""",
    re.VERBOSE,
)
_LIST_ITEM: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^,\s\[\]]+""")
_COMPARISONS: Final = frozenset(
    ("==", "!=", "<", "<=", ">", ">=", "=~", "in", "nin", "contains", "size", "empty", "all")
)


def parse_filter(
    text: str, start: int, reader: Callable[[str], _Reader], error: Callable[[str], Exception]
) -> tuple[Predicate, int]:
    """Parse a filter, ``[?( … )]``; returns the predicate and where the text goes on.

    Parameters
    ----------
    text, start:
        The path, and where in it the filter begins.
    reader:
        Makes the reader of a path (``@.x``, ``$.x``); it raises ``LookupError`` where there is nothing.
    error:
        Makes the error for a filter that cannot be read.
    """
    opening = re.compile(r"\[\?\s*\(").match(text, start)
    if opening is None:
        raise error("a filter must be written [?(…)]")
    parser = _FilterParser(text, opening.end(), reader, error)
    predicate = parser.either()
    closing = re.compile(r"\s*\)\s*\]").match(text, parser.position)
    if closing is None:
        raise error("a filter must end in )]")
    return predicate, closing.end()


class _FilterParser:
    def __init__(
        self, text: str, position: int, reader: Callable[[str], _Reader], error: Callable[[str], Exception]
    ) -> None:
        self.text = text
        self.position = position
        self._reader = reader
        self._error = error

    def _peek(self) -> tuple[str, str, int]:
        found = _TOKEN.match(self.text, self.position)
        if found is None or found.lastgroup is None:
            raise self._error("a filter cannot be read")
        return found.lastgroup, found[found.lastgroup], found.end()

    def _take(self, *operators: str) -> str | None:
        kind, image, end = self._peek()
        if kind == "operator" and image in operators:
            self.position = end
            return image
        return None

    def either(self) -> Predicate:
        left = self._both()
        while self._take("||"):
            left = _either(left, self._both())
        return left

    def _both(self) -> Predicate:
        left = self._negated()
        while self._take("&&"):
            left = _both(left, self._negated())
        return left

    def _negated(self) -> Predicate:
        if self._take("!"):
            inner = self._negated()
            return lambda root, item: not inner(root, item)
        if self._take("("):
            inner = self.either()
            if not self._take(")"):
                raise self._error("a parenthesis is not closed")
            return inner
        return self._comparison()

    def _comparison(self) -> Predicate:
        left = self._operand()
        operator = self._take(*_COMPARISONS)
        if operator is None:
            return lambda root, item: left(root, item) is not _MISSING
        right = self._operand()
        holds = _OPERATORS[operator]

        def compared(root: Any, item: Any) -> bool:
            one, other = left(root, item), right(root, item)
            return one is not _MISSING and other is not _MISSING and holds(one, other)

        return compared

    def _operand(self) -> _Reader:
        kind, image, end = self._peek()
        if kind == "operator":
            raise self._error(f"a value is needed before {image!r}")
        self.position = end
        if kind == "path":
            read = self._reader(image)

            def value(root: Any, item: Any) -> Any:
                try:
                    return read(root, item)
                except LookupError:
                    return _MISSING

            return value
        constant: Any
        if kind == "regex":
            body, _, flags = image[1:].rpartition("/")
            constant = BoundedPattern(body, re.IGNORECASE if flags else 0)
        elif kind == "list":
            constant = [_literal(item) for item in _LIST_ITEM.findall(image)]
        else:
            constant = _literal(image)
        return lambda root, item: constant


def _literal(image: str) -> Any:
    if image[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", image[1:-1])
    words = {"true": True, "false": False, "null": None}
    if image in words:
        return words[image]
    return float(image) if re.search("[.eE]", image) else int(image)


def _either(left: Predicate, right: Predicate) -> Predicate:
    return lambda root, item: left(root, item) or right(root, item)


def _both(left: Predicate, right: Predicate) -> Predicate:
    return lambda root, item: left(root, item) and right(root, item)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison of two numbers or two strings; false for anything else."""

    def holds(left: Any, right: Any) -> bool:
        numbers = all(isinstance(side, int | float) and not isinstance(side, bool) for side in (left, right))
        return (numbers or (isinstance(left, str) and isinstance(right, str))) and compare(left, right)

    return holds


def _among(left: Any, right: Any) -> bool:
    return isinstance(right, list) and any(_same(left, item) for item in right)


_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": _same,
    "!=": lambda left, right: not _same(left, right),
    "<": _ordered(lambda left, right: bool(left < right)),
    "<=": _ordered(lambda left, right: bool(left <= right)),
    ">": _ordered(lambda left, right: bool(left > right)),
    ">=": _ordered(lambda left, right: bool(left >= right)),
    "=~": lambda left, right: (
        isinstance(left, str) and isinstance(right, re.Pattern) and right.fullmatch(left) is not None
    ),
    "in": _among,
    "nin": lambda left, right: not _among(left, right),
    "contains": lambda left, right: (
        (right in left) if isinstance(left, str) and isinstance(right, str) else _among(right, left)
    ),
    "size": lambda left, right: isinstance(left, list | str) and len(left) == right,
    "empty": lambda left, right: isinstance(left, list | str) and (len(left) == 0) == right,
    "all": lambda left, right: (
        isinstance(left, list) and isinstance(right, list) and all(_among(item, left) for item in right)
    ),
}
