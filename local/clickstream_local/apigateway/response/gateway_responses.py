"""What API Gateway itself answers when a request does not get through (facts/api-gateway.md#gateway-responses)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress

from clickstream_local.apigateway.context.errors import GatewayError, GatewayType, UnreadablePayloadError
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.mapping.parameter_mapping import MappingSource, ParameterMapping, mapped_value
from clickstream_local.apigateway.mapping.templates import key_for_accept
from clickstream_local.common.http import Response
from clickstream_local.common.model import GatewayResponse

_DEFAULT_TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}
# What fails behind the routing was recorded with a blank: 36 bytes for a configuration error.
_EXECUTION_TEMPLATES = {"application/json": '{"message": $context.error.messageString}'}
# Recorded with a capital letter (facts/api-gateway.md#gateway-responses).
_ACCESS_DENIED_TEMPLATES = {"application/json": '{"Message":$context.error.messageString}'}
_NAME = r"context\.\w+(?:\.\w+)*|stageVariables\.\w+|method\.request\.(?:header|querystring|path)\.[\w-]+"
_VARIABLE = re.compile(rf"\$(?:\{{({_NAME})\}}|({_NAME}))")


class GatewayResponses:
    """The gateway responses of an API.

    A type without settings takes those of DEFAULT_4XX or DEFAULT_5XX, the status included. Templates know simple
    variables only, no VTL: ``$context.…``, ``$stageVariables.…`` and ``$method.request.<place>.<name>``. They are put
    in as they are, without escaping. 413 cannot be customised.

    Raises
    ------
    UnsupportedSettingError
        A response parameter that is not ``gatewayresponse.header.<name>``, or has a value of another kind.
    """

    def __init__(self, responses: Iterable[GatewayResponse]) -> None:
        self._settings = {
            response.response_type: (response, ParameterMapping(response.parameters, "gatewayresponse.header."))
            for response in responses
        }

    def render(self, error: GatewayError, context: RequestContext) -> Response:
        """The answer for ``error``; ``$context.error`` is filled in on the way."""
        kind = error.response_type
        context.variables["error"] = {
            "message": error.message,
            "messageString": json.dumps(error.message),
            "responseType": kind.name,
            "validationErrorString": error.validation_error,
        }
        source = MappingSource(context, context.payload)
        status = kind.status
        parameters: Sequence[tuple[str, str]] = ()
        templates = _DEFAULT_TEMPLATES
        if kind is GatewayType.ACCESS_DENIED:
            templates = _ACCESS_DENIED_TEMPLATES
        elif kind is GatewayType.API_CONFIGURATION_ERROR or isinstance(error, UnreadablePayloadError):
            templates = _EXECUTION_TEMPLATES
        setting = self._settings.get(kind.name) or self._settings.get(kind.default_type)
        if setting is not None and kind is not GatewayType.REQUEST_TOO_LARGE:
            response, mapping = setting
            status = response.status_code or status
            templates = dict(response.templates) or templates
            with suppress(UnreadablePayloadError):
                parameters = mapping.values(source)
        key = key_for_accept(tuple(templates), context.request.headers.get("accept"))
        assert key is not None  # there is always a template
        headers = {"content-type": ("Content-Type", key)}
        if kind.error_type is not None:
            headers["x-amzn-errortype"] = ("x-amzn-ErrorType", kind.error_type)
        for name, value in parameters:
            headers[name.lower()] = (name, value)
        return Response(status, tuple(headers.values()), _substitute(templates[key], source).encode())


def _substitute(template: str, source: MappingSource) -> str:
    return _VARIABLE.sub(lambda match: mapped_value(match[1] or match[2])(source) or "", template)
