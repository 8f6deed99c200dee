"""From the integration's answer to the method response."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from clickstream_local.apigateway.context.errors import (
    InternalServerError,
    UnreadablePayloadError,
    UnsupportedSettingError,
)
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.mapping.binary_media import BinaryMediaTypes, check_handling, convert, readable
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

    def __init__(self, integration: Integration, binary_media_types: BinaryMediaTypes) -> None:
        self._responses = [_compile(declared) for declared in integration.responses]
        self._default = next((one for one in self._responses if one.pattern is None), None)
        self._selected: dict[int, _CompiledResponse] = {}
        self._binary_media_types = binary_media_types
        self._is_mock = integration.type == "MOCK"

    def render(self, context: RequestContext, answer: Response) -> Response:
        """The method response.

        It is chosen by its pattern on the status *code* of the answer, else the default is taken: without a
        pattern for 4xx an error of the service can come back as 200 (facts/api-gateway.md#aws-integration).

        Raises
        ------
        GatewayError
            500 when no response fits and there is no default, when bytes are wanted of what is not base64, and when a
            template or mapping cannot read the answer.
        """
        try:
            return self._render(context, answer)
        except UnreadablePayloadError:
            raise InternalServerError("Unable to transform response") from None

    def _render(self, context: RequestContext, answer: Response) -> Response:
        chosen = self._selected.get(answer.status) or self._select(answer.status)
        answer_headers = Headers(answer.headers)
        accept = context.request.headers.get("accept")
        payload = convert(
            answer.body,
            chosen.declared.content_handling,
            binary=self._binary_media_types.match(answer_headers.get("content-type")),
            wants_binary=self._binary_media_types.accepted(accept),
        )
        key = key_for_accept(chosen.template_keys, accept)
        if key is not None and chosen.declared.response_templates[key] != "":
            payload = chosen.templates[key].render(context, readable(payload))
        headers = {"content-type": ("Content-Type", key or DEFAULT_TYPE)}
        for name, value in chosen.mapping.values(MappingSource(context, answer.body, answer_headers)):
            headers[name.lower()] = (name, value)
        override = context.variables["responseOverride"]
        for name, value in override.get("header", {}).items():
            headers[name.lower()] = (name, str(value))
        status = _override_status(override.get("status")) or chosen.declared.status_code
        body = payload if isinstance(payload, bytes) else payload.encode("utf-8", "replace")
        trace_id = () if self._is_mock else (("X-Amzn-Trace-Id", context.trace_id),)
        return Response(status, (*headers.values(), *trace_id), body)

    def _select(self, status: int) -> _CompiledResponse:
        matching = (one for one in self._responses if one.pattern and one.pattern.fullmatch(str(status)))
        chosen = next(matching, self._default)
        if chosen is None:
            raise InternalServerError(
                "No match for output mapping and no default output mapping configured. "
                f"Endpoint Response Status Code: {status}"
            )
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
    """The status set by a template; what is not an integer from 100 to 599 is ignored.

    Source: facts/api-gateway.md#mapping-templates.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599:
        return int(value)
    return None
