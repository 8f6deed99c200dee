"""The event of a REQUEST authorizer: the whole request, but for its body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from clickstream_local.apigateway.context.request_context import Exchange


def request_event(exchange: Exchange, method_arn: str) -> dict[str, Any]:
    """What the function gets, in the form that the developer guide shows (Lambda authorizer input)."""
    context = exchange.context
    request = exchange.request
    identity = {"accountId": None, "apiKey": request.headers.get("x-api-key"), **context["identity"]}
    members = ("accountId", "apiId", "extendedRequestId", "httpMethod", "path", "protocol", "requestId")
    return {
        "type": "REQUEST",
        "methodArn": method_arn,
        "resource": context["resourcePath"],
        "path": context["path"].removeprefix(f"/{exchange.stage.name}"),
        "httpMethod": request.method,
        "headers": exchange.header_parameters,
        "multiValueHeaders": _lists(request.headers.pairs()),
        "queryStringParameters": exchange.query_parameters,
        "multiValueQueryStringParameters": _lists(parse_qsl(request.query, keep_blank_values=True)),
        "pathParameters": dict(exchange.path_parameters),
        "stageVariables": dict(exchange.stage.variables),
        "requestContext": {
            **{name: context[name] for name in members},
            "domainName": context["domainName"],
            "identity": identity,
            "requestTime": context["requestTime"],
            "requestTimeEpoch": context["requestTimeEpoch"],
            "resourceId": context["resourceId"],
            "resourcePath": context["resourcePath"],
            "stage": context["stage"],
        },
    }


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists
