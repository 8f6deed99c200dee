"""Parameter mapping: the right-hand sides of ``RequestParameters`` and ``ResponseParameters``.

A value is a literal in single quotes, or the place where it is found::

    'application/json'
    method.request.header.Origin
    method.request.multivalueheader.Accept       (all values, with commas between them)
    method.request.querystring.page
    method.request.multivaluequerystring.page
    method.request.path.id
    method.request.body                          (integration requests)
    method.request.body.user.id
    integration.response.header.X                (integration responses)
    integration.response.multivalueheader.X
    integration.response.body
    integration.response.body.error
    context.requestId
    stageVariables.name

A body of which something is mapped must be JSON where it begins as JSON, even if all of it is mapped: so another
emulator's tests say, after a trial on AWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from clickstream_local.apigateway.context.errors import UnsupportedSettingError
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.context.variables import variable_path
from clickstream_local.apigateway.mapping.templates import IntegrationTemplate
from clickstream_local.common.http import Headers


@dataclass(slots=True)
class MappingSource:
    """Where mapped values come from: the request, and the integration's answer once there is one."""

    context: RequestContext
    body: bytes
    response_headers: Headers | None = None


Getter = Callable[[MappingSource], str | None]


class ParameterMapping:
    """Target names with where their values come from.

    Parameters
    ----------
    parameters:
        As in CloudFormation, such as ``{"method.response.header.X": "'1'"}``.
    prefix:
        What the targets begin with, such as ``method.response.header.``.

    Raises
    ------
    UnsupportedSettingError
        Another kind of target, or a value that is none of the above.
    """

    def __init__(self, parameters: Mapping[str, str], prefix: str) -> None:
        self._getters: list[tuple[str, Getter]] = []
        for target, value in parameters.items():
            if not target.startswith(prefix):
                raise UnsupportedSettingError(f"{target}: only {prefix}<name> can be mapped to locally")
            try:
                self._getters.append((target.removeprefix(prefix), mapped_value(value)))
            except UnsupportedSettingError as error:
                raise UnsupportedSettingError(f"{target}: {error}") from None
        literals = [(target.removeprefix(prefix), _literal(value)) for target, value in parameters.items()]
        constant = [(name, value) for name, value in literals if value is not None]
        self._constant = constant if len(constant) == len(literals) else None

    @property
    def names(self) -> list[str]:
        """The names of the targets, without their prefix."""
        return [name for name, _ in self._getters]

    def values(self, source: MappingSource) -> Sequence[tuple[str, str]]:
        """The names whose value is there, with the value."""
        if self._constant is not None:
            return self._constant
        found = ((name, getter(source)) for name, getter in self._getters)
        return [(name, value) for name, value in found if value is not None]


@lru_cache(maxsize=1024)
def mapped_value(expression: str) -> Getter:
    """What finds the value of an expression; a value that is not there is None.

    Raises
    ------
    UnsupportedSettingError
        The expression is none of those above.
    """
    literal = _literal(expression)
    if literal is not None:
        return lambda source: literal
    if expression in ("method.request.body", "integration.response.body"):
        return _whole_body
    for prefix, make in _KINDS.items():
        if expression.startswith(prefix):
            return make(expression.removeprefix(prefix))
    raise UnsupportedSettingError(
        f"{expression!r} is not a value the local runtime can map; use a literal in single quotes or one of "
        f"{', '.join(f'{prefix}<name>' for prefix in _KINDS)}"
    )


def _literal(expression: str) -> str | None:
    quoted = len(expression) >= 2 and expression[0] == expression[-1] == "'"
    return expression[1:-1] if quoted else None


def _parameter(place: str) -> Callable[[str], Getter]:
    return lambda name: lambda source: source.context.params[place].get(name)


def _header(name: str) -> Getter:
    # Browsers on HTTP/2 send lower-case names, and a mapping of Origin works for them: case makes no difference
    # (inferred).
    wanted = name.lower()

    def get(source: MappingSource) -> str | None:
        headers = source.context.header_parameters
        return headers.get(name) or next((value for key, value in headers.items() if key.lower() == wanted), None)

    return get


def _context(name: str) -> Getter:
    find = variable_path(name)
    return lambda source: find(source.context.variables)


def _stage_variable(name: str) -> Getter:
    return lambda source: source.context.stage.variables.get(name)


def _response_header(name: str) -> Getter:
    return lambda source: source.response_headers.get(name) if source.response_headers else None


def _all_query_values(name: str) -> Getter:
    return lambda source: _joined(source.context.query_pairs, name, str)


def _all_header_values(name: str) -> Getter:
    return lambda source: _joined(source.context.request.headers.pairs(), name, str.lower)


def _all_response_header_values(name: str) -> Getter:
    return lambda source: _joined(source.response_headers.pairs() if source.response_headers else (), name, str.lower)


def _joined(pairs: Iterable[tuple[str, str]], name: str, spelling: Callable[[str], str]) -> str | None:
    """All values of a name with commas between them."""
    wanted = spelling(name)
    values = [value for key, value in pairs if spelling(key) == wanted]
    return ",".join(values) if values else None


def _body(path: str) -> Getter:
    json_path = path if path.startswith("$") else f"$.{path}"
    quote = '"' if "'" in json_path else "'"
    template = IntegrationTemplate(f"$input.json({quote}{json_path}{quote})", f"body.{path}")

    def get(source: MappingSource) -> str | None:
        text = template.render(source.context, source.body.decode("utf-8", "replace"))
        if text.startswith('"'):
            return json.loads(text) or None  # what is missing is "", too
        return None if text == "null" else text

    return get


_AS_JSON: Final = _body("$")


def _whole_body(source: MappingSource) -> str:
    _AS_JSON(source)  # refuses a body that begins as JSON and is none
    return source.body.decode("utf-8", "replace").strip() or "{}"


_KINDS: Mapping[str, Callable[[str], Getter]] = {
    "method.request.header.": _header,
    "method.request.multivalueheader.": _all_header_values,
    "method.request.querystring.": _parameter("querystring"),
    "method.request.multivaluequerystring.": _all_query_values,
    "method.request.path.": _parameter("path"),
    "method.request.body.": _body,
    "integration.response.header.": _response_header,
    "integration.response.multivalueheader.": _all_response_header_values,
    "integration.response.body.": _body,
    "context.": _context,
    "stageVariables.": _stage_variable,
}
