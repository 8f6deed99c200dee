"""A REST API with its stages: takes a request, gives API Gateway's answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from clickstream_local.apigateway.auth.authorization import Authorizations
from clickstream_local.apigateway.auth.iam import DenialOf, SecretOf
from clickstream_local.apigateway.auth.lambda_authorizer import Functions
from clickstream_local.apigateway.auth.throttle import MethodThrottle
from clickstream_local.apigateway.auth.usage_plans import UsagePlans
from clickstream_local.apigateway.context.errors import (
    GatewayError,
    GatewayType,
    InternalServerError,
    UnsupportedSettingError,
)
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.context.variables import ContextBuilder, RequestIds
from clickstream_local.apigateway.logging.access_log import AccessLogFormat
from clickstream_local.apigateway.logging.execution_log import ExecutionLog, ExecutionLogs, WriteLine
from clickstream_local.apigateway.mapping.binary_media import BinaryMediaTypes
from clickstream_local.apigateway.mapping.compression import pack, unpack
from clickstream_local.apigateway.method_handler import ApiContext, MethodHandler
from clickstream_local.apigateway.request.integrations import CallService
from clickstream_local.apigateway.response.gateway_responses import GatewayResponses
from clickstream_local.apigateway.routing import Router
from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import RestApi, Unsupported
from clickstream_local.iam.rights import Rights

PAYLOAD_BYTES = 10 * 1024 * 1024
"""The largest body that API Gateway takes (facts/api-gateway.md#limits)."""

# The response headers that API Gateway keeps for itself (facts/api-gateway.md#response-headers;
# apigateway-runtime.json,
# headers.response_headers_renamed_x-amzn-Remapped-*).
_REMAPPED = frozenset(
    [
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "trailer",
        "upgrade",
        "user-agent",
        "www-authenticate",
    ]
)
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
    execution_log:
        Takes ``(log group, log stream, line)`` for the steps of each request whose method has an execution log.
    functions:
        What Lambda authorizers invoke.
    secret_of:
        The secret of an access key id, for ``AWS_IAM``; None for an unknown id.
    denial_of:
        Why the owner of an access key id may not call a method, by its ARN; None if it may.
    rights, stack:
        What the methods of the API may call, and the name of the stack that it is of.
    clock:
        Epoch seconds.
    account, region, partition:
        For ``$context`` and ARNs.
    validate_unmodelled_types:
        See :class:`~clickstream_local.apigateway.request.validation.BodyValidator`.
    """

    def __init__(
        self,
        api: RestApi,
        *,
        call_service: CallService,
        access_log: Callable[[str, str], None],
        execution_log: WriteLine,
        functions: Functions,
        secret_of: SecretOf,
        denial_of: DenialOf = lambda access_key_id, method_arn: None,
        rights: Rights = Rights(),  # noqa: B008 - nothing changes it
        stack: str = "",
        clock: Callable[[], float] = time.time,
        account: str,
        region: str,
        partition: str = "aws",
        validate_unmodelled_types: bool = False,
    ) -> None:
        self._clock = clock
        self._access_log = access_log
        self._contexts = ContextBuilder(api, account=account, region=region)
        self._stages = {stage.name: stage for stage in api.stages}
        self._throttles = {stage.name: MethodThrottle(stage.method_settings, clock) for stage in api.stages}
        self._execution_logs = ExecutionLogs(api, execution_log)
        self._minimum_compression_size = api.minimum_compression_size
        self._arn_prefix = f"arn:{partition}:execute-api:{region}:{account}:{api.id}"
        self._formats = {
            stage.name: (stage.access_log_group, AccessLogFormat(stage.access_log_format))
            for stage in api.stages
            if stage.access_log_group is not None and stage.access_log_format is not None
        }
        shared = ApiContext(
            api,
            Authorizations(
                api,
                functions=functions,
                secret_of=secret_of,
                denial_of=denial_of,
                denial_of_call=lambda authorizer: rights.denial(f"{stack}/{authorizer.logical_id}", "authorizer"),
                region=region,
                clock=clock,
            ),
            UsagePlans(api, clock),
            BinaryMediaTypes(api.binary_media_types),
            call_service,
            validate_unmodelled_types,
            f"{region}.{'amazonaws.com.cn' if partition == 'aws-cn' else 'amazonaws.com'}",
            lambda method: rights.denial(f"{stack}/{method.logical_id}", "integration"),
        )
        handlers = [MethodHandler(method, shared) for method in api.methods]
        self._router = Router((one.method.http_method, one.method.resource_path, one) for one in handlers)
        self._unsupported = [item for handler in handlers for item in handler.unsupported]
        self._gateway_responses = self._build_gateway_responses(api)

    def unsupported(self) -> tuple[Unsupported, ...]:
        """What the API holds and the runtime does not run, or runs only in part."""
        return tuple(self._unsupported)

    async def handle(self, stage_name: str, path: str, request: Request) -> Response:
        """Answer a request; ``path`` is the percent-encoded path after the stage, beginning with ``/``."""
        started = time.perf_counter()
        stage = self._stages.get(stage_name)
        if stage is None:
            # An API without this stage: the words are inferred.
            forbidden = (("Content-Type", "application/json"), ("x-amzn-ErrorType", "ForbiddenException"))
            return Response(403, forbidden, b'{"message":"Forbidden"}')
        now = self._clock()
        ids = RequestIds.draw(now, request.headers.get("x-amzn-trace-id"))
        variables = self._contexts.build(request, stage, path, now, ids)
        context = RequestContext(request, stage, variables, ids.trace, self._arn_prefix, request.body)
        log: ExecutionLog | None = None
        try:
            handler = self._route(context, path)
            log = self._execution_logs.open(context, handler.method)
            response = await self._answer(context, handler, log)
        except GatewayError as error:
            response = self._gateway_responses.render(error, context)
            if log is not None:
                log.failed(error)
        except Exception as error:
            resource = variables.get("resourcePath")
            _log.exception("%s %s%s failed inside API Gateway", request.method, stage.name, resource)
            context.log_variables["integrationErrorMessage"] = type(error).__name__
            if log is not None:
                log.failed(InternalServerError())
            response = self._gateway_responses.render(InternalServerError(), context)
        headers = (
            ("x-amzn-RequestId", variables["requestId"]),
            ("x-amz-apigw-id", variables["extendedRequestId"]),
            *[(_renamed(name), value) for name, value in response.headers if name.lower() != "transfer-encoding"],
        )
        if log is not None:
            log.info(f"Method completed with status: {response.status}")
        self._write_access_log(context, response, started)
        return Response(response.status, headers, response.body)

    def _route(self, context: RequestContext, path: str) -> MethodHandler:
        request = context.request
        if len(request.body) > PAYLOAD_BYTES:
            raise GatewayError(GatewayType.REQUEST_TOO_LARGE, "Request Too Long")
        context.payload = unpack(request.headers, request.body, PAYLOAD_BYTES)
        match = self._router.find(request.method, path)
        if match is None:
            raise GatewayError(GatewayType.MISSING_AUTHENTICATION_TOKEN, "Missing Authentication Token")
        method = match.target.method
        context.path_parameters = match.path_parameters
        context.variables["resourceId"] = method.resource_id
        context.variables["resourcePath"] = method.resource_path
        return match.target

    async def _answer(self, context: RequestContext, handler: MethodHandler, log: ExecutionLog | None) -> Response:
        await handler.authorize(context)
        self._throttles[context.stage.name].check(handler.method.http_method, handler.method.resource_path)
        response = await handler.answer(context, log)
        if self._minimum_compression_size is None:
            return response
        return pack(context.request.headers.get("accept-encoding"), response, self._minimum_compression_size)

    def _write_access_log(self, context: RequestContext, response: Response, started: float) -> None:
        found = self._formats.get(context.stage.name)
        if found is None:
            return
        group, line_format = found
        log = context.log_variables
        log["integration"] = {
            "status": log.get("integrationStatus"),
            "integrationStatus": log.get("integrationStatus"),
            "latency": log.get("integrationLatency"),
            "error": log.get("integrationErrorMessage"),
        }
        log["status"] = response.status
        log["responseLength"] = len(response.body)
        log["responseLatency"] = round((time.perf_counter() - started) * 1000)
        self._access_log(group, line_format.line(context.variables, log))

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


def _renamed(header: str) -> str:
    return f"x-amzn-Remapped-{header}" if header.lower() in _REMAPPED else header
