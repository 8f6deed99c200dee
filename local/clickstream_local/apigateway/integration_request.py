"""From the method request to what the integration receives."""

from __future__ import annotations

from dataclasses import dataclass

from clickstream_local.apigateway.errors import GatewayError, UnsupportedSettingError
from clickstream_local.apigateway.exchange import Exchange
from clickstream_local.apigateway.gateway_types import GatewayType
from clickstream_local.apigateway.media_type import DEFAULT_TYPE, for_content_type
from clickstream_local.apigateway.parameter_mapping import ParameterMapping, Source
from clickstream_local.apigateway.template import compile_templates
from clickstream_local.model import Integration

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


@dataclass(frozen=True)
class IntegrationRequest:
    """What is sent to the integration."""

    headers: dict[str, str]
    body: str


class IntegrationRequestBuilder:
    """Selects and renders the request template and maps the headers.

    Raises
    ------
    UnsupportedSettingError
        A template, a mapping or a passthrough behaviour that cannot be run.
    """

    def __init__(self, integration: Integration, api_id: str) -> None:
        if integration.passthrough_behavior not in _BEHAVIORS:
            raise UnsupportedSettingError(
                f"PassthroughBehavior {integration.passthrough_behavior!r} is not one of {', '.join(_BEHAVIORS)}"
            )
        self._behavior = integration.passthrough_behavior
        self._texts = integration.request_templates
        self._templates = compile_templates(integration.request_templates, "RequestTemplates")
        self._mapping = ParameterMapping(integration.request_parameters, "integration.request.header.")
        self._forbidden = integration.type != "MOCK" and any(name.lower() in _FORBIDDEN for name in self._mapping.names)
        self._user_agent = f"AmazonAPIGateway_{api_id}"

    def build(self, exchange: Exchange) -> IntegrationRequest:
        """Render the request.

        Raises
        ------
        GatewayError
            415 when no template takes the content type and the passthrough behaviour forbids the raw body
            (aws-facts 10.2); 500 when a forbidden header is mapped (10.6).
        """
        content_type = exchange.request.headers.get("content-type")
        body = self._body(exchange, content_type)
        if self._forbidden:
            raise GatewayError(GatewayType.API_CONFIGURATION_ERROR, "Internal server error")
        headers = {
            "accept": ("Accept", DEFAULT_TYPE),
            "user-agent": ("User-Agent", self._user_agent),
            "content-type": ("Content-Type", content_type or DEFAULT_TYPE),
        }
        for name, value in self._mapping.values(Source(exchange, exchange.body)):
            headers[name.lower()] = (name, value)
        for name, value in exchange.context["requestOverride"]["header"].items():
            headers[name.lower()] = (name, str(value))
        return IntegrationRequest(dict(headers.values()), body)

    def _body(self, exchange: Exchange, content_type: str | None) -> str:
        key = for_content_type(self._texts, content_type)
        if key is not None:
            return self._templates[key].render(exchange, exchange.body)
        if self._behavior == "NEVER" or (self._behavior == "WHEN_NO_TEMPLATES" and self._texts):
            raise GatewayError(GatewayType.UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type")
        return exchange.body
