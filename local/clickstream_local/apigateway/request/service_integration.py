"""``AWS`` integrations: one action of one service."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable

from clickstream_local.apigateway.context.errors import GatewayError, UnsupportedSettingError
from clickstream_local.apigateway.context.gateway_types import GatewayType
from clickstream_local.apigateway.context.request_context import Exchange
from clickstream_local.apigateway.request.integration_request import IntegrationRequest
from clickstream_local.common.http import Response
from clickstream_local.common.model import Integration

CallService = Callable[[str, str, dict[str, str], bytes], Awaitable[Response]]

_PLACEHOLDER = re.compile(r"\$\{stageVariables\.(\w+)\}|\{(\w+)\}")
_log = logging.getLogger(__name__)


class ServiceIntegration:
    """Calls a service action and waits for its answer, at most the integration's timeout (aws-facts 10.1)."""

    def __init__(self, integration: Integration, call_service: CallService) -> None:
        if integration.service is None or integration.action is None:
            raise UnsupportedSettingError("Integration.Uri: only service actions (…:action/<name>) run locally")
        self._service = integration.service
        self._action = integration.action
        self._timeout = integration.timeout_ms / 1000
        self._call_service = call_service

    async def call(self, request: IntegrationRequest, exchange: Exchange) -> Response:
        """The service's answer, whatever its status.

        Raises
        ------
        GatewayError
            504 when the service did not answer in time, or at all. Both texts are [M].
        """
        service, action = self._service, self._action
        if "{" in service or "{" in action:
            service, action = (_filled(name, request, exchange) for name in (service, action))
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._call_service(service, action, request.headers, request.body)
        except TimeoutError:
            exchange.log["integrationErrorMessage"] = "Execution failed due to a timeout error"
            raise GatewayError(GatewayType.INTEGRATION_TIMEOUT, "Endpoint request timed out") from None
        except Exception:
            _log.exception("the call of %s:%s failed inside the local runtime", service, action)
            exchange.log["integrationErrorMessage"] = "Internal server error"
            raise GatewayError(GatewayType.INTEGRATION_FAILURE, "Network error communicating with endpoint") from None
        finally:
            exchange.log["integrationLatency"] = round((time.perf_counter() - started) * 1000)
        exchange.log["integrationStatus"] = response.status
        return response


def _filled(name: str, request: IntegrationRequest, exchange: Exchange) -> str:
    """A part of the URI with its stage variables and path parameters; what has no value is left out."""

    def value(match: re.Match[str]) -> str:
        variable, parameter = match.groups()
        return exchange.stage.variables.get(variable, "") if variable else request.path.get(parameter, "")

    return _PLACEHOLDER.sub(value, name)
