"""Secrets that are known by their decoded names: parameters of addresses, and members of events."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from clickstream_transform.click.enrich.emails import MARK
from clickstream_transform.columns.text_cache import TextCache

_DELIMITER = r'[?&;#=/\s"<>]|%(?:25)*+(?:3F|26|3B|23|3D|2F)'
_MARKS = {"3F": "?", "26": "&", "3B": ";", "23": "#", "3D": "=", "2F": "/"}
_PARAMETER = r"[^?&;#=/\s]{1,64}="
_MAX_NAME = 256
_MAX_DECODED = 5
_SEPARATORS = str.maketrans(dict.fromkeys("_-+") | dict.fromkeys("[](){}<>.:,;/?&#='\"", " "))


class SecretNames:
    """Names, as ``patterns`` with ``*`` for anything describe them: see ``options.QUERY_KEYS``."""

    def __init__(self, patterns: Iterable[str]) -> None:
        names = {pattern.lower().translate(str.maketrans("", "", "_-+")) for pattern in patterns}
        inner = {name: name.strip("*") for name in names}
        self._exact = frozenset(name for name in names if "*" not in name)
        self._ends = tuple(inner[name] for name in names if name == f"*{inner[name]}" and "*" not in inner[name])
        self._begins = tuple(inner[name] for name in names if name == f"{inner[name]}*" and "*" not in inner[name])
        others = names - self._exact - {f"*{name}" for name in self._ends} - {f"{name}*" for name in self._begins}
        self._others = [name.split("*") for name in sorted(others)]
        longest = {max(name.split("*"), key=len) for name in names}
        self._hint = re.compile("|".join(map(re.escape, sorted(longest)))).search if names else None

    def __contains__(self, name: str) -> bool:
        name = name[-_MAX_NAME:]
        if "%" in name:
            from urllib.parse import unquote  # most names need no decoding, and a cold start needs no import

            for _ in range(_MAX_DECODED):
                name = unquote(name)
        plain = name.lower().translate(_SEPARATORS)
        if self._hint is None or self._hint(plain) is None:
            return False
        for part in plain.split():
            if part in self._exact or part.endswith(self._ends) or part.startswith(self._begins):
                return True
            if any(_matches(part, pieces) for pieces in self._others):
                return True
        return False


class QueryKeys:
    """Takes the values of named parameters out of texts.

    Parameters
    ----------
    patterns:
        Names, with ``*`` for anything, as in ``options.QUERY_KEYS``.
    """

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._is_secret = TextCache(SecretNames(patterns).__contains__)
        self._some = bool(patterns)

    def redacted(self, text: str, address: bool) -> str:
        """The text with a mark for each such value; in an ``address`` a value does not end at a blank."""
        if not self._some:
            return text
        if "%" in text and ("3D" in text or "3d" in text):
            return self._scanned(text, address)
        if "=" not in text:
            return text
        front, _, query = text.partition("?")
        if ";" in text or "#" in text or "=" in front:
            return self._scanned(text, address)
        is_secret = self._is_secret
        for parameter in query.split("&"):
            name, _, value = parameter.partition("=")
            if is_secret[name] or "=" in value:
                return self._scanned(text, address)
        return text

    def _scanned(self, text: str, address: bool) -> str:
        """Read all of a text.

        An address within an address is encoded once more, and so on: its ``&`` is ``%26`` or ``%2526``. The value of a
        parameter goes on to a delimiter that is encoded no more often than its own ``=``.
        """
        kept: list[str] = []
        done = name_at = 0
        opener, query_level = "", _MAX_NAME
        value_at, value_level, in_path = -1, 0, False
        delimiter, parameter = _patterns()
        for found in delimiter.finditer(text):
            start, end = found.span()
            mark = text[start]
            level = 0
            if mark == "%":
                mark, level = _MARKS[text[end - 2 : end].upper()], (end - start - 1) // 2
            if value_at >= 0:
                if (
                    level > value_level
                    or mark == "="
                    or not (
                        mark in "&#"
                        or (mark in "?;" and (in_path or level < value_level))
                        or (mark == ";" and parameter.match(text, end))
                        or (mark == "/" and in_path)
                        or (mark not in "?;/" and not address)
                    )
                ):
                    continue
                if start > value_at:
                    kept += text[done:value_at], MARK
                    done = start
                value_at = -1
            if mark == "=":
                if self._is_secret[text[name_at:start]]:
                    value_at, value_level, in_path = end, level, opener == ";" and query_level > level
            else:
                opener = mark
                if mark in "?&#":
                    query_level = min(query_level, level)
            name_at = end
        if 0 <= value_at < len(text):
            kept += text[done:value_at], MARK
            done = len(text)
        return "".join((*kept, text[done:])) if kept else text


def _matches(name: str, pieces: list[str]) -> bool:
    """Whether a name has these pieces, in order, the first and last at its ends."""
    place = 0
    for piece in pieces:
        place = name.find(piece, place) + len(piece)
        if place < len(piece):
            return False
    return name.startswith(pieces[0]) and name.endswith(pieces[-1]) and len(name) >= len(pieces[0]) + len(pieces[-1])


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # At first use: most batches have nothing to look for, and a cold start does not pay.
    return re.compile(_DELIMITER, re.IGNORECASE), re.compile(_PARAMETER)
