"""One method of the API, ready to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from clickstream_local.apigateway.auth.authorization import Authorizations
from clickstream_local.apigateway.auth.usage_plans import UsagePlans
from clickstream_local.apigateway.context.errors import GatewayError, UnsupportedSettingError
from clickstream_local.apigateway.context.gateway_types import GatewayType
from clickstream_local.apigateway.context.request_context import Exchange
from clickstream_local.apigateway.mapping.binary_media import BinaryMediaTypes
from clickstream_local.apigateway.request.body_models import BodyValidator
from clickstream_local.apigateway.request.integration_request import IntegrationRequestBuilder
from clickstream_local.apigateway.request.mock_integration import MockIntegration
from clickstream_local.apigateway.request.request_parameters import ParameterValidator
from clickstream_local.apigateway.request.service_integration import CallService, ServiceIntegration
from clickstream_local.apigateway.response.integration_response import IntegrationResponses
from clickstream_local.common.http import Response
from clickstream_local.common.model import Method, RestApi, Unsupported

T = TypeVar("T")


@dataclass(frozen=True)
class Shared:
    """What the methods of an API have in common."""

    api: RestApi
    authorizations: Authorizations
    usage_plans: UsagePlans
    binary_media_types: BinaryMediaTypes
    call_service: CallService
    validate_unmodelled_types: bool


class Endpoint:
    """A method with everything compiled that its settings hold.

    A method with a setting that cannot be run stays in place and answers 500, and ``unsupported`` says why: a
    request is never passed by what should have stopped it.
    """

    def __init__(self, method: Method, shared: Shared) -> None:
        self.method = method
        self.unsupported: list[Unsupported] = []
        self._usage_plans = shared.usage_plans if method.api_key_required else None
        self._authorization = self._build(lambda: shared.authorizations.of(method))
        self._authorizes = not self.unsupported
        integration = method.integration
        self._parameters = ParameterValidator(method.request_parameters) if method.validate_parameters else None
        self._body_validator = self._build(lambda: _body_validator(method, shared))
        self._request = self._build(
            lambda: IntegrationRequestBuilder(integration, shared.api.id, shared.binary_media_types)
        )
        self._responses = self._build(lambda: IntegrationResponses(integration))
        self._integration = self._build(
            lambda: (
                MockIntegration()
                if integration.type == "MOCK"
                else ServiceIntegration(integration, shared.call_service)
            )
        )
        self._runnable = not self.unsupported

    async def authorize(self, exchange: Exchange) -> None:
        """Check who calls, then the API key and its usage plan.

        Raises
        ------
        GatewayError
            401, 403 or 429, and 500 for an authorizer that cannot be run.
        """
        if not self._authorizes:
            raise GatewayError(GatewayType.AUTHORIZER_CONFIGURATION_ERROR, "Internal server error")
        if self._authorization is not None:
            await self._authorization.check(exchange)
        if self._usage_plans is not None:
            self._usage_plans.check(exchange, self.method.http_method, self.method.resource_path)

    async def answer(self, exchange: Exchange) -> Response:
        """Validate, call the integration and map its answer.

        Raises
        ------
        GatewayError
            Whatever stopped the request on its way.
        """
        if not self._runnable or self._request is None or self._responses is None or self._integration is None:
            raise GatewayError(GatewayType.API_CONFIGURATION_ERROR, "Internal server error")
        if self._parameters is not None:
            self._parameters.check(exchange)
        if self._body_validator is not None:
            self._body_validator.check(exchange.request.headers.get("content-type"), exchange.payload)
        request = self._request.build(exchange)
        log = exchange.execution_log
        if log is not None:
            log.data("Endpoint request headers", request.headers)
            log.data("Endpoint request body after transformations", request.body)
            log.info(f"Sending request to {self.method.integration.service or 'MOCK'}")
        answer = await self._integration.call(request, exchange)
        if log is not None:
            latency = exchange.log.get("integrationLatency", 0)
            log.info(f"Received response. Status: {answer.status}, Integration latency: {latency} ms")
            log.data("Endpoint response body before transformations", answer.body)
        response = self._responses.render(exchange, answer)
        if log is not None:
            log.data("Method response body after transformations", response.body)
            log.info("Successfully completed execution")
        return response

    def _build(self, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except UnsupportedSettingError as error:
            self.unsupported.append(Unsupported(self.method.logical_id, "AWS::ApiGateway::Method", str(error)))
            return None


def _body_validator(method: Method, shared: Shared) -> BodyValidator | None:
    if not method.validate_body:
        return None
    return BodyValidator(
        method.request_models, shared.api.models, validate_unmodelled_types=shared.validate_unmodelled_types
    )
