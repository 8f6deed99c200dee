"""Integrations: ``AWS``, which is one action of one service, and ``MOCK``."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable

from clickstream_local.apigateway.context.errors import (
    GatewayError,
    GatewayType,
    InternalServerError,
    UnsupportedSettingError,
)
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.request.integration_request import IntegrationRequest
from clickstream_local.common.http import Response
from clickstream_local.common.model import Integration
from clickstream_local.iam.rights import Denial
from clickstream_local.vtl import json_text
from clickstream_local.wire.aws_json import ApiError, failure

CallService = Callable[[str, str, dict[str, str], bytes], Awaitable[Response]]

_PLACEHOLDER = re.compile(r"\$\{stageVariables\.(\w+)\}|\{(\w+)\}")
_log = logging.getLogger(__name__)


class ServiceIntegration:
    """Calls a service action and waits for its answer, at most the integration's timeout.

    Source: facts/api-gateway.md#aws-integration.
    """

    def __init__(
        self,
        integration: Integration,
        call_service: CallService,
        regional_domain: str,
        denial: Denial | None = None,
    ) -> None:
        if integration.service is None or integration.action is None:
            raise UnsupportedSettingError("Integration.Uri: only service actions (…:action/<name>) run locally")
        self._service = integration.service
        self._action = integration.action
        self._timeout = integration.timeout_ms / 1000
        self._call_service = call_service if denial is None else _denied(denial)
        self._not_assumed = denial.resource if denial is not None and denial.of_trust else None
        self._regional_domain = regional_domain

    def uri(self, request: IntegrationRequest, context: RequestContext) -> str:
        """Where the request would go, for the execution log."""
        service, action = self._target(request, context)
        return f"https://{service}.{self._regional_domain}/?Action={action}"

    def _target(self, request: IntegrationRequest, context: RequestContext) -> tuple[str, str]:
        service, action = self._service, self._action
        if "{" in service or "{" in action:
            return _filled(service, request, context), _filled(action, request, context)
        return service, action

    async def call(self, request: IntegrationRequest, context: RequestContext) -> Response:
        """The service's answer, whatever its status.

        Raises
        ------
        GatewayError
            500 where the role cannot be assumed; 504 when the service did not answer in time, or at all. Both texts of
            504 are inferred.
        """
        if self._not_assumed is not None:
            reason = f"API Gateway does not have permission to assume the provided role {self._not_assumed}"
            context.log_variables["integrationErrorMessage"] = reason
            raise InternalServerError(reason)
        service, action = self._target(request, context)
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._call_service(service, action, request.headers, request.body)
        except TimeoutError:
            context.log_variables["integrationErrorMessage"] = "Execution failed due to a timeout error"
            raise GatewayError(GatewayType.INTEGRATION_TIMEOUT, "Endpoint request timed out") from None
        except Exception:
            _log.exception("the call of %s:%s failed inside the local runtime", service, action)
            context.log_variables["integrationErrorMessage"] = "Internal server error"
            raise GatewayError(GatewayType.INTEGRATION_FAILURE, "Network error communicating with endpoint") from None
        finally:
            context.log_variables["integrationLatency"] = round((time.perf_counter() - started) * 1000)
        context.log_variables["integrationStatus"] = response.status
        return response


def _denied(denial: Denial) -> CallService:
    """Answers as the service does to a role that lacks a right, for its own action or for its key."""

    async def call(service: str, action: str, headers: dict[str, str], body: bytes) -> Response:
        kind = "AccessDeniedException"
        if denial.action.startswith("kms:"):
            kind = "InvalidKMSResourceException" if service == "firehose" else "KMSAccessDeniedException"
        return failure(ApiError(kind, denial.message))

    return call


class MockIntegration:
    """Answers with the ``statusCode`` of the rendered request and an empty body."""

    def uri(self, request: IntegrationRequest, context: RequestContext) -> None:
        """No endpoint is called."""

    async def call(self, request: IntegrationRequest, context: RequestContext) -> Response:
        """An empty answer with that status, which is read as permissively as a body (facts/api-gateway.md#cors).

        Raises
        ------
        GatewayError
            500 without an integer ``statusCode``.
        """
        status = _status(request.body.decode("utf-8", "replace"))
        if status is None:
            raise InternalServerError(
                "Unable to parse statusCode. It should be an integer that is defined in the request template."
            )
        context.log_variables["integrationStatus"] = status
        return Response(status)


def _filled(name: str, request: IntegrationRequest, context: RequestContext) -> str:
    """A part of the URI with its stage variables and path parameters; what has no value is left out."""

    def value(match: re.Match[str]) -> str:
        variable, parameter = match.groups()
        return context.stage.variables.get(variable, "") if variable else request.path.get(parameter, "")

    return _PLACEHOLDER.sub(value, name)


def _status(body: str) -> int | None:
    try:
        document = json_text.parse(body)
    except ValueError:
        return None
    status = document.get("statusCode") if isinstance(document, dict) else None
    return status if isinstance(status, int) and not isinstance(status, bool) else None
