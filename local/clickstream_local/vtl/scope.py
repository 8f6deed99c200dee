"""Where the variables of a template live while it is rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from clickstream_local.vtl.methods import Overloads, register

Scope = dict[str, Any]
Value = Callable[[Scope], Any]
Write = Callable[[str], object]
Emit = Callable[[Scope, Write], object]

_BLOCK_DEPTH: Final = 2


class StopRenderingError(Exception):
    """``#break`` and ``#stop``: ends blocks from the inside out, up to its target.

    ``target`` is None for ``#break``, which ends the nearest block that listens, a loop for ``#break($foreach)``,
    and ``StopRenderingError`` for ``#stop``, which ends the template.
    """

    def __init__(self, target: object) -> None:
        self.target = target


class MacroScope(Scope):
    """Variables inside a macro: the arguments are evaluated by name, whenever they are used, in the caller's scope.

    A ``#set`` is seen inside and outside.
    """

    def __init__(self, caller: Scope, arguments: Mapping[str, Value], depth: int) -> None:
        super().__init__()
        self.caller = caller
        self.arguments = arguments
        self.depth = depth

    def get(self, name: str, default: Any = None) -> Any:
        """The variable's value."""
        value = super().get(name)
        if value is not None:
            return value
        argument = self.arguments.get(name)
        return self.caller.get(name, default) if argument is None else argument(self.caller)

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self.caller[name] = value

    def pop(self, name: str, default: Any = None) -> Any:
        """Forget the variable."""
        self.caller.pop(name, None)
        return super().pop(name, default)


class ForeachScope:
    """``$foreach``: where a loop stands. Carries variables of the template's own, too."""

    __slots__ = ("_own", "has_next", "index", "outer")

    def __init__(self, outer: object) -> None:
        self.outer = outer if isinstance(outer, ForeachScope) else None
        self.index = -1
        self.has_next = False
        self._own: dict[str, Any] = {}

    def read(self, name: str) -> Any:
        """A variable that was set on the scope."""
        return self._own.get(name)

    def write(self, name: str, value: Any) -> Any:
        """Set a variable; returns the old value."""
        old = self._own.get(name)
        self._own[name] = value
        return old

    def topmost(self) -> ForeachScope:
        """The scope of the outermost loop."""
        return self if self.outer is None else self.outer.topmost()

    def stop(self) -> None:
        """End this loop."""
        raise StopRenderingError(self)

    def __str__(self) -> str:
        return "{" + ", ".join(f"{name}={value}" for name, value in self._own.items()) + "}"


_FOREACH: Final[dict[str, Overloads]] = {
    "get": (("s", ForeachScope.read),),
    "put": (("so", ForeachScope.write),),
    "getIndex": (("", lambda scope: scope.index),),
    "getCount": (("", lambda scope: scope.index + 1),),
    "hasNext": (("", lambda scope: scope.has_next),),
    "getHasNext": (("", lambda scope: scope.has_next),),
    "isFirst": (("", lambda scope: scope.index < 1),),
    "getFirst": (("", lambda scope: scope.index < 1),),
    "isLast": (("", lambda scope: not scope.has_next),),
    "getLast": (("", lambda scope: not scope.has_next),),
    "getParent": (("", lambda scope: scope.outer),),
    "getTopmost": (("", ForeachScope.topmost),),
    "stop": (("", ForeachScope.stop),),
}
register(ForeachScope, _FOREACH)


class DefinedBlock:
    """The value of ``#define``: rendered each time it is printed, at most two levels within itself."""

    __slots__ = ("_body", "_depth", "_scope")

    def __init__(self, body: Emit, scope: Scope) -> None:
        self._body = body
        self._scope = scope
        self._depth = 0

    def __str__(self) -> str:
        if self._depth == _BLOCK_DEPTH:
            return ""
        out: list[str] = []
        self._depth += 1
        try:
            self._body(self._scope, out.append)
        except StopRenderingError as stop:
            if stop.target is not None:
                raise
        finally:
            self._depth -= 1
        return "".join(out)


register(DefinedBlock, {})
