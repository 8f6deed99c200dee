"""``MOCK`` integrations: the request template alone decides the status."""

from __future__ import annotations

import re

import orjson

from clickstream_local.apigateway.context.errors import GatewayError
from clickstream_local.apigateway.context.gateway_types import GatewayType
from clickstream_local.apigateway.context.request_context import Exchange
from clickstream_local.apigateway.request.integration_request import IntegrationRequest
from clickstream_local.common.http import Response

_BARE_KEY = re.compile(r"([{,]\s*)(\w+)(\s*:)")


class MockIntegration:
    """Answers with the ``statusCode`` of the rendered request and an empty body."""

    async def call(self, request: IntegrationRequest, exchange: Exchange) -> Response:
        """An empty answer with that status; ``{statusCode: 200}`` without quotes is fine too (aws-facts 10.7).

        Raises
        ------
        GatewayError
            500 without an integer ``statusCode``.
        """
        status = _status(request.body.decode("utf-8", "replace"))
        if status is None:
            raise GatewayError(GatewayType.API_CONFIGURATION_ERROR, "Internal server error")
        exchange.log["integrationStatus"] = status
        return Response(status)


def _status(body: str) -> int | None:
    for text in (body, _BARE_KEY.sub(r'\1"\2"\3', body)):
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
        status = document.get("statusCode") if isinstance(document, dict) else None
        return status if isinstance(status, int) and not isinstance(status, bool) else None
    return None
