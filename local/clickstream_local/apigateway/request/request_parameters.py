"""Checks that required parameters are there (aws-facts 10.3)."""

from __future__ import annotations

from collections.abc import Mapping

from clickstream_local.apigateway.context.errors import GatewayError
from clickstream_local.apigateway.context.gateway_types import GatewayType
from clickstream_local.apigateway.context.request_context import Exchange


class ParameterValidator:
    """The required ones of a method's ``method.request.<place>.<name>`` parameters."""

    def __init__(self, request_parameters: Mapping[str, bool]) -> None:
        self._required = [
            (place, name)
            for place, name in (
                key.removeprefix("method.request.").split(".", 1)
                for key, required in request_parameters.items()
                if required
            )
        ]

    def check(self, exchange: Exchange) -> None:
        """Look for each one; blank counts as missing, and header names are case-sensitive here.

        Raises
        ------
        GatewayError
            400 that names the missing ones.
        """
        if not self._required:
            return
        params = exchange.params
        missing = [name for place, name in self._required if not params.get(place, {}).get(name, "").strip()]
        if missing:
            raise GatewayError(
                GatewayType.BAD_REQUEST_PARAMETERS, f"Missing required request parameters: [{', '.join(missing)}]"
            )
