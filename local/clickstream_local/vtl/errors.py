"""What can go wrong in a mapping template."""

from __future__ import annotations


class VtlError(Exception):
    """Base of everything that this package raises.

    Attributes
    ----------
    template:
        The name that the template was given, or ``"template"``.
    line, column:
        Where it happened, counted from 1; 0 when the place is not known.
    """

    def __init__(self, message: str, *, template: str = "template", line: int = 0, column: int = 0) -> None:
        self.reason = message
        self.template = template
        self.line = line
        self.column = column
        place = f"{template}:{line}:{column}: " if line else f"{template}: "
        super().__init__(place + message)


class VtlSyntaxError(VtlError):
    """The text is not a template that Velocity 1.7 would accept, or it uses a directive that is not supported."""


class VtlRuntimeError(VtlError):
    """Rendering failed: a method threw, an index is out of bounds, a JSONPath cannot be read.

    API Gateway answers such a request with 500.
    """


class VtlBodyError(VtlRuntimeError):
    """The template asks for the body's JSON, and the body begins one that it does not end.

    API Gateway answers such a request with 400 and the reason, which may hold a character of the body.
    """


class VtlLimitError(VtlError):
    """A limit of API Gateway was passed: 300 KB of template, 1,000 iterations of one ``#foreach``."""


class MethodError(Exception):
    """A method of a value threw. The compiler turns it into a ``VtlRuntimeError`` that knows the place."""


class UnreadableBodyError(MethodError):
    """``$input`` could not read the body. The compiler turns it into a ``VtlBodyError``."""
