"""A mapping template: compiled once, rendered for every request."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any, Final

from clickstream_local.vtl import scalar_methods  # noqa: F401  (gives strings and numbers their methods)
from clickstream_local.vtl.errors import VtlError, VtlLimitError, VtlRuntimeError
from clickstream_local.vtl.input import Input
from clickstream_local.vtl.parser import parse
from clickstream_local.vtl.scope import StopRenderingError
from clickstream_local.vtl.statement_compiler import DEADLINE, MAX_CHARACTERS, MAX_SECONDS, Compiler
from clickstream_local.vtl.util import Util
from clickstream_local.vtl.values import ContextMap

MAX_TEMPLATE_BYTES: Final = 300 * 1024

# What the service itself puts into $context (apigateway-runtime.json, recorded on AWS).
_OVERRIDES: Final = {"requestOverride": ("header", "path", "querystring"), "responseOverride": ("header",)}


class MappingTemplate:
    """An API Gateway mapping template.

    Velocity 1.7 with API Gateway's own layer: ``$input``, ``$util``, ``$context`` and ``$stageVariables``, and an
    unresolved reference is the empty string: printed, compared, assigned, and true in ``#if``
    (facts/api-gateway.md#mapping-templates).

    Parameters
    ----------
    text:
        The template, at most 300 KB.
    name:
        Stands in error messages; a logical id, for instance.

    Raises
    ------
    VtlSyntaxError
        Names line and column.
    VtlLimitError
        The template is too long.

    Examples
    --------
    >>> MappingTemplate('{"name": $input.json("$.name")}').render(body='{"name": "x"}')
    '{"name": "x"}'
    """

    __slots__ = ("_body", "name")

    def __init__(self, text: str, *, name: str = "template") -> None:
        size = len(text.encode("utf-8", "replace"))
        if size > MAX_TEMPLATE_BYTES:
            raise VtlLimitError(
                f"the template has {size:,} bytes; API Gateway allows {MAX_TEMPLATE_BYTES:,}. Make it shorter",
                template=name,
            )
        self.name = name
        try:
            self._body = Compiler(parse(text, name), name).body
        except RecursionError:
            raise VtlLimitError("the template is nested too deeply", template=name) from None

    def render(
        self,
        *,
        body: str | bytes | None = "",
        params: Mapping[str, Mapping[str, Any]] | None = None,
        context: dict[str, Any] | None = None,
        stage_variables: Mapping[str, str] | None = None,
    ) -> str:
        """Render the template.

        Parameters
        ----------
        body:
            The request's body, or the integration's in a response template.
        params:
            ``{"path": {}, "querystring": {}, "header": {}}``.
        context:
            ``$context``, nested dicts. It is changed: ``requestOverride`` and ``responseOverride`` are added where
            they are absent, and hold afterwards what the template has set. Pass a fresh dict for each request, and
            the same one to its response template, which sees what the request template has left there. A
            :class:`~clickstream_local.vtl.values.ContextMap` must have the overrides already.
        stage_variables:
            ``$stageVariables``.

        Raises
        ------
        VtlRuntimeError
            A method threw; API Gateway answers 500, and 400 to a ``VtlBodyError``.
        VtlLimitError
            More than 1,000 iterations of a ``#foreach``, or more time or text than the local runtime allows.
        """
        if context is None:
            context = {}
        variables = context if isinstance(context, ContextMap) else _context_of(context)
        scope: dict[str, Any] = {
            "input": Input(body, params),
            "util": _UTIL,
            "context": variables,
            "stageVariables": dict(stage_variables or {}),
            DEADLINE: monotonic() + MAX_SECONDS,
        }
        out: list[str] = []
        try:
            self._body(scope, out.append)
        except StopRenderingError:
            pass  # the template ends here, with what it has printed
        except RecursionError as error:
            raise VtlRuntimeError("values are nested too deeply", template=self.name) from error
        except VtlError:
            raise
        except Exception as error:  # a value that no method foresaw must not cost more than this request
            raise VtlRuntimeError(f"the local runtime failed: {type(error).__name__}", template=self.name) from error
        finally:
            if variables is not context:
                context.update(variables)
        if sum(map(len, out)) > MAX_CHARACTERS:
            raise VtlLimitError(f"it prints more than {MAX_CHARACTERS:,} characters", template=self.name)
        return "".join(out)


def _context_of(given: Mapping[str, Any]) -> ContextMap:
    """The context with the overrides that are absent from it, and with maps as the service makes them."""
    variables = ContextMap({name: ContextMap(value) if type(value) is dict else value for name, value in given.items()})
    for override, places in _OVERRIDES.items():
        holder = variables.setdefault(override, ContextMap())
        for place in places:
            holder[place] = ContextMap(holder.get(place, {}))
    return variables


_UTIL: Final = Util()
