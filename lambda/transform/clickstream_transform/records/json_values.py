"""Consecutive JSON values in a text: the body of a request, newline-delimited events, or anything between.

The text is read as values, never as lines, so a pretty-printed event is one event. Where a value is broken, its line is
set aside and reading goes on at the next line.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any

from clickstream_transform.records.codec import scan, scan_value

_space = re.compile(r"[ \t\r\n]*").match
_RETRY_FACTOR = 8
"""A value that spans lines is looked for after a broken line, until this many times the text was read in vain.

Without the bound, a megabyte of ``[`` lines would be read once per line.
"""


class Broken:
    """A stretch of text that is not JSON. ``rule`` is ``invalid_json`` or ``too_deep``."""

    __slots__ = ("rule",)

    def __init__(self, rule: str) -> None:
        self.rule = rule

    def __repr__(self) -> str:
        return f"Broken({self.rule!r})"


_Group = tuple[int, int, int, bool]
"""One stretch of the text: the position of the first value in it, its start and end, and whether it is an array whose
elements are the values."""


class JsonValues:
    """The events of a text, in order, arrays taken apart.

    ``values`` holds a parsed value or a ``Broken`` for each, ``count`` is their number; ``raw(position)`` is the exact
    text of one, looked up only when it is needed.
    """

    __slots__ = ("_elements", "_groups", "_text", "_wasted", "count", "values")

    def __init__(self, text: str, explode: bool = True) -> None:
        self._text = text
        self._elements: dict[int, list[tuple[int, int]]] | None = None
        self.values: list[Any] = []
        self._groups: list[_Group] = []
        try:
            whole, end = scan(text, 0)
        except (ValueError, StopIteration, RecursionError):
            end = -1
        # Most texts are one value and at most a newline.
        if end >= 0 and (end == len(text) or text[end:] == "\n"):
            exploded = explode and whole.__class__ is list
            self.values = whole if exploded else [whole]
            self._groups.append((0, 0, end, exploded))
        else:
            self._wasted = 0
            self._read(explode)
        self.count = len(self.values)

    def release(self) -> None:
        """Forget the parsed values, whose memory is many times that of their text; ``raw`` goes on working."""
        self.values = []

    def raw(self, position: int) -> str:
        """The text of the value at a position, as it came."""
        first, start, end, exploded = self._groups[bisect_right(self._groups, position, key=_first) - 1]
        if exploded:
            if self._elements is None:
                self._elements = {}
            if first not in self._elements:
                self._elements[first] = self._element_spans(start)
            start, end = self._elements[first][position - first]
        return self._text[start:end]

    def _element_spans(self, array_start: int) -> list[tuple[int, int]]:
        spans = []
        start = self._skip(array_start + 1)
        while True:
            end = scan_value(self._text, start)[1]
            spans.append((start, end))
            separator = self._skip(end)
            if self._text[separator] == "]":
                return spans
            start = self._skip(separator + 1)

    def _skip(self, start: int) -> int:
        return _space(self._text, start).end()  # type: ignore[union-attr]

    def _read(self, explode: bool) -> None:
        start, size = self._skip(0), len(self._text)
        something_broken = False
        while start < size:
            try:
                value, end = self._scan(start, something_broken)
            except (ValueError, StopIteration, RecursionError) as error:
                end = self._line_end(start)
                value = Broken("too_deep" if isinstance(error, RecursionError) else "invalid_json")
                something_broken = True
            self._add(value, start, end, explode)
            start = self._skip(end)

    def _scan(self, start: int, something_broken: bool) -> tuple[Any, int]:
        if not something_broken:
            try:
                return scan(self._text, start)
            except (ValueError, StopIteration, RecursionError):
                pass
        return self._scan_by_line(start)

    def _scan_by_line(self, start: int) -> tuple[Any, int]:
        """A value after something broken: within its line if possible, so that a bad line is read once only."""
        line_end = self._line_end(start)
        line = self._text[start:line_end]
        try:
            value, length = scan_value(line, 0)
        except (json.JSONDecodeError, StopIteration):
            if self._wasted > _RETRY_FACTOR * len(self._text) or line[0] not in "[{":
                raise
            return self._scan_across_lines(start)
        return value, start + length

    def _scan_across_lines(self, start: int) -> tuple[Any, int]:
        try:
            return scan_value(self._text, start)
        except json.JSONDecodeError as error:
            self._wasted += error.pos - start
            raise
        except RecursionError:
            self._wasted += len(self._text) - start
            raise

    def _line_end(self, start: int) -> int:
        end = self._text.find("\n", start)
        return len(self._text) if end < 0 else end

    def _add(self, value: Any, start: int, end: int, explode: bool) -> None:
        exploded = explode and value.__class__ is list
        if exploded and not value:
            return
        self._groups.append((len(self.values), start, end, exploded))
        if not exploded:
            self.values.append(value)
        else:
            self.values.extend(value)


def _first(group: _Group) -> int:
    return group[0]
