"""API keys: who may call a method that asks for one."""

from __future__ import annotations

from collections.abc import Iterable

from clickstream_local.apigateway.errors import GatewayError
from clickstream_local.apigateway.exchange import Exchange
from clickstream_local.apigateway.gateway_types import GatewayType
from clickstream_local.model import ApiKey


class ApiKeys:
    """The keys that usage plans tie to the API, looked up by value."""

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        self._by_value = {key.value: key for key in keys}

    def check(self, exchange: Exchange) -> None:
        """Note the caller's key in ``$context.identity``.

        Raises
        ------
        GatewayError
            403 ``Forbidden`` without a known key in ``x-api-key`` (aws-facts 10.5; the text is [M]).
        """
        key = self._by_value.get(exchange.request.headers.get("x-api-key") or "")
        if key is None:
            raise GatewayError(GatewayType.INVALID_API_KEY, "Forbidden")
        exchange.context["identity"].update(apiKey=key.value, apiKeyId=key.id)
