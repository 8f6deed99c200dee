"""Filter patterns of CloudWatch Logs: words that an event must, may or must not hold."""

from __future__ import annotations

import re
from collections.abc import Callable

_TERM = re.compile(r'([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))')

Match = Callable[[str], bool]


class FilterPatternError(ValueError):
    """A pattern that does not run here; the message names it and the way out."""


def compile_filter_pattern(pattern: str) -> Match:
    """Whether an event's message matches: every plain word, one of the ``?`` words if any, none of the ``-`` words.

    Words are matched exactly, anywhere in the message; the empty pattern matches everything.

    Raises :class:`FilterPatternError` for patterns that take a message apart, as JSON or by spaces, and for regular
    expressions.
    """
    text = pattern.strip()
    if text[:1] in ("{", "[", "%"):
        raise FilterPatternError(
            f"FilterPattern {pattern!r} takes messages apart: only patterns of words run here, or an empty one"
        )
    words: dict[str, list[str]] = {"": [], "?": [], "-": []}
    position = 0
    while position < len(text):
        term = _TERM.match(text, position)
        if term is None:
            raise FilterPatternError(f"FilterPattern {pattern!r} has a quote that does not end")
        quoted = term[2]
        words[term[1]].append(term[3] if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
        position = term.end()
        while position < len(text) and text[position].isspace():
            position += 1

    def match(message: str) -> bool:
        return (
            all(word in message for word in words[""])
            and (not words["?"] or any(word in message for word in words["?"]))
            and not any(word in message for word in words["-"])
        )

    return match
