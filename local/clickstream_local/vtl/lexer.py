r"""The tokens of Velocity 1.7.

Velocity's tokens depend on a lexical state that other tokens push and pop: ``$`` enters a reference, ``#`` a directive,
a parenthesis of a method its arguments. White space, brackets and words mean different things in each. So that every
corner (``$a#set(..)``, ``${a}}``, ``#[[``, ``\\#if``) comes out as in Velocity, this is the same kind of machine: of
all rules of the state the longest match wins, and of equally long ones the first in the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clickstream_local.vtl.errors import VtlSyntaxError

DEFAULT: Final = "text"
REFERENCE: Final = "reference"
REFMODIFIER: Final = "property"
REFMOD2: Final = "method arguments"
REFINDEX: Final = "index"
PRE_DIRECTIVE: Final = "directive name"
DIRECTIVE: Final = "directive"
IN_LINE_COMMENT: Final = "line comment"
IN_COMMENT: Final = "comment"
IN_TEXTBLOCK: Final = "unparsed block"

_STATES: Final = (
    DEFAULT,
    REFERENCE,
    REFMODIFIER,
    REFMOD2,
    REFINDEX,
    PRE_DIRECTIVE,
    DIRECTIVE,
    IN_LINE_COMMENT,
    IN_COMMENT,
    IN_TEXTBLOCK,
)


@dataclass(slots=True)
class Token:
    """A piece of the template.

    ``special`` is what stood before it and turned out to be neither a reference nor a directive: a lone ``$`` or ``#``
    and the backslashes before it. It is printed where the token is printed as text, and lost where it is not.
    """

    kind: str
    image: str
    position: int
    special: str = ""


_MORE: Final = "MORE"
_SKIP: Final = "SKIP"
_SPECIAL: Final = "SPECIAL"

_NEWLINE: Final = r"(?:\r\n|\n|\r)"
_REST_OF_LINE: Final = rf"(?:[ \t]*{_NEWLINE})?"
_EXPONENT: Final = r"(?:[eE][+-]?[0-9]+)"
_WORD: Final = r"[a-zA-Z_@][a-zA-Z0-9_@]*"
_BRACKETED: Final = r"\{[a-zA-Z_][a-zA-Z0-9_@]*\}"

# (kind, pattern, states, role). Order matters: it decides between equally long matches.
_EVERYWHERE: Final = _STATES
_RULES: Final[tuple[tuple[str, str, tuple[str, ...], str], ...]] = (
    ("INDEX_LBRACKET", r"\[", (REFERENCE, REFMODIFIER), ""),
    ("INDEX_RBRACKET", r"\]", (REFINDEX,), ""),
    ("LBRACKET", r"\[", (DIRECTIVE, REFMOD2), ""),
    ("RBRACKET", r"\]", (DIRECTIVE, REFMOD2), ""),
    ("COMMA", ",", (DIRECTIVE, REFMOD2), ""),
    ("DOUBLEDOT", r"\.\.", (DIRECTIVE, REFMOD2), ""),
    ("COLON", ":", (DIRECTIVE, REFMOD2), ""),
    ("LEFT_CURLY", r"\{", (DIRECTIVE, REFMOD2), ""),
    ("RIGHT_CURLY", r"\}", (DIRECTIVE, REFMOD2), ""),
    ("LPAREN", r"\(", (DIRECTIVE, REFMODIFIER), ""),
    ("RPAREN", rf"\){_REST_OF_LINE}", (DIRECTIVE,), ""),
    ("REFMOD2_RPAREN", r"\)", (REFMOD2,), ""),
    ("ESCAPE_DIRECTIVE", rf"(?:\\\\)*\\#(?:{_WORD}|{_BRACKETED})", (DEFAULT,), ""),
    ("SET_DIRECTIVE", r"[ \t]*#(?:set|\{set\})[ ]*\(", (DEFAULT, REFERENCE, REFMODIFIER, REFMOD2), ""),
    ("DOLLAR", r"\\*\$", _EVERYWHERE, _MORE),
    ("DOLLAR", r"\\*\$\\*!", _EVERYWHERE, _MORE),
    ("TEXTBLOCK_START", r"#\[\[", _EVERYWHERE, _MORE),
    ("FORMAL_COMMENT_START", r"#\*\*[^#]", _EVERYWHERE, _MORE),
    ("COMMENT_START", r"#\*", _EVERYWHERE, _MORE),
    ("HASH", "#", _EVERYWHERE, _MORE),
    ("LINE_COMMENT_START", "##", (DEFAULT, PRE_DIRECTIVE, DIRECTIVE, REFERENCE), ""),
    ("DOUBLE_ESCAPE", r"\\\\", (DEFAULT,), ""),
    ("ESCAPE", r"\\", (DEFAULT,), ""),
    ("TEXT", r"[^$#\\]+", (DEFAULT,), ""),
    ("LINE_COMMENT_END", _NEWLINE, (IN_LINE_COMMENT,), ""),
    ("COMMENT_END", r"\*#", (IN_COMMENT,), ""),
    ("TEXTBLOCK", r"\]\]#", (IN_TEXTBLOCK,), ""),
    # Nothing but a run of characters that begin no other rule may be taken in one go.
    ("", r"[^$#\\*\r\n]+|[\s\S]", (IN_LINE_COMMENT, IN_COMMENT), _SKIP),
    ("", r"[^$#\\\]]+|[\s\S]", (IN_TEXTBLOCK,), _MORE),
    ("WHITESPACE", r"[ \t\n\r]+", (DIRECTIVE, REFMOD2, REFINDEX), ""),
    ("STRING", r'"[^"]*(?:""[^"]*)*"', (DIRECTIVE, REFMOD2, REFINDEX), ""),
    ("STRING", r"'[^']*(?:''[^']*)*'", (DIRECTIVE, REFMOD2, REFINDEX), ""),
    ("TRUE", "true", (REFERENCE, DIRECTIVE, REFMODIFIER, REFMOD2, REFINDEX), ""),
    ("FALSE", "false", (REFERENCE, DIRECTIVE, REFMODIFIER, REFMOD2, REFINDEX), ""),
    ("-", "-", (DIRECTIVE,), ""),
    ("+", r"\+", (DIRECTIVE,), ""),
    ("*", r"\*", (DIRECTIVE,), ""),
    ("/", "/", (DIRECTIVE,), ""),
    ("%", "%", (DIRECTIVE,), ""),
    ("&&", "&&|and", (DIRECTIVE,), ""),
    ("||", r"\|\||or", (DIRECTIVE,), ""),
    ("<", "<|lt", (DIRECTIVE,), ""),
    ("<=", "<=|le", (DIRECTIVE,), ""),
    (">", ">|gt", (DIRECTIVE,), ""),
    (">=", ">=|ge", (DIRECTIVE,), ""),
    ("==", "==|eq", (DIRECTIVE,), ""),
    ("!=", "!=|ne", (DIRECTIVE,), ""),
    ("!", "!|not", (DIRECTIVE,), ""),
    ("=", "=", (DIRECTIVE,), ""),
    ("END", rf"(?:end|\{{end\}}){_REST_OF_LINE}", (PRE_DIRECTIVE,), ""),
    ("IF", r"if|\{if\}", (PRE_DIRECTIVE,), ""),
    ("ELSEIF", r"elseif|\{elseif\}", (PRE_DIRECTIVE,), ""),
    ("ELSE", rf"(?:else|\{{else\}}){_REST_OF_LINE}", (PRE_DIRECTIVE,), ""),
    ("INTEGER", r"-?[0-9]+(?:\.\.)?", (PRE_DIRECTIVE, DIRECTIVE, REFMOD2, REFINDEX), ""),
    ("FLOAT", rf"-?[0-9]+\.[0-9]*{_EXPONENT}?", (PRE_DIRECTIVE, DIRECTIVE, REFMOD2, REFINDEX), ""),
    ("FLOAT", rf"-?\.[0-9]+{_EXPONENT}?|-?[0-9]+{_EXPONENT}", (PRE_DIRECTIVE, DIRECTIVE, REFMOD2, REFINDEX), ""),
    ("WORD", _WORD, (PRE_DIRECTIVE, DIRECTIVE), ""),
    ("BRACKETED_WORD", _BRACKETED, (PRE_DIRECTIVE, DIRECTIVE), ""),
    ("IDENTIFIER", r"[a-zA-Z_][a-zA-Z0-9_-]*", (REFERENCE, REFMODIFIER, REFMOD2), ""),
    ("DOT", r"\.[a-zA-Z]", (REFERENCE, REFMODIFIER, REFMOD2), ""),
    ("LCURLY", r"\{", (REFERENCE, REFMODIFIER), ""),
    ("RCURLY", r"\}", (REFERENCE, REFMODIFIER), ""),
    ("REFERENCE_END", r"[\s\S]", (REFERENCE, REFMODIFIER), _SPECIAL),
    ("DIRECTIVE_END", r"[\s\S]", (PRE_DIRECTIVE,), _SPECIAL),
    ("EMPTY_INDEX", r"\$\[|\$!\[|\$\\!\[|\$\.", (DEFAULT, REFERENCE), ""),
)

_Match = Callable[[str, int], re.Match[str] | None]
_BY_STATE: Final[dict[str, tuple[tuple[str, _Match, str], ...]]] = {
    state: tuple((kind, re.compile(pattern).match, role) for kind, pattern, states, role in _RULES if state in states)
    for state in _STATES
}


class Lexer:
    """Hands out one token after another, as the parser asks for them."""

    def __init__(self, text: str, template: str, offset: tuple[int, int] = (1, 1)) -> None:
        self.text = text
        self.template = template
        self.position = 0
        self.state: str = DEFAULT
        self.in_set = False
        self._offset = offset
        self._stack: list[tuple[str, int, int]] = []
        self._opened = 0
        self._closed = 0
        self._in_comment = False

    def location(self, position: int) -> tuple[int, int]:
        """Line and column of a position, counted from 1."""
        line = self.text.count("\n", 0, position)
        column = position - (self.text.rfind("\n", 0, position) + 1)
        first_line, first_column = self._offset
        return (first_line + line, column + 1 if line else first_column + column)

    def error(self, message: str, position: int) -> VtlSyntaxError:
        """An error that names the place."""
        line, column = self.location(position)
        return VtlSyntaxError(message, template=self.template, line=line, column=column)

    def pop_state(self) -> bool:
        """Go back to the state before; False when there is none."""
        if not self._stack:
            self._opened = 0
            self.state = DEFAULT
            return False
        self.state, self._opened, self._closed = self._stack.pop()
        return True

    def parenthesis_follows(self) -> bool:
        """Whether the next thing but white space is an opening parenthesis."""
        rest = self.position
        while rest < len(self.text) and self.text[rest] in " \t\r\n":
            rest += 1
        return self.text.startswith("(", rest)

    def next(self) -> Token:
        """The next token; kind ``EOF`` at the end."""
        text = self.text
        start = begin = self.position
        special: list[str] = []
        while True:
            if self.position >= len(text):
                if start != self.position:
                    raise self.error(f"the template ends within {text[start:]!r}: add a space or a newline", start)
                return Token("EOF", "", begin, _special_text(special))
            longest = -1
            for kind, match, role in _BY_STATE[self.state]:
                found = match(text, self.position)
                if found is not None and found.end() > longest:
                    longest = found.end()
                    best = (kind, role)
            if longest < 0:
                raise self.error(f"unexpected {text[self.position]!r} in a {self.state}", self.position)
            kind, role = best
            image = text[start:longest]
            self.position = longest
            if role == _MORE:
                self._more(kind)
                continue
            if role == _SPECIAL:
                self.position -= 1
                self.pop_state()
                special.append(image)
            elif role != _SKIP:
                image = self._token(kind, image)
                return Token(kind, image, start, _special_text(special))
            start = self.position

    def _push_state(self, state: str) -> None:
        self._stack.append((self.state, self._opened, self._closed))
        self._opened = 0
        self.state = state

    def _more(self, kind: str) -> None:
        """What a prefix does: it opens a state, and the token goes on there."""
        if self._in_comment or not kind:
            return
        if kind == "DOLLAR":
            if self.state == REFERENCE:
                self.pop_state()
            self._push_state(REFERENCE)
        elif kind == "HASH":
            if self.state in (REFERENCE, REFMODIFIER):
                self.pop_state()
            self._push_state(PRE_DIRECTIVE)
        else:
            if kind == "FORMAL_COMMENT_START":
                self.position -= 1
            self._in_comment = True
            self._push_state(IN_TEXTBLOCK if kind == "TEXTBLOCK_START" else IN_COMMENT)

    def _token(self, kind: str, image: str) -> str:
        """What a token does to the state; its text, which for two kinds is shorter than what was matched."""
        if kind == "SET_DIRECTIVE":
            self._push_state(DIRECTIVE)
            self.in_set = True
            self._opened += 1
        elif kind == "INDEX_LBRACKET":
            self._push_state(REFINDEX)
        elif kind in ("INDEX_RBRACKET", "RCURLY", "END", "ELSE"):
            self.pop_state()
        elif kind == "LPAREN":
            self._opened += 1
            if self.state == REFMODIFIER:
                self.state = REFMOD2
        elif kind == "RPAREN":
            self._close_parenthesis()
        elif kind == "REFMOD2_RPAREN":
            self.state = REFERENCE
        elif kind == "DOT":
            self.position -= 1
            self.state = REFMODIFIER
            return image[:-1]
        elif kind in ("IF", "ELSEIF"):
            self.state = DIRECTIVE
        elif kind == "LINE_COMMENT_START":
            if self.state == REFERENCE:
                self.pop_state()
            self._in_comment = True
            self._push_state(IN_LINE_COMMENT)
        elif kind in ("LINE_COMMENT_END", "COMMENT_END", "TEXTBLOCK"):
            self._in_comment = False
            self.pop_state()
        elif kind in ("STRING", "INTEGER", "FLOAT"):
            return self._literal(kind, image)
        return image

    def _literal(self, kind: str, image: str) -> str:
        if kind == "INTEGER" and image.endswith(".."):
            self.position -= 2
            image = image[:-2]
        outside = {"STRING": (DIRECTIVE,), "INTEGER": (PRE_DIRECTIVE, DIRECTIVE)}
        if (
            not self._opened
            and not self.in_set
            and self.state in outside.get(kind, (PRE_DIRECTIVE, DIRECTIVE, REFINDEX))
        ):
            self.pop_state()
        return image

    def _close_parenthesis(self) -> None:
        """Leave the innermost state that has an open parenthesis."""
        while True:
            if self._opened > 0:
                if self._opened == self._closed + 1:
                    self.pop_state()
                else:
                    self._closed += 1
                return
            if not self.pop_state():
                return


def _special_text(images: list[str]) -> str:
    """What is printed of neither reference nor directive: ``$``, ``#``, and backslashes that lead to ``$``."""
    return "".join(part for image in images for part in re.findall(r"\\+\$|[$#]", image))
