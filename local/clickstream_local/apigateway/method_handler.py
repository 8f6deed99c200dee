"""One method of the API with everything compiled that its settings hold: authorize, then validate, call and map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from clickstream_local.apigateway.auth.authorization import Authorizations
from clickstream_local.apigateway.auth.usage_plans import UsagePlans
from clickstream_local.apigateway.context.errors import (
    GatewayType,
    InternalServerError,
    UnsupportedSettingError,
)
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.logging.execution_log import ExecutionLog
from clickstream_local.apigateway.mapping.binary_media import BinaryMediaTypes
from clickstream_local.apigateway.request.integration_request import IntegrationRequestBuilder
from clickstream_local.apigateway.request.integrations import CallService, MockIntegration, ServiceIntegration
from clickstream_local.apigateway.request.validation import BodyValidator, ParameterValidator
from clickstream_local.apigateway.response.integration_response import IntegrationResponses
from clickstream_local.common.http import Response
from clickstream_local.common.model import Method, RestApi, Unsupported
from clickstream_local.iam.rights import Denial

T = TypeVar("T")


@dataclass(frozen=True)
class ApiContext:
    """What the methods of an API share."""

    rest_api: RestApi
    authorizations: Authorizations
    usage_plans: UsagePlans
    binary_media_types: BinaryMediaTypes
    call_service: CallService
    validate_unmodelled_types: bool
    regional_domain: str
    denial_of: Callable[[Method], Denial | None]


class MethodHandler:
    """Answers the requests to one method.

    A method with a setting that cannot be run stays in place and answers 500, and ``unsupported`` says why: a
    request is never passed by what should have stopped it.
    """

    def __init__(self, method: Method, api: ApiContext) -> None:
        self.method = method
        self.unsupported: list[Unsupported] = []
        self._usage_plans = api.usage_plans if method.api_key_required else None
        self._authorization = self._build(lambda: api.authorizations.of(method))
        self._authorizes = not self.unsupported
        integration = method.integration
        self._parameters = ParameterValidator(method.request_parameters) if method.validate_parameters else None
        self._body_validator = self._build(lambda: _body_validator(method, api))
        self._request = self._build(
            lambda: IntegrationRequestBuilder(integration, api.rest_api.id, api.binary_media_types)
        )
        self._responses = self._build(lambda: IntegrationResponses(integration, api.binary_media_types))
        self._integration = self._build(
            lambda: (
                MockIntegration()
                if integration.type == "MOCK"
                else ServiceIntegration(integration, api.call_service, api.regional_domain, api.denial_of(method))
            )
        )
        self._runnable = not self.unsupported

    async def authorize(self, context: RequestContext) -> None:
        """Check who calls, then the API key and its usage plan.

        Raises
        ------
        GatewayError
            401, 403 or 429, and 500 for an authorizer that cannot be run.
        """
        if not self._authorizes:
            raise InternalServerError(response_type=GatewayType.AUTHORIZER_CONFIGURATION_ERROR)
        if self._authorization is not None:
            await self._authorization.check(context)
        if self._usage_plans is not None:
            self._usage_plans.check(context, self.method.http_method, self.method.resource_path)

    async def answer(self, context: RequestContext, log: ExecutionLog | None) -> Response:
        """Validate, call the integration and map its answer.

        Raises
        ------
        GatewayError
            Whatever stopped the request on its way.
        """
        if not self._runnable or self._request is None or self._responses is None or self._integration is None:
            raise InternalServerError
        if self._parameters is not None:
            self._parameters.check(context)
        if self._body_validator is not None:
            self._body_validator.check(context.request.headers.get("content-type"), context.payload)
        request = self._request.build(context)
        uri = None if log is None else self._integration.uri(request, context)
        if log is not None and uri is not None:
            log.data("Endpoint request URI", uri)
            log.data("Endpoint request headers", request.headers)
            log.data("Endpoint request body after transformations", request.body)
            log.info(f"Sending request to {uri}")
        answer = await self._integration.call(request, context)
        if log is not None and uri is not None:
            latency = context.log_variables.get("integrationLatency", 0)
            log.info(f"Received response. Status: {answer.status}, Integration latency: {latency} ms")
            log.data("Endpoint response headers", dict(answer.headers))
            log.data("Endpoint response body before transformations", answer.body)
        response = self._responses.render(context, answer)
        if log is not None:
            log.data("Method response body after transformations", response.body)
            log.data("Method response headers", dict(response.headers))
            log.info("Successfully completed execution")
        return response

    def _build(self, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except UnsupportedSettingError as error:
            self.unsupported.append(Unsupported(self.method.logical_id, "AWS::ApiGateway::Method", str(error)))
            return None


def _body_validator(method: Method, api: ApiContext) -> BodyValidator | None:
    if not method.validate_body:
        return None
    return BodyValidator(
        method.request_models, api.rest_api.models, validate_unmodelled_types=api.validate_unmodelled_types
    )
