"""References and expressions: the part of the grammar that yields a value."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from clickstream_local.vtl import nodes
from clickstream_local.vtl.lexer import Lexer, Token

if TYPE_CHECKING:
    from clickstream_local.vtl.errors import VtlSyntaxError

_LEVELS: Final = (
    frozenset(("||",)),
    frozenset(("&&",)),
    frozenset(("==", "!=")),
    frozenset(("<", "<=", ">", ">=")),
    frozenset(("+", "-")),
    frozenset(("*", "/", "%")),
)
_AFTER_METHOD_PARENTHESIS: Final = frozenset(
    (
        "WHITESPACE",
        "STRING",
        "INTEGER",
        "LBRACKET",
        "LEFT_CURLY",
        "TRUE",
        "FALSE",
        "IDENTIFIER",
        "LCURLY",
        "FLOAT",
        "REFMOD2_RPAREN",
    )
)
_UNICODE_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")


class ExpressionParser(ABC):
    """Tokens on demand, references, literals, operators."""

    def __init__(self, text: str, template: str, offset: tuple[int, int] = (1, 1)) -> None:
        self.text = text
        self.template = template
        self.lexer = Lexer(text, template, offset)
        self.macros: dict[str, nodes.MacroDefinition] = {}
        self._ahead: list[Token] = []

    def peek(self, distance: int = 1) -> Token:
        """A token ahead. Never looks further than asked: the parser changes the lexer's state between tokens."""
        while len(self._ahead) < distance:
            self._ahead.append(self.lexer.next())
        return self._ahead[distance - 1]

    def take(self) -> Token:
        """The next token, consumed."""
        token = self.peek()
        del self._ahead[0]
        return token

    def expect(self, kind: str, why: str) -> Token:
        """The next token, which must be of this kind."""
        token = self.peek()
        if token.kind != kind:
            raise self.unexpected(token, why)
        return self.take()

    def skip_space(self) -> None:
        """Consume white space, if there is any."""
        if self.peek().kind == "WHITESPACE":
            self.take()

    def unexpected(self, token: Token, why: str) -> VtlSyntaxError:
        """An error about a token that does not fit."""
        what = "end of the template" if token.kind == "EOF" else repr(token.image)
        return self.lexer.error(f"unexpected {what} {why}", token.position)

    def location(self, token: Token) -> nodes.Location:
        """Where a token stands."""
        return nodes.Location(*self.lexer.location(token.position))

    def source(self, first: Token, last: Token) -> str:
        """The text from one token to another, both included."""
        return self.text[first.position : last.position + len(last.image)]

    def reference_follows(self) -> bool:
        """Whether the next tokens are the beginning of a reference."""
        kind = self.peek().kind
        if kind == "IDENTIFIER":
            self.peek(2)
            return True
        return kind == "LCURLY" and self.peek(2).kind == "IDENTIFIER"

    def reference(self) -> nodes.Reference:
        """``$root.property.method(..)[index]``, plain or in braces."""
        first = last = self.take()
        formal = first.kind == "LCURLY"
        root = first
        if formal:
            root = last = self.take()
        steps: list[nodes.Property | nodes.MethodCall | nodes.Index] = []
        last = self._indexes(steps, last)
        while self.peek().kind == "DOT" and self.peek(2).kind == "IDENTIFIER":
            self.take()
            if self.peek(2).kind == "LPAREN" and self.peek(3).kind in _AFTER_METHOD_PARENTHESIS:
                last = self._method(steps)
            else:
                last = self.take()
                steps.append(nodes.Property(last.image, self.location(last)))
            last = self._indexes(steps, last)
        if formal:
            last = self.expect("RCURLY", f"in the reference {self.source(first, last)!r}")
        slashes = len(first.image) - len(first.image.lstrip("\\"))
        image = first.image[slashes:]
        dollar = max(image.rfind("$"), 0)
        escaped = slashes % 2 == 1
        name = root.image if formal else image[dollar:].lstrip("$!")
        return nodes.Reference(
            root=name,
            steps=tuple(steps),
            literal=self.text[first.position + slashes + dollar : last.position + len(last.image)],
            location=self.location(first),
            before="\\" * (slashes // 2) + ("" if escaped else image[:dollar]),
            escaped=escaped,
        )

    def _indexes(self, steps: list[nodes.Property | nodes.MethodCall | nodes.Index], last: Token) -> Token:
        while self.peek().kind == "INDEX_LBRACKET":
            opening = self.take()
            self.skip_space()
            argument = self._simple(self.peek())
            if argument is None:
                raise self.unexpected(self.peek(), "as an index: a string, an integer or a reference is needed")
            self.skip_space()
            last = self.expect("INDEX_RBRACKET", "to close an index")
            steps.append(nodes.Index(argument, self.location(opening)))
        return last

    def _method(self, steps: list[nodes.Property | nodes.MethodCall | nodes.Index]) -> Token:
        name = self.take()
        self.take()
        arguments: list[nodes.Expression] = []
        if self.peek().kind != "REFMOD2_RPAREN":
            arguments.append(self._spaced_parameter())
            while self.peek().kind == "COMMA":
                self.take()
                arguments.append(self._spaced_parameter())
        steps.append(nodes.MethodCall(name.image, tuple(arguments), self.location(name)))
        return self.expect("REFMOD2_RPAREN", f"among the arguments of {name.image}()")

    def expression(self, level: int = 0) -> nodes.Expression:
        """Operators of one level of precedence, all of them grouping to the left."""
        if level == len(_LEVELS):
            return self._unary()
        left = self.expression(level + 1)
        while self.peek().kind in _LEVELS[level]:
            operator = self.take().kind
            left = nodes.Binary(operator, left, self.expression(level + 1))
        return left

    def _unary(self) -> nodes.Expression:
        if self.peek().kind == "!" or (self.peek().kind == "WHITESPACE" and self.peek(2).kind == "!"):
            self.skip_space()
            self.take()
            return nodes.Not(self._unary())
        self.skip_space()
        if self.peek().kind == "LPAREN":
            self.take()
            inner = self.expression()
            self.expect("RPAREN", "to close a parenthesis")
        else:
            inner = self.parameter()
        self.skip_space()
        return inner

    def _spaced_parameter(self) -> nodes.Expression:
        self.skip_space()
        parameter = self.parameter()
        self.skip_space()
        return parameter

    def parameter(self) -> nodes.Expression:
        """A literal, a list, a map, a range or a reference."""
        token = self.peek()
        simple = self._simple(token)
        if simple is not None:
            return simple
        if token.kind == "FLOAT":
            self.take()
            return nodes.Constant(float(token.image))
        if token.kind == "LBRACKET":
            return self._list()
        if token.kind == "LEFT_CURLY":
            return self._map()
        raise self.unexpected(token, "where a value is needed")

    def _simple(self, token: Token) -> nodes.Expression | None:
        """What may stand in an index, too; None for anything else."""
        if token.kind == "STRING":
            self.take()
            return self._string(token)
        if token.kind == "INTEGER":
            self.take()
            return nodes.Constant(int(token.image))
        if token.kind in ("TRUE", "FALSE"):
            self.take()
            return nodes.Constant(token.kind == "TRUE")
        return self.reference() if self.reference_follows() else None

    def _list(self) -> nodes.Expression:
        opening = self.take()
        if self.peek().kind == "RBRACKET":
            self.take()
            return nodes.ListLiteral(())
        items = [self._spaced_parameter()]
        if self.peek().kind == "DOUBLEDOT":
            self.take()
            items.append(self._spaced_parameter())
            self.expect("RBRACKET", "to close a range")
            for item in items:
                whole = isinstance(item, nodes.Constant) and type(item.value) is int
                if not whole and not isinstance(item, nodes.Reference):
                    raise self.lexer.error("both ends of a range must be integers or references", opening.position)
            return nodes.Range(items[0], items[1], self.location(opening))
        while self.peek().kind == "COMMA":
            self.take()
            items.append(self._spaced_parameter())
        self.expect("RBRACKET", "to close a list")
        return nodes.ListLiteral(tuple(items))

    def _map(self) -> nodes.Expression:
        self.take()
        self.skip_space()
        entries: list[tuple[nodes.Expression, nodes.Expression]] = []
        while self.peek().kind not in ("RIGHT_CURLY", "RCURLY") or entries:
            key = self._spaced_parameter()
            self.expect("COLON", "in a map: a key needs a value")
            entries.append((key, self._spaced_parameter()))
            if self.peek().kind != "COMMA":
                break
            self.take()
        if self.peek().kind not in ("RIGHT_CURLY", "RCURLY"):
            raise self.unexpected(self.peek(), "to close a map")
        self.take()
        return nodes.MapLiteral(tuple(entries))

    def _string(self, token: Token) -> nodes.Expression:
        quote = token.image[0]
        text = token.image[1:-1]
        if quote == '"':
            text = _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        text = text.replace(quote * 2, quote)
        if quote == "'" or not ("$" in text or "#" in text):
            return nodes.Constant(text)
        surplus = "##" not in text
        line, column = self.lexer.location(token.position)
        inner = type(self)(text + " " if surplus else text, self.template, (line, column + 1))
        inner.macros = self.macros
        return interpolated(inner.script(), surplus)

    @abstractmethod
    def script(self) -> nodes.Script:
        """The whole text as statements."""


def interpolated(script: nodes.Script, surplus: bool) -> nodes.Expression:
    """A string's inside as an expression; the space behind it is taken off here where that can be known."""
    statements = list(script.body.statements)
    if surplus and statements and isinstance(last := statements[-1], nodes.Text):
        statements[-1:] = [nodes.Text(last.text[:-1])] if last.text[:-1] else []
        surplus = False
    if not statements:
        return nodes.Constant("")
    return nodes.Interpolated(nodes.Block(tuple(statements)), surplus)
