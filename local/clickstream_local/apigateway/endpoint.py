"""One method of the API, ready to answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from clickstream_local.apigateway.api_keys import ApiKeys
from clickstream_local.apigateway.body_models import BodyValidator
from clickstream_local.apigateway.context import signer
from clickstream_local.apigateway.errors import GatewayError, UnsupportedSettingError
from clickstream_local.apigateway.exchange import Exchange
from clickstream_local.apigateway.gateway_types import GatewayType
from clickstream_local.apigateway.integration_request import IntegrationRequestBuilder
from clickstream_local.apigateway.integration_response import IntegrationResponses
from clickstream_local.apigateway.mock_integration import MockIntegration
from clickstream_local.apigateway.request_parameters import ParameterValidator
from clickstream_local.apigateway.service_integration import CallService, ServiceIntegration
from clickstream_local.http import Response
from clickstream_local.model import Method, RestApi, Unsupported

T = TypeVar("T")


class Endpoint:
    """A method with everything compiled that its settings hold.

    A method with a setting that cannot be run stays in place and answers 500, and ``unsupported`` says why: a
    request is never passed by what should have stopped it.
    """

    def __init__(
        self,
        api: RestApi,
        method: Method,
        *,
        keys: ApiKeys,
        call_service: CallService,
        validate_unmodelled_types: bool,
    ) -> None:
        self.method = method
        self.unsupported: list[Unsupported] = []
        self._runnable = True
        self._keys = keys if method.api_key_required else None
        self._check_authorization_type()
        integration = method.integration
        self._parameters = ParameterValidator(method.request_parameters) if method.validate_parameters else None
        self._body_validator = (
            self._build(
                lambda: BodyValidator(
                    method.request_models, api.models, validate_unmodelled_types=validate_unmodelled_types
                )
            )
            if method.validate_body
            else None
        )
        self._request = self._build(lambda: IntegrationRequestBuilder(integration, api.id))
        self._responses = self._build(lambda: IntegrationResponses(integration))
        self._integration = self._build(
            lambda: MockIntegration() if integration.type == "MOCK" else ServiceIntegration(integration, call_service)
        )

    def authorize(self, exchange: Exchange) -> None:
        """Check who calls: for ``AWS_IAM`` a SigV4 header (its signature is not checked), then the API key.

        Raises
        ------
        GatewayError
            403, or 500 for an authorizer, which is not run.
        """
        kind = self.method.authorization_type
        if kind == "AWS_IAM":
            access_key = signer(exchange.request)
            if access_key is None:
                raise GatewayError(GatewayType.MISSING_AUTHENTICATION_TOKEN, "Missing Authentication Token")
            account = exchange.context["accountId"]
            # A stand-in for the caller, whom only IAM knows: a user named like the access key id.
            exchange.context["identity"].update(
                accessKey=access_key,
                accountId=account,
                caller=access_key,
                user=access_key,
                userArn=f"arn:aws:iam::{account}:user/{access_key}",
            )
        elif kind != "NONE":
            raise GatewayError(GatewayType.AUTHORIZER_CONFIGURATION_ERROR, "Internal server error")
        if self._keys is not None:
            self._keys.check(exchange)

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
            self._body_validator.check(exchange.request.headers.get("content-type"), exchange.request.body)
        request = self._request.build(exchange)
        response = self._responses.render(exchange, await self._integration.call(request, exchange))
        if self.method.integration.type == "MOCK":
            return response
        return Response(response.status, (*response.headers, ("X-Amzn-Trace-Id", exchange.trace_id)), response.body)

    def _build(self, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except UnsupportedSettingError as error:
            self._report(str(error))
            self._runnable = False
            return None

    def _check_authorization_type(self) -> None:
        kind = self.method.authorization_type
        if kind == "AWS_IAM":
            self._report(
                "AuthorizationType AWS_IAM: a SigV4 header must be there, its signature is not checked locally"
            )
        elif kind != "NONE":
            self._report(f"AuthorizationType {kind}: authorizers are not run locally; the method answers 500")

    def _report(self, reason: str) -> None:
        self.unsupported.append(Unsupported(self.method.logical_id, "AWS::ApiGateway::Method", reason))
