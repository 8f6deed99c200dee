"""From the integration's answer to the method response."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from clickstream_local.apigateway.context.errors import GatewayError, UnsupportedSettingError
from clickstream_local.apigateway.context.gateway_types import GatewayType
from clickstream_local.apigateway.context.request_context import Exchange
from clickstream_local.apigateway.mapping.binary_media import TO_BINARY, check_handling, from_base64
from clickstream_local.apigateway.mapping.media_type import DEFAULT_TYPE, for_accept
from clickstream_local.apigateway.mapping.parameter_mapping import ParameterMapping, Source
from clickstream_local.apigateway.mapping.template import Template, compile_templates
from clickstream_local.apigateway.response.response_headers import remap
from clickstream_local.common.http import Headers, Response
from clickstream_local.common.model import Integration, IntegrationResponse


@dataclass(frozen=True)
class _Entry:
    declared: IntegrationResponse
    pattern: re.Pattern[str] | None
    templates: dict[str, Template]
    mapping: ParameterMapping


class IntegrationResponses:
    """The integration responses of one method.

    Raises
    ------
    UnsupportedSettingError
        A selection pattern, a template or a mapping that cannot be run.
    """

    def __init__(self, integration: Integration) -> None:
        self._entries = [_compile(declared) for declared in integration.responses]
        self._default = next((entry for entry in self._entries if entry.pattern is None), None)
        self._selected: dict[int, _Entry] = {}
        self._is_mock = integration.type == "MOCK"

    def render(self, exchange: Exchange, answer: Response) -> Response:
        """The method response.

        The entry is chosen by its pattern on the status *code* of the answer, else the default is taken: without a
        pattern for 4xx an error of the service can come back as 200 (aws-facts 10.1).

        Raises
        ------
        GatewayError
            500 when no entry fits and there is no default, and when ``CONVERT_TO_BINARY`` meets what is not base64.
        """
        entry = self._selected.get(answer.status) or self._select(answer.status)
        answer_headers = Headers(answer.headers)
        body = answer.body.decode("utf-8", "replace")
        key = for_accept(entry.declared.response_templates, exchange.request.headers.get("accept"))
        if key is None or entry.declared.response_templates[key] == "":
            text = body
        else:
            text = entry.templates[key].render(exchange, body)
        headers = {"content-type": ("Content-Type", key or DEFAULT_TYPE)}
        for name, value in entry.mapping.values(Source(exchange, body, answer_headers)):
            headers[name.lower()] = (name, value)
        override = exchange.context["responseOverride"]
        for name, value in override.get("header", {}).items():
            headers[name.lower()] = (name, str(value))
        status = _override_status(override.get("status")) or entry.declared.status_code
        to_binary = entry.declared.content_handling == TO_BINARY
        payload = from_base64(text.encode("utf-8", "replace")) if to_binary else text.encode("utf-8", "replace")
        mapped = remap(headers.values())
        return Response(status, mapped if self._is_mock else (*mapped, ("X-Amzn-Trace-Id", exchange.trace_id)), payload)

    def _select(self, status: int) -> _Entry:
        matching = (entry for entry in self._entries if entry.pattern and entry.pattern.fullmatch(str(status)))
        entry = next(matching, self._default)
        if entry is None:
            raise GatewayError(GatewayType.API_CONFIGURATION_ERROR, "Internal server error")
        self._selected[status] = entry
        return entry


def _compile(declared: IntegrationResponse) -> _Entry:
    try:
        pattern = re.compile(declared.selection_pattern) if declared.selection_pattern else None
    except re.error as error:
        raise UnsupportedSettingError(
            f"SelectionPattern {declared.selection_pattern!r} is not a regular expression: {error}"
        ) from error
    check_handling(declared.content_handling)
    owner = f"IntegrationResponses[{declared.status_code}]"
    return _Entry(
        declared,
        pattern,
        compile_templates(declared.response_templates, f"{owner}.ResponseTemplates"),
        ParameterMapping(declared.response_parameters, "method.response.header."),
    )


def _override_status(value: Any) -> int | None:
    """The status set by a template; what is not an integer from 100 to 599 is ignored (aws-facts 10.4)."""
    if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599:
        return int(value)
    return None
