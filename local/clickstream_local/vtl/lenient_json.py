"""JSON as json-smart reads it when it is permissive: how API Gateway reads bodies and what a MOCK integration answers.

Beyond JSON it takes single quotes, bare text (``{statusCode: 200}``), commas too many or too few, leading zeros, and
anything behind the end of the document. What begins with no bracket and no quote is a string. The message for ``{a``
was recorded on AWS; all others are json-smart's own, which ``tests/rules/test_velocity.py`` compares
(facts/api-gateway.md#mapping-templates).
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple, NoReturn

_END: Final = "\x1a"
"""What json-smart takes for the end of the text."""

_BARE_WORDS: Final[dict[str, object]] = {"null": None, "true": True, "false": False, "NaN": float("nan")}
_NUMBER: Final = re.compile(r"-?[0-9]*(\.[0-9]*)?([eE](?:[+-][0-9]*|[0-9]+))?")
_LAST_STOP: Final = "}"
"""Only characters up to this one are looked at when a number has ended: what follows it may be glued to it."""

_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b", "\\": "\\", "/": "/", "'": "'", '"': '"'}
_HEX_DIGITS: Final = {"u": 4, "x": 2}
_TRIMMED: Final = "".join(map(chr, range(33)))
_BLANKS: Final = re.compile("[ \t\r\n]*")
_CONTROLS: Final = re.compile("[\x00-\x19\x1b-\x20]*")
_PLAIN: Final = re.compile("[^\"'\\\\\x00-\x1f\x7f]*")


class _Place(NamedTuple):
    """Where a value stands: what ends a bare text there."""

    stops: str
    bare: re.Pattern[str]

    @classmethod
    def ended_by(cls, stops: str) -> _Place:
        return cls(stops + _END, re.compile(f"[^{re.escape(stops)}{_END}]*"))


_ROOT, _KEY, _MEMBER, _ITEM = map(_Place.ended_by, ("", ":", ",}", ",]"))


class LenientJsonError(ValueError):
    """The text has no permissive reading; the message is json-smart's."""


def parse_leniently(text: str) -> Any:
    """The value that a text stands for.

    Raises
    ------
    LenientJsonError
        A bracket or quote is not closed, or a character stands where it cannot.
    RecursionError
        It is nested too deeply.
    """
    return _Reader(text + _END).value(_ROOT)


class _Reader:
    """``text`` ends in the mark of its end, so that there is always a current character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    @property
    def current(self) -> str:
        return self.text[self.position]

    def _take(self, pattern: re.Pattern[str]) -> str:
        """What the pattern, which fits anything, finds here."""
        found = pattern.match(self.text, self.position)
        assert found is not None
        self.position = found.end()
        return found[0]

    def value(self, place: _Place) -> Any:
        """The value that begins here."""
        self._take(_BLANKS)
        first = self.current
        if first == "{":
            return self._object()
        if first == "[":
            return self._array()
        if first in "'\"":
            return self._quoted()
        if first in ":}]":
            self._unexpected()
        start = self.position
        if first == "-" or first in "0123456789":
            found = _NUMBER.match(self.text, start)
            assert found is not None  # the first character fits
            self.position = found.end()
            self._take(_CONTROLS)
            if self.current in place.stops or self.current > _LAST_STOP:
                return self._number(found)
            self.position = start
        bare = self._bare(place)
        return _BARE_WORDS.get(bare, bare) if first in "nftN" else bare

    def _object(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while True:
            self.position += 1
            self._take(_BLANKS)
            first = self.current
            if first in ":][{":
                self._unexpected()
            if first == "}":
                self.position += 1
                return members
            if first == ",":
                continue
            key = self._quoted() if first in "'\"" else self._bare(_KEY)
            self._take(_CONTROLS)
            if self.current == _END:
                self._ended("null")
            if self.current != ":":
                raise LenientJsonError(f"Unexpected character ({self.current}) at position {self.position - 1}.")
            self.position += 1
            if self.position == len(self.text) - 1:
                self._ended("EOF")
            members[key] = self.value(_MEMBER)
            self._take(_CONTROLS)
            if self.current == "}":
                self.position += 1
                return members
            if self.current == _END:
                self._ended("null")
            if self.current != ",":
                raise LenientJsonError(f"Unexpected token {self.current} at position {self.position - 1}.")

    def _array(self) -> list[Any]:
        items: list[Any] = []
        self.position += 1
        while True:
            self._take(_BLANKS)
            first = self.current
            if first == "]":
                self.position += 1
                return items
            if first == _END:
                self._ended("EOF")
            if first == ",":
                self.position += 1
            else:
                items.append(self.value(_ITEM))

    def _bare(self, place: _Place) -> str:
        return self._take(place.bare).strip(_TRIMMED)

    def _quoted(self) -> str:
        quote, start = self.current, self.position + 1
        end = self.text.find(quote, start)
        if end < 0:
            self.position = len(self.text) - 1
            raise LenientJsonError(f"Unexpected End Of File position {self.position}: null")
        if "\\" not in self.text[start:end]:
            self.position = end + 1
            return self.text[start:end]
        return self._unescaped(quote)

    def _unescaped(self, quote: str) -> str:
        """A text with escapes. Control characters are left out of it, and so are escapes that JSON does not have."""
        out: list[str] = []
        while True:
            self.position += 1
            if plain := self._take(_PLAIN):
                out.append(plain)
            character = self.current
            if character == quote:
                self.position += 1
                return "".join(out)
            if character == _END:
                self._ended("null")
            if character == "\\":
                self.position += 1
                character = self.current
                if character in _HEX_DIGITS:
                    out.append(self._code_unit(_HEX_DIGITS[character]))
                else:
                    out.append(_ESCAPES.get(character, ""))
                    self.position -= character == _END
            elif character in "'\"":
                out.append(character)

    def _code_unit(self, digits: int) -> str:
        code = 0
        for _ in range(digits):
            self.position += 1
            digit = self.current
            if digit == _END:
                self._ended("null")
            if digit not in "0123456789abcdefABCDEF":
                raise LenientJsonError(f"Unexpected unicode escape sequence {digit} at position {self.position}.")
            code = code * 16 + int(digit, 16)
        return chr(code)

    def _number(self, found: re.Match[str]) -> float:
        text = found[0]
        if found[1] is None and found[2] is None:
            return int(text) if text != "-" else 0
        try:
            return float(text)
        except ValueError:
            raise LenientJsonError(f'For input string: "{text}"') from None

    def _unexpected(self) -> NoReturn:
        raise LenientJsonError(f"Unexpected character ({self.current}) at position {self.position}.")

    def _ended(self, what: str) -> NoReturn:
        raise LenientJsonError(f"Unexpected End Of File position {self.position - 1}: {what}")
