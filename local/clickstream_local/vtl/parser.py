"""From text to nodes, by the grammar of Velocity 1.7."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from clickstream_local.vtl import nodes
from clickstream_local.vtl.expression_parser import ExpressionParser
from clickstream_local.vtl.lexer import DIRECTIVE, Token
from clickstream_local.vtl.nodes import Block, Script

_TEXT: Final = frozenset(
    ("TEXT", "DOT", "RPAREN", "LPAREN", "INTEGER", "FLOAT", "STRING", "ESCAPE", "LCURLY", "RCURLY", "EMPTY_INDEX")
)
_COMMENT: Final = frozenset(("LINE_COMMENT_START", "LINE_COMMENT_END", "COMMENT_END"))
_CONTROL: Final = frozenset(("if", "end", "set", "else", "elseif"))
_BLOCKS: Final = frozenset(("foreach", "define", "macro"))
_LINES: Final = frozenset(("break", "stop", "evaluate"))
_UNSUPPORTED: Final = frozenset(("include", "parse", "literal"))
_DIRECTIVES: Final = _CONTROL | _BLOCKS | _LINES | _UNSUPPORTED
_ARGUMENT_STARTS: Final = frozenset(
    ("IDENTIFIER", "LCURLY", "WORD", "STRING", "INTEGER", "LBRACKET", "FLOAT", "LEFT_CURLY", "TRUE", "FALSE")
)


def parse(text: str, template: str = "template") -> Script:
    """Parse a template.

    Raises
    ------
    VtlSyntaxError
        Where Velocity 1.7 would refuse the template, and for ``#parse``, ``#include``, ``#literal`` and ``#@name``,
        which this engine does not have. Names template, line and column.
    """
    return Parser(text, template).script()


class Parser(ExpressionParser):
    """Statements and directives."""

    def script(self) -> Script:
        """The whole text."""
        body = self._block(("EOF",), "template", None)
        return Script(body, self.macros)

    def _block(self, ends: tuple[str, ...], owner: str, opening: Token | None) -> Block:
        """Statements up to, not including, one of the ends."""
        statements: list[nodes.Statement] = []
        while True:
            token = self.peek()
            if token.kind in ends:
                return Block(tuple(_merged(statements)))
            if token.kind == "EOF" and opening is not None:
                raise self.lexer.error(f"#{owner} has no #end", opening.position)
            statement = self._statement(token)
            if statement is not None:
                statements.append(statement)

    def _statement(self, token: Token) -> nodes.Statement | None:
        kind = token.kind
        if kind == "IF":
            return self._if()
        if self.reference_follows():
            return self._printed_reference()
        if kind in _COMMENT:
            return self._comment(token)
        if kind == "TEXTBLOCK":
            self.take()
            return nodes.Text(token.image[3:-3])
        if kind == "SET_DIRECTIVE":
            return self._set()
        if kind == "ESCAPE_DIRECTIVE":
            self.take()
            return nodes.Text(self._escaped_directive(token.image))
        if kind == "DOUBLE_ESCAPE":
            return self._escapes()
        if kind in ("WORD", "BRACKETED_WORD"):
            return self._directive()
        if kind in _TEXT:
            self.take()
            return nodes.Text(token.special + token.image)
        raise self.unexpected(token, "here")

    def _printed_reference(self) -> nodes.Statement:
        token = self.peek()
        reference = self.reference()
        if "\\!" in token.image:
            return nodes.Text("")
        if "$" not in token.image:
            return nodes.Text(token.image)
        return reference

    def _comment(self, token: Token) -> nodes.Text:
        """Comments print nothing, save for what turned out to be text before them (``$##``)."""
        self.take()
        if token.kind == "LINE_COMMENT_START":
            if self.peek().kind == "LINE_COMMENT_END":
                self.take()
            return nodes.Text(token.image[: token.image.index("##")])
        start = token.image.find("#*")
        return nodes.Text(token.image[:start] if start > 0 else "")

    def _escaped_directive(self, image: str) -> str:
        slashes = image.rindex("\\")
        name = image[slashes + 2 :].strip("{}")
        if name in _DIRECTIVES or name in self.macros:
            return image[: slashes // 2] + image[slashes + 1 :]
        return image

    def _escapes(self) -> nodes.Text:
        """Pairs of backslashes: halved in front of a directive, printed as they are otherwise."""
        count = 0
        while self.peek().kind == "DOUBLE_ESCAPE":
            self.take()
            count += 1
        following = self.peek()
        name = following.image[1:]
        directive = following.kind in ("IF", "ELSE", "ELSEIF", "END") or name in _DIRECTIVES - _CONTROL
        return nodes.Text(("\\" if directive or name in self.macros else "\\\\") * count)

    def _if(self) -> nodes.If:
        opening = self.peek()
        branches: list[tuple[nodes.Expression, Block]] = []
        otherwise = Block()
        while self.peek().kind in ("IF", "ELSEIF"):
            self.take()
            self.skip_space()
            self.expect("LPAREN", "after #if")
            condition = self.expression()
            self.expect("RPAREN", "to close the condition of #if")
            branches.append((condition, self._block(("ELSEIF", "ELSE", "END"), "if", opening)))
            if self.peek().kind != "ELSEIF":
                break
        if self.peek().kind == "ELSE":
            self.take()
            otherwise = self._block(("END",), "if", opening)
        self.expect("END", "to close #if")
        return nodes.If(tuple(branches), otherwise)

    def _set(self) -> nodes.Set:
        self.take()
        self.skip_space()
        if not self.reference_follows():
            raise self.unexpected(self.peek(), "in #set: the left side must be a reference")
        first = self.peek()
        target = self.reference()
        if not target.steps and first.image != f"${target.root}":
            # Velocity 1.7 assigns to a variable called "{" or "!a" here, which no reference can read.
            target = replace(target, root=first.image[1:])
        self.skip_space()
        self.expect("=", "in #set")
        value = self.expression()
        self.expect("RPAREN", "to close #set")
        self.lexer.in_set = False
        return nodes.Set(target, value)

    def _directive(self) -> nodes.Statement | None:
        token = self.take()
        name = token.image[2:-1] if token.kind == "BRACKETED_WORD" else token.image[1:]
        self.lexer.state = DIRECTIVE
        if not self.lexer.parenthesis_follows():
            if name in _BLOCKS or name in _UNSUPPORTED or name == "evaluate":
                raise self.lexer.error(f"#{name} needs arguments in parentheses", token.position)
            self.lexer.pop_state()
            return self._line(token, name, (), token.image, [])
        if name in _UNSUPPORTED:
            raise self.lexer.error(f"#{name} is not supported: API Gateway has no template files", token.position)
        if name.startswith("@"):
            raise self.lexer.error(f"#{name}: macro calls with a body are not supported", token.position)
        self.skip_space()
        self.expect("LPAREN", f"after #{name}")
        arguments, words = self._arguments(token, name)
        closing = self.expect("RPAREN", f"to close #{name}")
        if name in _BLOCKS:
            return self._with_block(token, name, arguments, words)
        return self._line(token, name, tuple(arguments), self.source(token, closing), words)

    def _arguments(self, token: Token, name: str) -> tuple[list[nodes.Expression], list[str]]:
        """Arguments with blanks or commas between; words stand in ``words`` and as a constant in the list."""
        arguments: list[nodes.Expression] = []
        words: list[str] = []
        while self._argument_follows():
            self.skip_space()
            if self.peek().kind == "COMMA":
                self.take()
                self.skip_space()
            argument = self.peek()
            if argument.kind == "WORD":
                if (name, len(arguments)) not in (("macro", 0), ("foreach", 1)) and name in _DIRECTIVES:
                    raise self.unexpected(argument, f"among the arguments of #{name}")
                self.take()
                words.append(argument.image)
                arguments.append(nodes.Constant(argument.image))
            else:
                arguments.append(self.parameter())
        self.skip_space()
        return arguments, words

    def _argument_follows(self) -> bool:
        """Two tokens of look-ahead, as in Velocity's grammar."""
        first = self.peek().kind
        if first in _ARGUMENT_STARTS:
            return True
        if first not in ("WHITESPACE", "COMMA"):
            return False
        second = self.peek(2).kind
        return second in _ARGUMENT_STARTS or second == ("COMMA" if first == "WHITESPACE" else "WHITESPACE")

    def _with_block(
        self, token: Token, name: str, arguments: list[nodes.Expression], words: list[str]
    ) -> nodes.Statement | None:
        body = self._block(("END",), name, token)
        self.take()
        first = arguments[0] if arguments else None
        if name == "macro":
            if not words:
                raise self.lexer.error("#macro needs a name as its first argument", token.position)
            references = [a for a in arguments[1:] if isinstance(a, nodes.Reference)]
            if len(references) != len(arguments) - 1:
                raise self.lexer.error(f"#macro({words[0]}): every parameter must be a reference", token.position)
            self.macros[words[0]] = nodes.MacroDefinition(words[0], tuple(r.root for r in references), body)
            return None
        if not isinstance(first, nodes.Reference):
            raise self.lexer.error(f"the first argument of #{name} must be a reference", token.position)
        if name == "define":
            if len(arguments) != 1:
                raise self.lexer.error("#define takes one reference", token.position)
            return nodes.Define(first.root, body)
        if len(arguments) != 3 or words != ["in"]:
            raise self.lexer.error("#foreach needs the form #foreach($item in $items)", token.position)
        return nodes.Foreach(first.root, arguments[2], body, self.location(token))

    def _line(
        self, token: Token, name: str, arguments: tuple[nodes.Expression, ...], literal: str, words: list[str]
    ) -> nodes.Statement:
        """Directives without a block: the built-in ones, else a macro call."""
        if name in _LINES and len(arguments) > 1:
            raise self.lexer.error(f"#{name} takes one argument, not {len(arguments)}", token.position)
        if name == "stop":
            return nodes.Stop()
        if name == "break":
            return nodes.Break(arguments[0] if arguments else None, self.location(token))
        if name == "evaluate":
            if not arguments or not isinstance(arguments[0], nodes.Reference | nodes.Interpolated | nodes.Constant):
                raise self.lexer.error("#evaluate takes a string or a reference", token.position)
            return nodes.Evaluate(arguments[0], self.location(token))
        return nodes.MacroCall(name, arguments, literal, self.location(token), words[0] if words else None)


def _merged(statements: list[nodes.Statement]) -> list[nodes.Statement]:
    """Neighbouring texts as one, empty ones left out."""
    merged: list[nodes.Statement] = []
    for statement in statements:
        if isinstance(statement, nodes.Text):
            if not statement.text:
                continue
            if merged and isinstance(last := merged[-1], nodes.Text):
                merged[-1] = nodes.Text(last.text + statement.text)
                continue
        merged.append(statement)
    return merged
