"""One request on its way through a stage, with everything that templates, mappings and the access log may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from clickstream_local.common.http import Request
from clickstream_local.common.model import Stage

# What API Gateway takes away before anything can be mapped (apigateway-runtime.json, headers.dropped_before_mapping),
# and what it writes itself.
_DROPPED = frozenset(
    {
        "x-amzn-trace-id",
        "x-forwarded-for",
        "connection",
        "content-length",
        "content-md5",
        "expect",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "transfer-encoding",
        "trailer",
        "upgrade",
        "www-authenticate",
    }
)


@dataclass
class RequestContext:
    """The state of one request.

    Attributes
    ----------
    request:
        The request as it came.
    variables:
        What templates see as ``$context``; they may write to its overrides.
    arn_prefix:
        ``arn:…:execute-api:<region>:<account>:<api id>``.
    payload:
        The request's body, unpacked.
    log_variables:
        What only the access log knows, such as ``status`` and ``integrationLatency``
        (facts/api-gateway.md#mapping-templates,
        apigateway-runtime.json).
    usage_identifier_key:
        The API key that an authorizer gave.
    """

    request: Request
    stage: Stage
    variables: dict[str, Any]
    trace_id: str
    arn_prefix: str
    payload: bytes
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    log_variables: dict[str, Any] = field(default_factory=dict)
    usage_identifier_key: str | None = None
    _body: str | None = field(default=None, init=False)

    @cached_property
    def params(self) -> dict[str, dict[str, str]]:
        """``$input.params()``: path, querystring and header, each name with its last value."""
        return {
            "path": dict(self.path_parameters),
            "querystring": self.query_parameters,
            "header": self.header_parameters,
        }

    @property
    def query_pairs(self) -> list[tuple[str, str]]:
        """All query keys with their values; ``;`` separates like ``&`` (facts/api-gateway.md#limits)."""
        return parse_qsl(self.request.query.replace(";", "&"), keep_blank_values=True)

    @cached_property
    def query_parameters(self) -> dict[str, str]:
        """The last value of each query key (facts/api-gateway.md#mapping-templates)."""
        return dict(self.query_pairs)

    @cached_property
    def header_parameters(self) -> dict[str, str]:
        """The request's headers under the names the client used, and those that API Gateway adds."""
        # Unpacked: what goes on has no coding any more.
        dropped = _DROPPED if self.payload is self.request.body else _DROPPED | {"content-encoding"}
        headers = {name: value for name, value in self.request.headers.pairs() if name.lower() not in dropped}
        forwarded = self.request.headers.get("x-forwarded-for")
        headers["X-Forwarded-For"] = f"{forwarded}, {self.request.client_ip}" if forwarded else self.request.client_ip
        headers["X-Amzn-Trace-Id"] = self.trace_id
        return headers

    @property
    def body(self) -> str:
        """The body as text: what is not a binary media type API Gateway reads as UTF-8."""
        if self._body is None:
            self._body = self.payload.decode("utf-8", "replace")
        return self._body
