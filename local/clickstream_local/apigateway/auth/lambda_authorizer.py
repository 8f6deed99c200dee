"""Lambda authorizers, TOKEN and REQUEST: a function decides who gets through.

The events, the texts and the types of the refusals follow the API Gateway developer guide's pages on Lambda authorizers
(input, output and error handling).
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

from clickstream_local.apigateway.context.errors import (
    GatewayError,
    GatewayType,
    InternalServerError,
    UnsupportedSettingError,
)
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.context.variables import as_text
from clickstream_local.apigateway.mapping.parameter_mapping import MappingSource, mapped_value
from clickstream_local.common.model import Authorizer
from clickstream_local.iam.conditions import PolicyError
from clickstream_local.iam.policy import Policy, Request, decide
from clickstream_local.iam.rights import Denial
from clickstream_local.lambda_runtime.sandbox import FunctionUnavailableError, InvokeResult
from clickstream_local.vtl.bounded_regex import BoundedPattern
from clickstream_local.vtl.errors import MethodError
from clickstream_local.vtl.values import ContextMap

_MOST_KEPT = 10_000
_log = logging.getLogger(__name__)


class Functions(Protocol):
    """What can be invoked: :class:`~clickstream_local.lambda_runtime.service.LambdaService`."""

    def find(self, arn_or_name: str) -> object | None:
        """The function, or None."""

    async def invoke(self, arn_or_name: str, payload: bytes) -> InvokeResult:
        """Invoke it and wait."""


@dataclass(frozen=True)
class _AuthorizerOutput:
    """What the function said of one caller; good for all methods of the stage until ``until``."""

    principal_id: str
    policy: Any
    context: Mapping[str, str]
    usage_identifier_key: str | None
    until: float


class LambdaAuthorizer:
    """Asks the function, keeps its answer, and holds the policy in it against each method that is called.

    Raises
    ------
    UnsupportedSettingError
        Another type (``COGNITO_USER_POOLS``), a function that is not in the template, an identity source or a
        validation expression that cannot be read.
    """

    def __init__(
        self,
        authorizer: Authorizer,
        functions: Functions,
        clock: Callable[[], float],
        denial: Denial | None = None,
    ) -> None:
        if authorizer.type not in ("TOKEN", "REQUEST"):
            raise UnsupportedSettingError(f"Type {authorizer.type}: only TOKEN and REQUEST authorizers run locally")
        if authorizer.function_arn is None or functions.find(authorizer.function_arn) is None:
            raise UnsupportedSettingError(
                f"AuthorizerUri: {authorizer.function_arn} must be a function of the templates"
            )
        if not authorizer.identity_source and (authorizer.type == "TOKEN" or authorizer.ttl_seconds):
            raise UnsupportedSettingError("IdentitySource: TOKEN needs one, and REQUEST unless its TTL is 0")
        try:
            self._validation = (
                BoundedPattern(authorizer.identity_validation) if authorizer.identity_validation else None
            )
        except re.error as error:
            raise UnsupportedSettingError(
                f"IdentityValidationExpression must be a regular expression: {error}"
            ) from None
        self._sources = [mapped_value(source) for source in authorizer.identity_source]
        self._authorizer = authorizer
        self._function_arn = authorizer.function_arn
        self._functions = functions
        self._clock = clock
        self._denial = denial
        self._kept: dict[tuple[str, ...], _AuthorizerOutput] = {}

    async def check(self, context: RequestContext) -> None:
        """Let the function decide; what it gives is ``$context.authorizer`` then.

        Raises
        ------
        GatewayError
            401 ``Unauthorized`` without the identity, or when the function fails with just this word; 403 when its
            policy does not allow the method; 500 for a function that fails, answers something else, or may not be
            called.
        """
        identity = self._identity(context)
        if self._denial is not None:
            # The words of the execution log; those of a role are of the integration's.
            reason = f"API Gateway does not have permission to assume the provided role {self._denial.resource}"
            raise InternalServerError(
                reason if self._denial.of_trust else "Invalid permissions on Lambda function",
                GatewayType.AUTHORIZER_CONFIGURATION_ERROR,
            )
        arn = method_arn(context)
        key = (context.stage.name, *identity)
        output = self._kept.get(key)
        if output is None or output.until <= self._clock():
            output = await self._ask(context, identity, arn)
            if self._authorizer.ttl_seconds:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[key] = output
        # A Deny reaches gateway responses and the access log with the context too.
        context.variables.setdefault("authorizer", ContextMap()).update(output.context, principalId=output.principal_id)
        context.usage_identifier_key = output.usage_identifier_key
        try:
            verdict = decide(
                Request(context.arn_prefix, "execute-api:Invoke", arn, {"aws:SourceIp": context.request.client_ip}),
                identity=[Policy("policyDocument", output.policy)],
            )
        except (AttributeError, PolicyError, TypeError) as error:
            raise self._failure(str(error)) from None
        if not verdict.allowed:
            end = " with an explicit deny" if verdict.denied_by else ""
            raise GatewayError(GatewayType.ACCESS_DENIED, f"User is not authorized to access this resource{end}")

    def _identity(self, context: RequestContext) -> tuple[str, ...]:
        source = MappingSource(context, b"")
        identity = tuple(getter(source) or "" for getter in self._sources)
        try:
            checked = self._authorizer.type == "TOKEN" and self._validation is not None
            valid = not checked or self._validation.fullmatch(identity[0])  # type: ignore[union-attr]
        except MethodError as error:
            raise self._failure(str(error)) from error
        if not all(identity) or not valid:
            raise GatewayError(GatewayType.UNAUTHORIZED, "Unauthorized")
        return identity

    async def _ask(self, context: RequestContext, identity: tuple[str, ...], arn: str) -> _AuthorizerOutput:
        if self._authorizer.type == "TOKEN":
            event = {"type": "TOKEN", "methodArn": arn, "authorizationToken": identity[0]}
        else:
            event = _request_event(context, arn)
        started = time.perf_counter()
        try:
            result = await self._functions.invoke(self._function_arn, json.dumps(event).encode())
        except FunctionUnavailableError as error:
            raise self._failure(str(error)) from error
        latency = round((time.perf_counter() - started) * 1000)
        context.variables["authorizer"] = ContextMap(integrationLatency=latency)
        try:
            document = json.loads(result.payload)
        except ValueError:
            document = None
        if result.status != 200 or result.function_error is not None:
            if isinstance(document, dict) and document.get("errorMessage") == "Unauthorized":
                raise GatewayError(GatewayType.UNAUTHORIZED, "Unauthorized")
            raise self._failure(f"the function failed ({result.error_type})")
        return self._output(document)

    def _output(self, document: Any) -> _AuthorizerOutput:
        if not isinstance(document, dict):
            raise self._failure("the function's answer is not an object")
        context = document.get("context") or {}
        if not document.get("principalId") or not isinstance(document["principalId"], str):
            raise self._failure("the function's answer has no principalId")
        if not isinstance(context, dict) or any(isinstance(value, dict | list) for value in context.values()):
            raise self._failure("context in the function's answer holds objects or lists")
        texts = {name: as_text(value) for name, value in context.items() if value is not None}
        until = self._clock() + self._authorizer.ttl_seconds
        usage_key = document.get("usageIdentifierKey")
        return _AuthorizerOutput(document["principalId"], document.get("policyDocument"), texts, usage_key, until)

    def _failure(self, reason: str) -> GatewayError:
        _log.error("authorizer %s (%s): %s", self._authorizer.name, self._authorizer.logical_id, reason)
        return InternalServerError(response_type=GatewayType.AUTHORIZER_CONFIGURATION_ERROR)


def method_arn(context: RequestContext) -> str:
    """``arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`` of a request."""
    return f"{context.arn_prefix}/{context.stage.name}/{context.request.method}{_path(context)}"


def _path(context: RequestContext) -> str:
    path: str = context.variables["path"]
    return path.removeprefix(f"/{context.stage.name}")


def _request_event(context: RequestContext, method_arn: str) -> dict[str, Any]:
    """What the function gets, in the form that the developer guide shows (Lambda authorizer input)."""
    variables, request = context.variables, context.request
    identity = {"accountId": None, "apiKey": request.headers.get("x-api-key"), **variables["identity"]}
    members = ("accountId", "apiId", "extendedRequestId", "httpMethod", "path", "protocol", "requestId")
    return {
        "type": "REQUEST",
        "methodArn": method_arn,
        "resource": variables["resourcePath"],
        "path": _path(context),
        "httpMethod": request.method,
        "headers": context.header_parameters,
        "multiValueHeaders": _lists(request.headers.pairs()),
        "queryStringParameters": context.query_parameters,
        "multiValueQueryStringParameters": _lists(parse_qsl(request.query, keep_blank_values=True)),
        "pathParameters": dict(context.path_parameters),
        "stageVariables": dict(context.stage.variables),
        "requestContext": {
            **{name: variables[name] for name in members},
            "domainName": variables["domainName"],
            "identity": identity,
            "requestTime": variables["requestTime"],
            "requestTimeEpoch": variables["requestTimeEpoch"],
            "resourceId": variables["resourceId"],
            "resourcePath": variables["resourcePath"],
            "stage": variables["stage"],
        },
    }


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists
