"""Constants written out where they are printed: ``#set($q = '"')`` at the top of a template, ``${q}`` all through it.

A template that makes JSON prints such names a dozen times for each request. What a script prints is the same with and
without.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Final

from clickstream_local.vtl import nodes
from clickstream_local.vtl.values import to_text

# What the engine assigns without a #set.
_NOT_CONSTANT: Final = ("input", "util", "context", "stageVariables", "foreach", "velocityCount", "velocityHasNext")


def folded(script: nodes.Script) -> nodes.Script:
    """The script with its constants written out, and neighbouring texts joined.

    A constant is a name that one ``#set`` on the top level gives a literal, and nothing else in the script a value. It
    is written out after that ``#set`` only, and where it is printed only: in a condition a reference counts otherwise
    than a literal does. The macros stay as they are, since they can be called before the ``#set``.
    """
    inside = list(_nodes_in((script.body, *script.macros.values())))
    if any(isinstance(node, nodes.Evaluate) for node in inside):
        return script  # its text can assign anything
    return nodes.Script(_Folding(_assigned_once(inside)).block(script.body, top_level=True), script.macros)


class _Folding:
    """One walk through a script, in the order in which it is rendered."""

    def __init__(self, assigned_once: frozenset[str]) -> None:
        self._assigned_once = assigned_once
        self._texts: dict[str, str] = {}

    def block(self, block: nodes.Block, *, top_level: bool = False) -> nodes.Block:
        out: list[nodes.Statement] = []
        for statement in block.statements:
            done = self._statement(statement)
            if isinstance(done, nodes.Text) and out and isinstance(last := out[-1], nodes.Text):
                out[-1] = nodes.Text(last.text + done.text)
            else:
                out.append(done)
            if top_level and isinstance(done, nodes.Set):
                self._learn(done)
        return nodes.Block(tuple(out))

    def _learn(self, statement: nodes.Set) -> None:
        target, value = statement.target, statement.value
        if not target.steps and target.root in self._assigned_once and isinstance(value, nodes.Constant):
            self._texts[target.root] = to_text(value.value)

    def _statement(self, node: nodes.Statement) -> nodes.Statement:
        match node:
            case nodes.Reference():
                text = None if node.steps or node.escaped else self._texts.get(node.root)
                return self._reference(node) if text is None else nodes.Text(node.before + text)
            case nodes.Set():
                return replace(node, value=self._value(node.value))
            case nodes.If():
                branches = tuple((condition, self.block(body)) for condition, body in node.branches)
                return nodes.If(branches, self.block(node.otherwise))
            case nodes.Foreach() | nodes.Define():
                return replace(node, body=self.block(node.body))
            case _:
                return node

    def _value(self, node: nodes.Expression) -> nodes.Expression:
        if isinstance(node, nodes.Reference):
            return self._reference(node)
        if not isinstance(node, nodes.Interpolated):
            return node
        body = self.block(node.body)
        if all(isinstance(part, nodes.Text) for part in body.statements):
            text = "".join(part.text for part in body.statements if isinstance(part, nodes.Text))
            return nodes.Constant(text[:-1] if node.surplus else text)
        return nodes.Interpolated(body, node.surplus)

    def _reference(self, node: nodes.Reference) -> nodes.Reference:
        """The reference with the strings among its methods' arguments folded."""
        if not any(isinstance(step, nodes.Method) and step.arguments for step in node.steps):
            return node
        steps = tuple(
            replace(step, arguments=tuple(map(self._value, step.arguments))) if isinstance(step, nodes.Method) else step
            for step in node.steps
        )
        return replace(node, steps=steps)


def _assigned_once(inside: list[object]) -> frozenset[str]:
    """The names that one ``#set`` of a script assigns, and no loop, block or macro."""
    counts: Counter[str] = Counter(dict.fromkeys(_NOT_CONSTANT, 2))
    for node in inside:
        match node:
            case nodes.Set(nodes.Reference(root, ())):
                counts[root] += 1
            case nodes.Foreach(name) | nodes.Define(name):
                counts[name] += 2
            case nodes.MacroDefinition():
                counts.update(node.parameters + node.parameters)
    return frozenset(name for name, count in counts.items() if count == 1)


def _nodes_in(root: object) -> Iterator[object]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node)
        elif is_dataclass(node):
            yield node
            waiting.extend(getattr(node, field.name) for field in fields(node))
