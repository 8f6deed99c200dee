"""A REST API with its stages: takes a request, gives API Gateway's answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from clickstream_local.apigateway import identifiers
from clickstream_local.apigateway.access_log import AccessLogFormat
from clickstream_local.apigateway.api_keys import ApiKeys
from clickstream_local.apigateway.context import ContextBuilder
from clickstream_local.apigateway.endpoint import Endpoint
from clickstream_local.apigateway.errors import GatewayError, UnsupportedSettingError
from clickstream_local.apigateway.exchange import Exchange
from clickstream_local.apigateway.gateway_responses import GatewayResponses
from clickstream_local.apigateway.gateway_types import GatewayType
from clickstream_local.apigateway.routing import Router
from clickstream_local.apigateway.service_integration import CallService
from clickstream_local.apigateway.throttle import StageThrottle
from clickstream_local.http import Request, Response
from clickstream_local.model import RestApi, Unsupported

PAYLOAD_BYTES = 10 * 1024 * 1024
"""The largest body that API Gateway takes (aws-facts 10.8)."""

_log = logging.getLogger(__name__)


class RestApiService:
    """Serves a REST API from its model alone.

    Parameters
    ----------
    api:
        The API with its methods, models and stages.
    call_service:
        ``(service, action, headers, body)`` to the service's answer, such as ``("firehose", "PutRecord", …)``.
    access_log:
        Takes ``(log group, line)`` for each request of a stage that has an access log.
    clock:
        Epoch seconds.
    account, region:
        For ``$context``.
    validate_unmodelled_types:
        See :class:`~clickstream_local.apigateway.body_models.BodyValidator`.
    """

    def __init__(
        self,
        api: RestApi,
        *,
        call_service: CallService,
        access_log: Callable[[str, str], None],
        clock: Callable[[], float] = time.time,
        account: str,
        region: str,
        validate_unmodelled_types: bool = False,
    ) -> None:
        self._clock = clock
        self._access_log = access_log
        self._contexts = ContextBuilder(api, account=account, region=region)
        self._stages = {stage.name: stage for stage in api.stages}
        self._throttles = {stage.name: StageThrottle(stage.throttles, clock) for stage in api.stages}
        self._formats = {
            stage.name: (stage.access_log_group, AccessLogFormat(stage.access_log_format))
            for stage in api.stages
            if stage.access_log_group is not None and stage.access_log_format is not None
        }
        keys = ApiKeys(api.api_keys)
        endpoints = [
            Endpoint(
                api,
                method,
                keys=keys,
                call_service=call_service,
                validate_unmodelled_types=validate_unmodelled_types,
            )
            for method in api.methods
        ]
        self._router = Router(
            (endpoint.method.http_method, endpoint.method.resource_path, endpoint) for endpoint in endpoints
        )
        self._unsupported = [item for endpoint in endpoints for item in endpoint.unsupported]
        self._gateway_responses = self._build_gateway_responses(api)

    def unsupported(self) -> tuple[Unsupported, ...]:
        """What the API holds and the runtime does not run, or runs only in part."""
        return tuple(self._unsupported)

    async def handle(self, stage_name: str, path: str, request: Request) -> Response:
        """Answer a request; ``path`` is the percent-encoded path after the stage, beginning with ``/``."""
        started = time.perf_counter()
        stage = self._stages.get(stage_name)
        if stage is None:
            # An API without this stage: the words are [M].
            forbidden = (("Content-Type", "application/json"), ("x-amzn-ErrorType", "ForbiddenException"))
            return Response(403, forbidden, b'{"message":"Forbidden"}')
        now = self._clock()
        context = self._contexts.build(request, stage, path, now)
        exchange = Exchange(request, stage, context, identifiers.trace_id(now))
        try:
            response = await self._answer(exchange, path)
        except GatewayError as error:
            response = self._gateway_responses.render(error, exchange)
        except Exception as error:
            _log.exception("%s %s%s failed inside API Gateway", request.method, stage.name, context.get("resourcePath"))
            exchange.log["integrationErrorMessage"] = type(error).__name__
            failure = GatewayError(GatewayType.API_CONFIGURATION_ERROR, "Internal server error")
            response = self._gateway_responses.render(failure, exchange)
        headers = (
            ("x-amzn-RequestId", context["requestId"]),
            ("x-amz-apigw-id", context["extendedRequestId"]),
            *response.headers,
        )
        self._write_access_log(exchange, response, started)
        return Response(response.status, headers, response.body)

    async def _answer(self, exchange: Exchange, path: str) -> Response:
        request = exchange.request
        if len(request.body) > PAYLOAD_BYTES:
            raise GatewayError(GatewayType.REQUEST_TOO_LARGE, "Request Too Long")
        match = self._router.find(request.method, path)
        if match is None:
            raise GatewayError(GatewayType.MISSING_AUTHENTICATION_TOKEN, "Missing Authentication Token")
        endpoint = match.target
        exchange.path_parameters = match.path_parameters
        exchange.context["resourceId"] = endpoint.method.resource_id
        exchange.context["resourcePath"] = endpoint.method.resource_path
        endpoint.authorize(exchange)
        self._throttles[exchange.stage.name].check(endpoint.method.http_method, endpoint.method.resource_path)
        return await endpoint.answer(exchange)

    def _write_access_log(self, exchange: Exchange, response: Response, started: float) -> None:
        group, line_format = self._formats.get(exchange.stage.name, (None, None))
        if group is None or line_format is None:
            return
        log: Mapping[str, Any] = exchange.log
        integration = {
            "status": log.get("integrationStatus"),
            "integrationStatus": log.get("integrationStatus"),
            "latency": log.get("integrationLatency"),
            "error": log.get("integrationErrorMessage"),
        }
        values = {
            **exchange.context,
            **log,
            "integration": integration,
            "status": response.status,
            "responseLength": len(response.body),
            "responseLatency": round((time.perf_counter() - started) * 1000),
        }
        self._access_log(group, line_format.line(values))

    def _build_gateway_responses(self, api: RestApi) -> GatewayResponses:
        usable = []
        for response in api.gateway_responses:
            try:
                GatewayResponses([response])
            except UnsupportedSettingError as error:
                reason = f"gateway response {response.response_type}: {error}; the default answers instead"
                self._unsupported.append(Unsupported(api.logical_id, "AWS::ApiGateway::GatewayResponse", reason))
            else:
                usable.append(response)
        return GatewayResponses(usable)
