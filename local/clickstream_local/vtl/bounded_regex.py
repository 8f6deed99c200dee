"""Regular expressions of others over text of others: Python's engine where it cannot take long, else one with a clock.

Java's engine and ECMAScript's backtrack as Python's does, so that a template or a model may hold an expression that
takes years for a short text. RE2, which has no such cases, lacks their look-around.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

from clickstream_local.vtl.errors import MethodError

Match = re.Match[str]
"""Or ``regex.Match``, which has the same methods."""

MAX_SECONDS: Final = 1.0
_QUICK_STEPS: Final = 1_000_000
_LITERAL: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?", re.DOTALL)
_REPEATED_GROUP: Final = re.compile(r"\)[*+{]")
_REPEAT: Final = re.compile(r"[*+{]")
_MAX_OPTIONS: Final = 8


class BoundedPattern:
    """A compiled expression; its methods are those of ``re.Pattern``, and raise ``MethodError`` after a second."""

    def __init__(self, expression: str, flags: int = 0) -> None:
        self.pattern = expression
        self._flags = flags
        self._quick = re.compile(expression, flags)
        bare = _LITERAL.sub("", expression)
        self._nested = _REPEATED_GROUP.search(bare) is not None or bare.count("?") > _MAX_OPTIONS
        self._degree = len(_REPEAT.findall(bare)) + 1

    def search(self, text: str) -> Match | None:
        """The first match in a text."""
        found: Match | None = self._run("search", text, text)
        return found

    def fullmatch(self, text: str) -> Match | None:
        """The match of a whole text."""
        found: Match | None = self._run("fullmatch", text, text)
        return found

    def finditer(self, text: str) -> Iterable[Match]:
        """All matches in a text."""
        found: Iterable[Match] = self._run("finditer", text, text)
        return found

    def sub(self, replacement: str, text: str, count: int = 0) -> str:
        """A text with matches replaced."""
        return str(self._run("sub", text, replacement, text, count))

    def _run(self, method: str, text: str, *arguments: Any) -> Any:
        # Without a repeat within another, each of them begins at most once at each character.
        if not self._nested and len(text) ** self._degree < _QUICK_STEPS:
            return getattr(self._quick, method)(*arguments)
        try:
            found = getattr(self._slow, method)(*arguments, timeout=MAX_SECONDS)
            return list(found) if method == "finditer" else found
        except TimeoutError:
            raise MethodError(
                f"the regular expression {self.pattern!r:.80} takes more than {MAX_SECONDS:g} s for its text"
            ) from None

    @cached_property
    def _slow(self) -> Any:
        import regex  # here: few expressions need it

        flags = {re.ASCII: regex.ASCII, re.IGNORECASE: regex.IGNORECASE, re.DOTALL: regex.DOTALL}
        try:
            return regex.compile(self.pattern, sum(of_regex for own, of_regex in flags.items() if own & self._flags))
        except regex.error as error:
            raise MethodError(f"the regular expression {self.pattern!r:.80} is not supported: {error}") from error
