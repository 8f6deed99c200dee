"""What a template is made of, once parsed.

Nobody changes nodes. The decorators do not say so: frozen classes take twice as long to make, at each start, and so do
their objects.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Location:
    """Line and column in the template, counted from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Constant:
    """A number, ``true``, ``false`` or a string without references."""

    value: object


@dataclass(slots=True)
class Interpolated:
    """A string in double quotes with references or directives in it; ``body`` ends with one character too many.

    Velocity parses the inside of such a string with a space after it, and takes the last character off the result.
    """

    body: Block
    surplus: bool


@dataclass(slots=True)
class ListLiteral:
    """``[1, $a, 'x']``."""

    items: tuple[Expression, ...]


@dataclass(slots=True)
class MapLiteral:
    """``{'a': 1, $k: $v}``."""

    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(slots=True)
class Range:
    """``[1..$n]``, both ends included."""

    first: Expression
    last: Expression
    location: Location


@dataclass(slots=True)
class Property:
    """``.name`` of a reference."""

    name: str
    location: Location


@dataclass(slots=True)
class MethodCall:
    """``.name(arguments)`` of a reference."""

    name: str
    arguments: tuple[Expression, ...]
    location: Location


@dataclass(slots=True)
class Index:
    """``[argument]`` of a reference."""

    argument: Expression
    location: Location


@dataclass(slots=True)
class Reference:
    """``$a.b``, ``${a}``, ``$!a``.

    ``before`` is printed in front of the value (backslashes, further dollars). Of an ``escaped`` reference its own
    text, ``literal``, is printed instead of the value.
    """

    root: str
    steps: tuple[Property | MethodCall | Index, ...]
    literal: str
    location: Location
    before: str = ""
    escaped: bool = False


@dataclass(slots=True)
class Binary:
    """An arithmetic, comparing or logical operation."""

    operator: str
    left: Expression
    right: Expression


@dataclass(slots=True)
class Not:
    """``!operand``."""

    operand: Expression


@dataclass(slots=True)
class Text:
    """Printed as it is."""

    text: str


@dataclass(slots=True)
class Set:
    """``#set(target = value)``."""

    target: Reference
    value: Expression


@dataclass(slots=True)
class If:
    """``#if`` with its ``#elseif`` branches; ``otherwise`` is empty without ``#else``."""

    branches: tuple[tuple[Expression, Block], ...]
    otherwise: Block


@dataclass(slots=True)
class Foreach:
    """``#foreach($name in items)``."""

    name: str
    items: Expression
    body: Block
    location: Location


@dataclass(slots=True)
class Define:
    """``#define($name)``: a block that is rendered wherever the reference is printed."""

    name: str
    body: Block


@dataclass(slots=True)
class MacroDefinition:
    """``#macro(name $a $b)``."""

    name: str
    parameters: tuple[str, ...]
    body: Block


@dataclass(slots=True)
class MacroCall:
    """``#name(arguments)``; printed as it stands, ``literal``, when no such macro exists.

    ``bare_word`` is an argument that is neither a literal nor a reference; a macro does not take such.
    """

    name: str
    arguments: tuple[Expression, ...]
    literal: str
    location: Location
    bare_word: str | None = None


@dataclass(slots=True)
class Break:
    """``#break``, with or without the scope that it ends."""

    scope: Expression | None
    location: Location


@dataclass(slots=True)
class Stop:
    """``#stop``: ends the template, keeping what was printed."""


@dataclass(slots=True)
class Evaluate:
    """``#evaluate(source)``: renders a value as a template."""

    source: Expression
    location: Location


Expression = Constant | Interpolated | ListLiteral | MapLiteral | Range | Reference | Binary | Not
Statement = Text | Reference | Set | If | Foreach | Define | MacroCall | Break | Stop | Evaluate


@dataclass(slots=True)
class Block:
    """Statements in a row."""

    statements: tuple[Statement, ...] = ()


@dataclass(slots=True)
class Script:
    """A whole template. Macros are known everywhere in it, whether defined before or after the call."""

    body: Block
    macros: dict[str, MacroDefinition] = field(default_factory=dict)
