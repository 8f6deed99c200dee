"""Statements as closures: they write text and change the scope."""

from __future__ import annotations

from functools import lru_cache
from math import inf
from time import monotonic
from typing import Any, Final

from clickstream_local.vtl import nodes
from clickstream_local.vtl.errors import MethodError, VtlLimitError, VtlSyntaxError
from clickstream_local.vtl.methods import set_index, set_property
from clickstream_local.vtl.parser import parse
from clickstream_local.vtl.scope import (
    DefinedBlock,
    Emit,
    ForeachScope,
    MacroScope,
    Scope,
    StopRenderingError,
    Value,
    Write,
)
from clickstream_local.vtl.value_compiler import ValueCompiler
from clickstream_local.vtl.values import items, to_text

MAX_ITERATIONS: Final = 1000
MAX_SECONDS: Final = 3.0
MAX_CHARACTERS: Final = 10 * 1024 * 1024
"""Of one text, and of what a template prints. Both bounds are the local runtime's own: its other clients wait."""

DEADLINE: Final = "#deadline"
"""Where the scope holds when to stop; no reference of a template has that name."""

_MACRO_DEPTH: Final = 20


class Compiler(ValueCompiler):
    """Compiles a whole script."""

    def __init__(self, script: nodes.Script, template: str) -> None:
        super().__init__(template)
        self._macros: dict[str, tuple[tuple[str, ...], Emit]] = {}
        for name, macro in script.macros.items():
            self._macros[name] = (macro.parameters, self.block(macro.body))
        self.body = self.block(script.body)

    def block(self, block: nodes.Block) -> Emit:
        """Statements, one after another."""
        statements = tuple(self._statement(statement) for statement in block.statements)
        if len(statements) == 1:
            return statements[0]

        def run(scope: Scope, write: Write) -> None:
            for statement in statements:
                statement(scope, write)

        return run

    def _statement(self, node: nodes.Statement) -> Emit:
        match node:
            case nodes.Text(text):
                return lambda scope, write: write(text)
            case nodes.Reference():
                printed = self.text(node)
                return lambda scope, write: write(printed(scope))
            case nodes.Set():
                return self._set(node)
            case nodes.If():
                return self._if(node)
            case nodes.Foreach():
                return self._foreach(node)
            case nodes.Define(name, body):
                block = self.block(body)
                return lambda scope, write: scope.__setitem__(name, DefinedBlock(block, scope))
            case nodes.MacroCall():
                return self._macro_call(node)
            case nodes.Break():
                return self._break(node)
            case nodes.Stop():
                return _stop
            case nodes.Evaluate():
                return self._evaluate(node)

    def _set(self, node: nodes.Set) -> Emit:
        """Nothing changes when arithmetic has no result: so does Velocity 1.7."""
        value = self.value(node.value)
        target = node.target
        root, location = target.root, target.location
        if not target.steps:

            def assign(scope: Scope, write: Write) -> None:
                new = value(scope)
                if new is not None:
                    if new.__class__ is str and len(new) > MAX_CHARACTERS:
                        reason = f"${root} has {len(new):,} characters; the local runtime allows {MAX_CHARACTERS:,}"
                        raise self.failure(reason, location, VtlLimitError)
                    scope[root] = new

            return assign
        *path, last = target.steps
        owner = self.reference(nodes.Reference(root, tuple(path), target.literal, target.location))
        if isinstance(last, nodes.MethodCall):
            raise self.failure(f"#set cannot assign to the method {last.name}()", last.location, VtlSyntaxError)
        if isinstance(last, nodes.Property):
            name = last.name

            def assign_property(scope: Scope, write: Write) -> None:
                new = value(scope)
                if new is not None and (holder := owner(scope)) is not None:
                    set_property(holder, name, new)

            return assign_property
        argument = self.value(last.argument)
        index_location = last.location

        def assign_index(scope: Scope, write: Write) -> None:
            new = value(scope)
            if new is None or (holder := owner(scope)) is None:
                return
            try:
                set_index(holder, argument(scope), new)
            except MethodError as error:
                raise self.failure(error, index_location) from error

        return assign_index

    def _if(self, node: nodes.If) -> Emit:
        branches = tuple((self.truth(condition), self.block(body)) for condition, body in node.branches)
        otherwise = self.block(node.otherwise)

        def choose(scope: Scope, write: Write) -> None:
            for condition, body in branches:
                if condition(scope):
                    body(scope, write)
                    return
            otherwise(scope, write)

        return choose

    def _foreach(self, node: nodes.Foreach) -> Emit:
        collection = self.value(node.items)
        body = self.block(node.body)
        name, location = node.name, node.location
        names = (name, "velocityCount", "velocityHasNext", "foreach")

        def loop(scope: Scope, write: Write) -> None:
            source = collection(scope)
            found = items(source)
            if found is None:
                return
            values = list(found)
            deadline = scope.get(DEADLINE, inf)
            before = [scope.get(each) for each in names]
            here = ForeachScope(before[-1])
            last = len(values) - 1
            scope["foreach"] = here
            try:
                for index, value in enumerate(values):
                    if index == MAX_ITERATIONS:
                        reason = f"#foreach has {len(values):,} items; API Gateway allows {MAX_ITERATIONS:,} iterations"
                        raise self.failure(reason, location, VtlLimitError)
                    if not index % 16 and monotonic() > deadline:
                        raise self.failure(f"the template takes more than {MAX_SECONDS:g} s", location, VtlLimitError)
                    here.index = index
                    here.has_next = index < last
                    scope["velocityCount"] = index + 1
                    scope["velocityHasNext"] = here.has_next
                    scope[name] = value
                    body(scope, write)
                    if len(source) != len(values):
                        raise self.failure("#foreach: its body added or removed items of the collection", location)
            except StopRenderingError as stop:
                if stop.target is not None and stop.target is not here:
                    raise
            finally:
                _restore(scope, names, before)

        return loop

    def _macro_call(self, node: nodes.MacroCall) -> Emit:
        name, literal, location, bare_word = node.name, node.literal, node.location, node.bare_word
        values = [self.value(argument) for argument in node.arguments]
        macros = self._macros

        def invoke(scope: Scope, write: Write) -> None:
            macro = macros.get(name)
            if macro is None:
                write(literal)
                return
            if bare_word is not None:
                raise self.failure(f"#{name}: the argument {bare_word} needs quotes, or a $ before it", location)
            depth = scope.depth + 1 if isinstance(scope, MacroScope) else 1
            if depth > _MACRO_DEPTH:
                raise self.failure(f"macro #{name} is nested more than {_MACRO_DEPTH} deep", location)
            if monotonic() > scope.get(DEADLINE, inf):
                raise self.failure(f"the template takes more than {MAX_SECONDS:g} s", location, VtlLimitError)
            parameters, body = macro
            arguments: dict[str, Value] = dict(zip(parameters, values, strict=False))
            try:
                body(MacroScope(scope, arguments, depth), write)
            except StopRenderingError as stop:
                if stop.target is not None:
                    raise

        return invoke

    def _break(self, node: nodes.Break) -> Emit:
        if node.scope is None:
            return _break
        target = self.value(node.scope)
        location = node.location

        def leave(scope: Scope, write: Write) -> None:
            found = target(scope)
            if not isinstance(found, ForeachScope):
                raise self.failure("#break takes a scope such as $foreach or $foreach.parent", location)
            found.stop()

        return leave

    def _evaluate(self, node: nodes.Evaluate) -> Emit:
        source = self.value(node.source)
        location = node.location

        def evaluate(scope: Scope, write: Write) -> None:
            try:
                body = _evaluated(to_text(source(scope)), self.template)
            except VtlSyntaxError as error:
                raise self.failure(f"#evaluate: {error.reason}", location) from error
            try:
                body(scope, write)
            except StopRenderingError as stop:
                if stop.target is not None:
                    raise

        return evaluate


@lru_cache(maxsize=64)
def _evaluated(text: str, template: str) -> Emit:
    return Compiler(parse(text, template), template).body


def _stop(scope: Scope, write: Write) -> None:
    raise StopRenderingError(StopRenderingError)


def _break(scope: Scope, write: Write) -> None:
    raise StopRenderingError(None)


def _restore(scope: Scope, names: tuple[str, ...], before: list[Any]) -> None:
    """Give the names the values back that they had before a loop."""
    for name, value in zip(names, before, strict=True):
        if value is None:
            scope.pop(name, None)
        else:
            scope[name] = value
