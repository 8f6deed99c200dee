"""Java's regular expressions, said in Python's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from clickstream_local.vtl.bounded_regex import BoundedPattern
from clickstream_local.vtl.errors import MethodError

_CLASSES: Final = {
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Upper": "A-Z",
    "Lower": "a-z",
    "Punct": r"!-/:-@\[-`{-~",
    "Space": r" \t\n\x0b\f\r",
    "XDigit": "0-9a-fA-F",
    "Cntrl": r"\x00-\x1f\x7f",
    "ASCII": r"\x00-\x7f",
}
_TRANSLATED: Final = re.compile(
    r"\\Q(.*?)(?:\\E|$)|\\([pP])\{(\w+)\}|\\z|\\Z|\\h|\(\?<(?=[a-zA-Z])|\\x\{([0-9a-fA-F]+)\}|\\.|[\[\]]", re.DOTALL
)
_REPLACEMENT: Final = re.compile(r"\\(.)|\$(?:(\d)|\{(\w+)\})|\\$|\$", re.DOTALL)


@lru_cache(maxsize=512)
def pattern(regex: str) -> BoundedPattern:
    r"""A compiled expression; ``\d`` and ``\w`` are ASCII, as in Java.

    Raises
    ------
    MethodError
        The expression is not valid, or has a construct that Python lacks.
    """
    depth = 0

    def translated(match: re.Match[str]) -> str:
        nonlocal depth
        image = match[0]
        if image in "[]":
            depth = max(depth + (1 if image == "[" else -1), 0)
            return image
        if image.startswith("\\Q"):
            return re.escape(match[1])
        if match[2]:
            members = _CLASSES.get(match[3])
            if members is None:
                raise MethodError(f"the regular expression class {image} is not supported")
            if depth and match[2] == "P":
                raise MethodError(f"the regular expression class {image} within [ ] is not supported")
            return members if depth else f"[{'^' if match[2] == 'P' else ''}{members}]"
        if match[4]:
            return re.escape(chr(int(match[4], 16)))
        return {"\\z": r"\Z", "\\Z": r"(?=\n?\Z)", "\\h": r"[ \t\xa0]", "(?<": "(?P<"}.get(image, image)

    try:
        return BoundedPattern(_TRANSLATED.sub(translated, regex), re.ASCII)
    except (re.error, OverflowError) as error:
        raise MethodError(f"not a regular expression: {regex!r:.80}: {error}") from error


@lru_cache(maxsize=512)
def replacement(text: str) -> str:
    """The text that replaces a match: ``$1`` is a group, a backslash takes the next character as it is."""

    def translated(match: re.Match[str]) -> str:
        if match[2] or match[3]:
            return f"\\g<{match[2] or match[3]}>"
        if match[1] is None:
            raise MethodError(f"the replacement {text!r:.80} has a lone {match[0]!r}")
        return match[1].replace("\\", "\\\\")

    return _REPLACEMENT.sub(translated, text)
