"""Expressions as closures: from a scope to a value, or to a truth."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Final

from clickstream_local.vtl import nodes
from clickstream_local.vtl.errors import (
    MethodError,
    UnreadableBodyError,
    VtlBodyError,
    VtlError,
    VtlLimitError,
    VtlRuntimeError,
)
from clickstream_local.vtl.methods import caller, caller_with, get_index, getter
from clickstream_local.vtl.scope import Emit, Scope, Value
from clickstream_local.vtl.values import (
    ArrayList,
    add,
    arithmetic,
    compare,
    is_number,
    loosely_equal,
    to_text,
)

_MAX_RANGE: Final = 1_000_000
_Step = Callable[[Scope, Any], Any]
_Truth = Callable[[Scope], bool]

_ORDER: Final[dict[str, Callable[[int], bool]]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


class ValueCompiler(ABC):
    """Compiles everything that yields a value."""

    def __init__(self, template: str) -> None:
        self.template = template

    @abstractmethod
    def block(self, block: nodes.Block) -> Emit:
        """Statements as one closure."""

    def failure(self, reason: object, location: nodes.Location, kind: type[VtlError] = VtlRuntimeError) -> VtlError:
        """An error that names the place."""
        if isinstance(reason, UnreadableBodyError):
            kind = VtlBodyError
        return kind(str(reason), template=self.template, line=location.line, column=location.column)

    def value(self, node: nodes.Expression) -> Value:
        """A closure that computes the value of an expression."""
        match node:
            case nodes.Constant(constant):
                return lambda scope: constant
            case nodes.Reference():
                return self.reference(node)
            case nodes.Interpolated():
                return self._interpolated(node)
            case nodes.ListLiteral(items):
                values = [self.value(item) for item in items]
                return lambda scope: ArrayList([value(scope) for value in values])
            case nodes.MapLiteral(entries):
                pairs = [(self.value(key), self.value(item)) for key, item in entries]
                return lambda scope: {key(scope): item(scope) for key, item in pairs}
            case nodes.Range():
                return self._range(node)
            case nodes.Binary("+", left, right):
                first, second = self.value(left), self.value(right)
                return lambda scope: add(first(scope), second(scope))
            case nodes.Binary("-" | "*" | "/" | "%" as operator, left, right):
                first, second = self.value(left), self.value(right)
                return lambda scope: arithmetic(operator, first(scope), second(scope))
            case _:
                return self.truth(node)

    def truth(self, node: nodes.Expression) -> _Truth:
        """A closure that tells whether an expression holds.

        In Velocity 1.7 a reference holds unless it is false, and an unresolved one is the empty string; a literal other
        than ``true``, and the result of arithmetic, never holds.
        """
        match node:
            case nodes.Reference():
                value = self.reference(node)
                return lambda scope: value(scope) is not False
            case nodes.Not(operand):
                inner = self.truth(operand)
                return lambda scope: not inner(scope)
            case nodes.Binary("&&", left, right):
                holds, also = self.truth(left), self.truth(right)
                return lambda scope: holds(scope) and also(scope)
            case nodes.Binary("||", left, right):
                holds, also = self.truth(left), self.truth(right)
                return lambda scope: holds(scope) or also(scope)
            case nodes.Binary("==" | "!=" as operator, left, right):
                first, second = self.value(left), self.value(right)
                if operator == "==":
                    return lambda scope: loosely_equal(first(scope), second(scope))
                return lambda scope: not loosely_equal(first(scope), second(scope))
            case nodes.Binary("<" | "<=" | ">" | ">=" as operator, left, right):
                return self._ordered(_ORDER[operator], left, right)
            case _:
                always = isinstance(node, nodes.Constant) and node.value is True
                return lambda scope: always

    def _ordered(self, holds: Callable[[int], bool], left: nodes.Expression, right: nodes.Expression) -> _Truth:
        """A comparison by size: false unless both sides are numbers."""
        first, second = self.value(left), self.value(right)

        def ordered(scope: Scope) -> bool:
            one, other = first(scope), second(scope)
            return is_number(one) and is_number(other) and holds(compare(one, other))

        return ordered

    def _interpolated(self, node: nodes.Interpolated) -> Value:
        statements = node.body.statements
        if not node.surplus and all(isinstance(part, nodes.Text | nodes.Reference) for part in statements):
            return self._joined([part for part in statements if isinstance(part, nodes.Text | nodes.Reference)])
        body = self.block(node.body)
        end = -1 if node.surplus else None

        def rendered(scope: Scope) -> str:
            out: list[str] = []
            body(scope, out.append)
            return "".join(out)[:end]

        return rendered

    def _joined(self, parts: Sequence[nodes.Text | nodes.Reference]) -> Value:
        """Texts and references behind each other."""
        frame = [part.text if isinstance(part, nodes.Text) else "" for part in parts]
        printed = [(index, self.text(part)) for index, part in enumerate(parts) if isinstance(part, nodes.Reference)]
        if len(parts) == len(printed) == 1:
            return printed[0][1]

        def joined(scope: Scope) -> str:
            filled = frame.copy()
            for index, text in printed:
                filled[index] = text(scope)
            return "".join(filled)

        return joined

    def text(self, node: nodes.Reference) -> Callable[[Scope], str]:
        """A closure that gives what is printed."""
        value = self.reference(node)
        before, literal = node.before, node.literal
        if node.escaped:
            return lambda scope: before + literal
        if before:
            return lambda scope: before + to_text(value(scope))
        if not node.steps:
            root = node.root
            return lambda scope: found if type(found := scope.get(root)) is str else to_text(found)
        return lambda scope: found if type(found := value(scope)) is str else to_text(found)

    def _range(self, node: nodes.Range) -> Value:
        first, last = self.value(node.first), self.value(node.last)

        def numbers(scope: Scope) -> ArrayList | None:
            low, high = first(scope), last(scope)
            if not (is_number(low) and is_number(high)):
                return None
            low, high = int(low), int(high)
            if abs(high - low) >= _MAX_RANGE:
                message = f"the range [{low}..{high}] has more than {_MAX_RANGE:,} numbers"
                raise VtlLimitError(
                    message, template=self.template, line=node.location.line, column=node.location.column
                )
            return ArrayList(range(low, high + 1) if low < high else range(low, high - 1, -1))

        return numbers

    def reference(self, node: nodes.Reference) -> Value:
        """A closure that follows a reference.

        As soon as a part of it is unresolved, or null, it is the empty string: all that was recorded of API Gateway
        follows from Velocity's handler of invalid references giving that (facts/api-gateway.md#mapping-templates).
        """
        root = node.root
        if not node.steps:
            return lambda scope: "" if (value := scope.get(root)) is None else value
        if all(isinstance(step, nodes.Property) for step in node.steps):
            return _properties(root, [step.name for step in node.steps if isinstance(step, nodes.Property)])
        steps = tuple(self._step(step) for step in node.steps)
        if len(steps) == 1:
            only = steps[0]

            def once(scope: Scope) -> Any:
                value = scope.get(root)
                if value is not None:
                    value = only(scope, value)
                return "" if value is None else value

            return once

        def follow(scope: Scope) -> Any:
            value = scope.get(root)
            for step in steps:
                if value is None:
                    return ""
                value = step(scope, value)
            return "" if value is None else value

        return follow

    def _step(self, step: nodes.Property | nodes.MethodCall | nodes.Index) -> _Step:
        location = step.location
        if isinstance(step, nodes.Property):
            get = getter(step.name)
            return lambda scope, value: get(value)
        if isinstance(step, nodes.Index):
            argument = self.value(step.argument)

            def index(scope: Scope, value: Any) -> Any:
                try:
                    return get_index(value, argument(scope))
                except MethodError as error:
                    raise self.failure(error, location) from error

            return index
        constants = [each.value for each in step.arguments if isinstance(each, nodes.Constant)]
        if len(constants) == len(step.arguments):
            call_with = caller_with(step.name, tuple(constants))

            def invoke_with_constants(scope: Scope, value: Any) -> Any:
                try:
                    return call_with(value)
                except MethodError as error:
                    raise self.failure(error, location) from error

            return invoke_with_constants
        call = caller(step.name, len(step.arguments))
        arguments = [self.value(each) for each in step.arguments]
        if len(arguments) == 1:
            only = arguments[0]

            def invoke_with_one(scope: Scope, value: Any) -> Any:
                try:
                    return call(value, [only(scope)])
                except MethodError as error:
                    raise self.failure(error, location) from error

            return invoke_with_one

        def invoke(scope: Scope, value: Any) -> Any:
            try:
                return call(value, [each(scope) for each in arguments])
            except MethodError as error:
                raise self.failure(error, location) from error

        return invoke


def _properties(root: str, names: Sequence[str]) -> Value:
    """A closure that goes down from a variable by names alone, which is mostly a matter of maps."""
    getters = [(name, getter(name)) for name in names]

    def follow(scope: Scope) -> Any:
        value = scope.get(root)
        for name, get in getters:
            if isinstance(value, dict):
                value = value.get(name)
            elif value is None:
                return ""
            else:
                value = get(value)
        return "" if value is None else value

    return follow
