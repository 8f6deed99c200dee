"""Consecutive JSON values in a text: the body of a request, newline-delimited events, or anything between.

The text is read as values, never as lines, so a pretty-printed event is one event. A broken value is set aside with the
rest of its last line, and reading goes on behind it; nothing inside it is read as an event.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from functools import lru_cache
from typing import Any

from clickstream_transform.records.codec import scan, scan_value

_space = re.compile(r"[ \t\r\n]*").match
# A text ends at its line's end, because JSON has no line break in one: what is broken ends somewhere.
_PIECE = r'"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"?|[\[{}\]\n]'
_SCALAR = r'"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"|[-+.\w]+'
_PATIENCE = 8
"""How many times the text may be read in vain by the quick scanner, which looks far beyond the end of what is broken.

After that, the end of each value is found before it is read: slower, but every character is looked at once.
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
        while start < size:
            try:
                value, end = self._scan(start)
            except (ValueError, StopIteration, RecursionError) as error:
                end = self._broken_end(start)
                value = Broken("too_deep" if isinstance(error, RecursionError) else "invalid_json")
            self._add(value, start, end, explode)
            start = self._skip(end)

    def _scan(self, start: int) -> tuple[Any, int]:
        text = self._text
        if self._wasted > _PATIENCE * len(text):
            end = self._value_end(start)
            value, length = scan_value(text[start:end], 0)
            return value, start + length
        try:
            return scan_value(text, start)
        except json.JSONDecodeError as error:
            self._wasted += error.pos  # its line and column were counted from the text's beginning
            raise
        except RecursionError:
            self._wasted += len(text) - start
            raise

    def _value_end(self, start: int) -> int:
        """Where the value at ``start`` ends, if it is one."""
        if self._text[start] in "[{":
            return self._container_end(start)
        scalar = _patterns()[1].match(self._text, start)
        return scalar.end() if scalar else start + 1

    def _broken_end(self, start: int) -> int:
        """Where the broken value at ``start`` ends: at the end of a line."""
        return self._line_end(self._container_end(start) if self._text[start] in "[{" else start)

    def _container_end(self, start: int) -> int:
        """Behind the bracket that closes the one at ``start``.

        What is cut off ends before the next line that begins with a value, unless that is part of it: where a value
        has to follow. A bracket is only then part of it if the lines of the container so far were not all indented.
        """
        text, depth, indented = self._text, 0, True
        for found in _patterns()[0].finditer(text, start):
            place = found.start()
            sign = text[place]
            if sign in "[{":
                depth += 1
            elif sign in "]}":
                depth -= 1
                if depth == 0:
                    return place + 1
            elif sign == "\n":
                first = text[place + 1 : place + 2]
                if not first:
                    break
                if first in " \t\r\n]},:":
                    continue
                # A text at a line's beginning is a name: no event is a text.
                if first != '"' and ((indented and first in "[{") or not self._wants_value(place)):
                    return place
                indented = False
        return len(text)

    def _wants_value(self, line_end: int) -> bool:
        """Whether the last character before a line's end is one that a value has to follow."""
        place = line_end
        while self._text[place] in " \t\r\n":
            place -= 1
        return self._text[place] in "[,:"

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


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # At first use: nearly all texts are JSON, and a cold start does not pay.
    return re.compile(_PIECE), re.compile(_SCALAR, re.ASCII)


def _first(group: _Group) -> int:
    return group[0]
