"""From the method request to what the integration receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clickstream_local.apigateway.context.errors import (
    GatewayError,
    GatewayType,
    InternalServerError,
    UnreadablePayloadError,
    UnsupportedSettingError,
)
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.mapping.binary_media import BinaryMediaTypes, check_handling, convert, readable
from clickstream_local.apigateway.mapping.parameter_mapping import MappingSource, ParameterMapping
from clickstream_local.apigateway.mapping.templates import DEFAULT_TYPE, compile_templates, key_for_content_type
from clickstream_local.common.model import Integration

# Mapping one of these fails at run time, not at deployment (facts/api-gateway.md#response-headers,
# apigateway-runtime.json).
_FORBIDDEN = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "expect",
        "proxy-authenticate",
        "te",
        "transfer-encoding",
        "x-amzn-apigateway-api-id",
        "x-amzn-trace-id",
    }
)
_BEHAVIORS = ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")


@dataclass(slots=True)
class IntegrationRequest:
    """What is sent to the integration.

    ``path`` are the values for the ``{name}`` parts of its URI. ``querystring`` would follow the URI; the services that
    run locally do not look at it, as the JSON services of AWS do not.
    """

    headers: dict[str, str]
    body: bytes
    path: dict[str, str]
    querystring: dict[str, str]


class IntegrationRequestBuilder:
    """Selects and renders the request template and maps the headers.

    Raises
    ------
    UnsupportedSettingError
        A template, a mapping or a passthrough behaviour that cannot be run.
    """

    def __init__(self, integration: Integration, api_id: str, binary_media_types: BinaryMediaTypes) -> None:
        if integration.passthrough_behavior not in _BEHAVIORS:
            raise UnsupportedSettingError(
                f"PassthroughBehavior {integration.passthrough_behavior!r} is not one of {', '.join(_BEHAVIORS)}"
            )
        self._behavior = integration.passthrough_behavior
        self._template_keys = tuple(integration.request_templates)
        self._templates = compile_templates(integration.request_templates, "RequestTemplates")
        self._mappings = {
            place: ParameterMapping(chosen, f"integration.request.{place}.")
            for place, chosen in _by_place(integration.request_parameters).items()
        }
        names = self._mappings["header"].names
        self._forbidden = integration.type != "MOCK" and any(name.lower() in _FORBIDDEN for name in names)
        self._binary_media_types = binary_media_types
        self._handling = check_handling(integration.content_handling)
        self._user_agent = f"AmazonAPIGateway_{api_id}"

    def build(self, context: RequestContext) -> IntegrationRequest:
        """Render the request.

        Raises
        ------
        GatewayError
            415 when no template takes the content type and the passthrough behaviour forbids the raw body
            (facts/api-gateway.md#templates); 500 when a forbidden header is mapped (10.6).
        """
        content_type = context.request.headers.get("content-type")
        body = self._body(context, content_type)
        if self._forbidden:
            raise InternalServerError("Invalid mapping expression specified")
        headers = {
            "accept": ("Accept", DEFAULT_TYPE),
            "user-agent": ("User-Agent", self._user_agent),
            "content-type": ("Content-Type", content_type or DEFAULT_TYPE),
        }
        source = MappingSource(context, context.payload)
        overrides = context.variables["requestOverride"]
        try:
            for name, value in (*self._mappings["header"].values(source), *overrides["header"].items()):
                headers[name.lower()] = (name, str(value))
            path = self._values("path", source, overrides)
            querystring = self._values("querystring", source, overrides)
        except UnreadablePayloadError:
            raise GatewayError(GatewayType.BAD_REQUEST_BODY, "Invalid JSON in request body") from None
        return IntegrationRequest(dict(headers.values()), body, path=path, querystring=querystring)

    def _values(self, place: str, source: MappingSource, overrides: dict[str, dict[str, object]]) -> dict[str, str]:
        values = dict(self._mappings[place].values(source))
        if overrides.get(place):
            values.update((name, str(value)) for name, value in overrides[place].items())
        return values

    def _body(self, context: RequestContext, content_type: str | None) -> bytes:
        key = key_for_content_type(self._template_keys, content_type)
        never = self._behavior == "NEVER" or (self._behavior == "WHEN_NO_TEMPLATES" and self._template_keys)
        if key is None and never:
            raise GatewayError(GatewayType.UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type")
        binary = self._binary_media_types.match(content_type)
        body: str | bytes = context.body
        if binary or self._handling is not None:
            body = convert(context.payload, self._handling, binary=binary, wants_binary=binary)
        if key is not None:
            body = self._templates[key].render(context, readable(body))
        return body if isinstance(body, bytes) else body.encode("utf-8", "replace")


def _by_place(parameters: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Mappings to header, query string and path; what is none of them is left to the headers, which refuse it."""
    places: dict[str, dict[str, str]] = {"header": {}, "querystring": {}, "path": {}}
    for target, value in parameters.items():
        place = target.removeprefix("integration.request.").partition(".")[0]
        places.get(place, places["header"])[target] = value
    return places
