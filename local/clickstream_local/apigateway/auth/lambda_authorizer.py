"""Lambda authorizers, TOKEN and REQUEST: a function decides who gets through.

The events, the texts and the types of the refusals follow the API Gateway developer guide's pages on Lambda authorizers
(input, output and error handling).
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from clickstream_local.apigateway.auth.authorizer_event import request_event
from clickstream_local.apigateway.auth.policy import PolicyError, Verdict, evaluate
from clickstream_local.apigateway.context.errors import GatewayError, UnsupportedSettingError
from clickstream_local.apigateway.context.gateway_types import GatewayType
from clickstream_local.apigateway.context.request_context import Exchange
from clickstream_local.apigateway.mapping.parameter_mapping import Source, mapped_value
from clickstream_local.common.model import Authorizer
from clickstream_local.lambda_runtime import InvokeResult

_MOST_KEPT = 10_000
_log = logging.getLogger(__name__)


class Functions(Protocol):
    """What can be invoked: :class:`~clickstream_local.lambda_runtime.LambdaService`."""

    def find(self, arn_or_name: str) -> object | None:
        """The function, or None."""

    async def invoke(self, arn_or_name: str, payload: bytes) -> InvokeResult:
        """Invoke it and wait."""


@dataclass(frozen=True)
class _Answer:
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

    def __init__(self, authorizer: Authorizer, functions: Functions, clock: Callable[[], float]) -> None:
        if authorizer.type not in ("TOKEN", "REQUEST"):
            raise UnsupportedSettingError(f"Type {authorizer.type}: only TOKEN and REQUEST authorizers run locally")
        if authorizer.function_arn is None or functions.find(authorizer.function_arn) is None:
            raise UnsupportedSettingError(f"AuthorizerUri: {authorizer.function_arn} is no function of the templates")
        if not authorizer.identity_source and (authorizer.type == "TOKEN" or authorizer.ttl_seconds):
            raise UnsupportedSettingError("IdentitySource: TOKEN needs one, and REQUEST unless its TTL is 0")
        try:
            self._validation = re.compile(authorizer.identity_validation) if authorizer.identity_validation else None
        except re.error as error:
            raise UnsupportedSettingError(f"IdentityValidationExpression is no regular expression: {error}") from None
        self._sources = [mapped_value(source) for source in authorizer.identity_source]
        self._authorizer = authorizer
        self._function_arn = authorizer.function_arn
        self._functions = functions
        self._clock = clock
        self._kept: dict[tuple[str, ...], _Answer] = {}

    async def check(self, exchange: Exchange) -> None:
        """Let the function decide; what it gives is ``$context.authorizer`` then.

        Raises
        ------
        GatewayError
            401 ``Unauthorized`` without the identity, or when the function fails with just this word; 403 when its
            policy does not allow the method; 500 for a function that fails, or answers something else.
        """
        identity = self._identity(exchange)
        arn = method_arn(exchange)
        key = (exchange.stage.name, *identity)
        answer = self._kept.get(key)
        if answer is None or answer.until <= self._clock():
            answer = await self._ask(exchange, identity, arn)
            if self._authorizer.ttl_seconds:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[key] = answer
        # A Deny reaches gateway responses and the access log with the context too.
        exchange.context.setdefault("authorizer", {}).update(answer.context, principalId=answer.principal_id)
        exchange.usage_identifier_key = answer.usage_identifier_key
        try:
            verdict = evaluate(answer.policy, arn)
        except PolicyError as error:
            raise self._failure(str(error)) from None
        if verdict is not Verdict.ALLOWED:
            end = " with an explicit deny" if verdict is Verdict.EXPLICITLY_DENIED else ""
            raise GatewayError(GatewayType.ACCESS_DENIED, f"User is not authorized to access this resource{end}")

    def _identity(self, exchange: Exchange) -> tuple[str, ...]:
        source = Source(exchange, "")
        identity = tuple(getter(source) or "" for getter in self._sources)
        valid = self._validation is None or self._authorizer.type != "TOKEN" or self._validation.fullmatch(identity[0])
        if not all(identity) or not valid:
            raise GatewayError(GatewayType.UNAUTHORIZED, "Unauthorized")
        return identity

    async def _ask(self, exchange: Exchange, identity: tuple[str, ...], arn: str) -> _Answer:
        if self._authorizer.type == "TOKEN":
            event = {"type": "TOKEN", "methodArn": arn, "authorizationToken": identity[0]}
        else:
            event = request_event(exchange, arn)
        started = time.perf_counter()
        result = await self._functions.invoke(self._function_arn, json.dumps(event).encode())
        latency = round((time.perf_counter() - started) * 1000)
        exchange.context["authorizer"] = {"integrationLatency": latency}
        try:
            document = json.loads(result.payload)
        except ValueError:
            document = None
        if result.status != 200 or result.function_error is not None:
            if isinstance(document, dict) and document.get("errorMessage") == "Unauthorized":
                raise GatewayError(GatewayType.UNAUTHORIZED, "Unauthorized")
            raise self._failure(f"the function failed ({result.error_type})")
        return self._answer(document)

    def _answer(self, document: Any) -> _Answer:
        if not isinstance(document, dict):
            raise self._failure("the function's answer is not an object")
        context = document.get("context") or {}
        if not document.get("principalId") or not isinstance(document["principalId"], str):
            raise self._failure("the function's answer has no principalId")
        if not isinstance(context, dict) or any(isinstance(value, dict | list) for value in context.values()):
            raise self._failure("context in the function's answer holds objects or lists")
        texts = {name: _text(value) for name, value in context.items() if value is not None}
        until = self._clock() + self._authorizer.ttl_seconds
        usage_key = document.get("usageIdentifierKey")
        return _Answer(document["principalId"], document.get("policyDocument"), texts, usage_key, until)

    def _failure(self, reason: str) -> GatewayError:
        _log.error("authorizer %s (%s): %s", self._authorizer.name, self._authorizer.logical_id, reason)
        return GatewayError(GatewayType.AUTHORIZER_CONFIGURATION_ERROR, "Internal server error")


def method_arn(exchange: Exchange) -> str:
    """``arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`` of a request."""
    context = exchange.context
    path = context["path"].removeprefix(f"/{exchange.stage.name}")
    return f"{exchange.arn_prefix}/{exchange.stage.name}/{context['httpMethod']}{path}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
