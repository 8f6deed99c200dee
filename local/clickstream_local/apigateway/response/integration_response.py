"""From the integration's answer to the method response."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from clickstream_local.apigateway.context.errors import (
    InternalServerError,
    UnsupportedSettingError,
)
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.mapping.binary_media import TO_BINARY, check_handling, from_base64
from clickstream_local.apigateway.mapping.parameter_mapping import MappingSource, ParameterMapping
from clickstream_local.apigateway.mapping.templates import (
    DEFAULT_TYPE,
    IntegrationTemplate,
    compile_templates,
    key_for_accept,
)
from clickstream_local.common.http import Headers, Response
from clickstream_local.common.model import Integration, IntegrationResponse


@dataclass(frozen=True)
class _CompiledResponse:
    declared: IntegrationResponse
    pattern: re.Pattern[str] | None
    template_keys: tuple[str, ...]
    templates: dict[str, IntegrationTemplate]
    mapping: ParameterMapping


class IntegrationResponses:
    """The integration responses of one method.

    Raises
    ------
    UnsupportedSettingError
        A selection pattern, a template or a mapping that cannot be run.
    """

    def __init__(self, integration: Integration) -> None:
        self._responses = [_compile(declared) for declared in integration.responses]
        self._default = next((one for one in self._responses if one.pattern is None), None)
        self._selected: dict[int, _CompiledResponse] = {}
        self._is_mock = integration.type == "MOCK"

    def render(self, context: RequestContext, answer: Response) -> Response:
        """The method response.

        It is chosen by its pattern on the status *code* of the answer, else the default is taken: without a
        pattern for 4xx an error of the service can come back as 200 (aws-facts 10.1).

        Raises
        ------
        GatewayError
            500 when no response fits and there is no default, and when ``CONVERT_TO_BINARY`` meets what is not base64.
        """
        chosen = self._selected.get(answer.status) or self._select(answer.status)
        answer_headers = Headers(answer.headers)
        body = answer.body.decode("utf-8", "replace")
        key = key_for_accept(chosen.template_keys, context.request.headers.get("accept"))
        if key is None or chosen.declared.response_templates[key] == "":
            text = body
        else:
            text = chosen.templates[key].render(context, body)
        headers = {"content-type": ("Content-Type", key or DEFAULT_TYPE)}
        for name, value in chosen.mapping.values(MappingSource(context, body, answer_headers)):
            headers[name.lower()] = (name, value)
        override = context.variables["responseOverride"]
        for name, value in override.get("header", {}).items():
            headers[name.lower()] = (name, str(value))
        status = _override_status(override.get("status")) or chosen.declared.status_code
        to_binary = chosen.declared.content_handling == TO_BINARY
        payload = from_base64(text.encode("utf-8", "replace")) if to_binary else text.encode("utf-8", "replace")
        trace_id = () if self._is_mock else (("X-Amzn-Trace-Id", context.trace_id),)
        return Response(status, (*headers.values(), *trace_id), payload)

    def _select(self, status: int) -> _CompiledResponse:
        matching = (one for one in self._responses if one.pattern and one.pattern.fullmatch(str(status)))
        chosen = next(matching, self._default)
        if chosen is None:
            raise InternalServerError
        self._selected[status] = chosen
        return chosen


def _compile(declared: IntegrationResponse) -> _CompiledResponse:
    try:
        pattern = re.compile(declared.selection_pattern) if declared.selection_pattern else None
    except re.error as error:
        raise UnsupportedSettingError(
            f"SelectionPattern {declared.selection_pattern!r} is not a regular expression: {error}"
        ) from error
    check_handling(declared.content_handling)
    owner = f"IntegrationResponses[{declared.status_code}]"
    return _CompiledResponse(
        declared,
        pattern,
        tuple(declared.response_templates),
        compile_templates(declared.response_templates, f"{owner}.ResponseTemplates"),
        ParameterMapping(declared.response_parameters, "method.response.header."),
    )


def _override_status(value: Any) -> int | None:
    """The status set by a template; what is not an integer from 100 to 599 is ignored (aws-facts 10.4)."""
    if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599:
        return int(value)
    return None
