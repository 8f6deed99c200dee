"""From the method request to what the integration receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clickstream_local.apigateway.context.errors import (
    GatewayError,
    GatewayType,
    InternalServerError,
    UnsupportedSettingError,
)
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.mapping.binary_media import (
    TO_BINARY,
    TO_TEXT,
    BinaryMediaTypes,
    check_handling,
    from_base64,
    to_base64,
)
from clickstream_local.apigateway.mapping.parameter_mapping import MappingSource, ParameterMapping
from clickstream_local.apigateway.mapping.templates import DEFAULT_TYPE, compile_templates, key_for_content_type
from clickstream_local.common.model import Integration

# Mapping one of these fails at run time, not at deployment (aws-facts 10.6, apigateway-runtime.json).
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
            (aws-facts 10.2); 500 when a forbidden header is mapped (10.6).
        """
        content_type = context.request.headers.get("content-type")
        body = self._body(context, content_type)
        if self._forbidden:
            raise InternalServerError
        headers = {
            "accept": ("Accept", DEFAULT_TYPE),
            "user-agent": ("User-Agent", self._user_agent),
            "content-type": ("Content-Type", content_type or DEFAULT_TYPE),
        }
        source = MappingSource(context, context.body)
        overrides = context.variables["requestOverride"]
        for name, value in (*self._mappings["header"].values(source), *overrides["header"].items()):
            headers[name.lower()] = (name, str(value))
        return IntegrationRequest(
            dict(headers.values()),
            body,
            path=self._values("path", source, overrides),
            querystring=self._values("querystring", source, overrides),
        )

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
        if key is None:
            if binary:
                return to_base64(context.payload).encode() if self._handling == TO_TEXT else context.payload
            text = context.body
        elif binary and self._handling != TO_TEXT:
            # A template cannot read bytes: why a preflight needs CONVERT_TO_TEXT when */* is binary (aws-facts 10.7).
            raise InternalServerError
        else:
            text = self._templates[key].render(context, to_base64(context.payload) if binary else context.body)
        return from_base64(text) if self._handling == TO_BINARY else text.encode("utf-8", "replace")


def _by_place(parameters: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Mappings to header, query string and path; what is none of them is left to the headers, which refuse it."""
    places: dict[str, dict[str, str]] = {"header": {}, "querystring": {}, "path": {}}
    for target, value in parameters.items():
        place = target.removeprefix("integration.request.").partition(".")[0]
        places.get(place, places["header"])[target] = value
    return places
