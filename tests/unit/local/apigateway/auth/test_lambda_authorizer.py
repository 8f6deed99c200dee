"""Lambda authorizers: what the function sees, and what its answer does (developer guide, Lambda authorizers)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from clickstream_local.common.model import Authorizer, Stage
from clickstream_local.lambda_runtime.sandbox import InvokeResult

Make = Callable[..., Any]
API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
TOKEN = Authorizer(
    "Auth",
    "auth-id",
    "auth",
    "TOKEN",
    "arn:aws:lambda:eu-west-1:111122223333:function:auth",
    ("method.request.header.Authorization",),
)
SOURCES = ("method.request.header.X-User", "method.request.querystring.t", "stageVariables.team")
REQUEST = replace(TOKEN, type="REQUEST", identity_source=SOURCES)
BEARER = {"Authorization": "Bearer 1"}


def policy(effect: str = "Allow", resource: Any = "*", action: Any = "execute-api:Invoke") -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]}


def answer(document: Any = None, **members: Any) -> dict[str, Any]:
    return {"principalId": "u-1", "policyDocument": document or policy()} | members


@pytest.fixture
def guarded(gateway: Make, method: Make) -> Make:
    """An API whose methods an authorizer guards."""

    def make(
        authorizer: Authorizer = TOKEN, template: str = "x", paths: tuple[str, ...] = ("/events",), **api: Any
    ) -> Any:
        custom = {"authorization_type": "CUSTOM", "authorizer_id": "auth-id"}
        made = gateway(*(method(template, path=path, **custom) for path in paths), authorizers=(authorizer,), **api)
        made.functions.answer = answer()
        return made

    return make


def test_a_token_authorizer_gets_the_token_and_the_arn_of_the_method(guarded: Make) -> None:
    api = guarded()
    assert api.send(headers=BEARER).status == 200
    assert api.functions.events == [
        {"type": "TOKEN", "authorizationToken": "Bearer 1", "methodArn": f"{API}/prod/POST/events"}
    ]


def test_a_request_authorizer_gets_the_request_without_its_body(guarded: Make) -> None:
    api = guarded(REQUEST, paths=("/shops/{id}",), stage=Stage("Stage", "prod", {"team": "web"}))
    assert api.send("/shops/7", b"secret", headers={"X-User": "u"}, query="t=1&t=2").status == 200
    (event,) = api.functions.events
    assert (event["type"], event["methodArn"]) == ("REQUEST", f"{API}/prod/POST/shops/7")
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/shops/{id}", "/shops/7", "POST")
    assert event["headers"]["X-User"] == "u"
    assert event["queryStringParameters"] == {"t": "2"}
    assert event["multiValueQueryStringParameters"] == {"t": ["1", "2"]}
    assert (event["pathParameters"], event["stageVariables"]) == ({"id": "7"}, {"team": "web"})
    assert event["requestContext"]["identity"]["sourceIp"] == "203.0.113.9"
    assert "secret" not in json.dumps(event)


@pytest.mark.parametrize(
    ("authorizer", "headers", "query"),
    [
        pytest.param(TOKEN, {}, "", id="no token"),
        pytest.param(TOKEN, {"Authorization": ""}, "", id="empty token"),
        pytest.param(replace(TOKEN, identity_validation=r"Bearer \d{2}"), BEARER, "", id="token of another form"),
        pytest.param(REQUEST, {"X-User": "u"}, "", id="one of several sources missing"),
    ],
)
def test_without_the_identity_it_is_401_and_the_function_is_not_asked(
    guarded: Make, message: Make, header: Make, authorizer: Authorizer, headers: dict[str, str], query: str
) -> None:
    api = guarded(authorizer, stage=Stage("Stage", "prod", {"team": "web"}))
    response = api.send(headers=headers, query=query)
    assert message(response) == (401, "Unauthorized")
    assert header(response, "x-amzn-ErrorType") == "UnauthorizedException"
    assert (api.functions.events, api.calls) == ([], [])


def test_principal_and_context_are_there_as_text(guarded: Make) -> None:
    api = guarded(template="$context.authorizer.principalId $context.authorizer.n $context.authorizer.b")
    api.functions.answer = answer(context={"n": 1, "b": True, "gone": None})
    api.send(headers=BEARER)
    assert api.sent == "u-1 1 true"


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (policy("Deny"), "User is not authorized to access this resource with an explicit deny"),
        (policy(resource=f"{API}/prod/GET/*"), "User is not authorized to access this resource"),
        (policy(action="execute-api:ManageConnections"), "User is not authorized to access this resource"),
        ({"Statement": []}, "User is not authorized to access this resource"),
        (
            {"Statement": [*policy()["Statement"], *policy("Deny", f"{API}/*/POST/eve*")["Statement"]]},
            "User is not authorized to access this resource with an explicit deny",
        ),
    ],
)
def test_what_the_policy_does_not_allow_is_403(guarded: Make, header: Make, document: Any, text: str) -> None:
    """facts/api-gateway.md#gateway-responses: the body of ACCESS_DENIED has a capital Message."""
    api = guarded()
    api.functions.answer = answer(document)
    response = api.send(headers=BEARER)
    assert (response.status, json.loads(response.body)) == (403, {"Message": text})
    assert header(response, "x-amzn-ErrorType") == "AccessDeniedException"
    assert api.calls == []


@pytest.mark.parametrize(
    "resource",
    [
        f"{API}/prod/POST/events",
        f"{API}/*/events",
        f"{API}/pro?/*",
        "arn:aws:execute-api:*",
        ["arn:other", f"{API}/prod/*"],
    ],
)
def test_wildcards_of_a_policy_are_followed(guarded: Make, resource: Any) -> None:
    api = guarded()
    api.functions.answer = answer(policy(resource=resource, action=["execute-api:*"]))
    assert api.send(headers=BEARER).status == 200


@pytest.mark.parametrize(("network", "status"), [("203.0.113.0/24", 200), ("10.0.0.0/8", 403)])
def test_a_condition_on_the_caller_s_address_is_followed(guarded: Make, network: str, status: int) -> None:
    api = guarded()
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    api.functions.answer = answer({"Statement": [{**statement, "Condition": {"IpAddress": {"aws:SourceIp": network}}}]})
    assert api.send(headers=BEARER).status == status


def test_an_answer_is_kept_for_its_time_and_held_against_each_method(guarded: Make) -> None:
    api = guarded(paths=("/events", "/records"))
    api.functions.answer = answer(policy(resource=f"{API}/prod/POST/events"))
    assert [api.send(path, headers=BEARER).status for path in ("/events", "/records", "/events")] == [200, 403, 200]
    assert len(api.functions.events) == 1
    api.send(headers={"Authorization": "Bearer 2"})
    assert len(api.functions.events) == 2
    api.now += 300
    api.send(headers=BEARER)
    assert len(api.functions.events) == 3


def test_a_ttl_of_zero_asks_every_time(guarded: Make) -> None:
    api = guarded(replace(TOKEN, ttl_seconds=0))
    assert [api.send(headers=BEARER).status for _ in range(2)] == [200, 200]
    assert len(api.functions.events) == 2


def test_a_function_that_fails_with_the_word_unauthorized_is_401(guarded: Make, message: Make) -> None:
    api = guarded()
    payload = b'{"errorMessage": "Unauthorized", "errorType": "Exception"}'
    api.functions.answer = InvokeResult(200, payload, "id", function_error="Unhandled", error_type="Exception")
    assert message(api.send(headers=BEARER)) == (401, "Unauthorized")


@pytest.mark.parametrize(
    "result",
    [
        InvokeResult(200, b'{"errorMessage": "no"}', "id", function_error="Unhandled", error_type="KeyError"),
        InvokeResult(413, b"{}", "id", error_type="RequestTooLargeException"),
        InvokeResult(200, b"not json", "id"),
        {"policyDocument": policy()},
        {"principalId": "u"},
        answer({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Same": {"a": "b"}}}]}),
        answer({"Statement": [{"Effect": "Allow", "Action": "*"}]}),
        answer({"Version": "2012-10-17"}),
        answer({"Statement": [{"Effect": "Permit", "Action": "*", "Resource": "*"}]}),
        answer({"Statement": ["Allow"]}),
        answer({"Statement": [{"Effect": "Allow", "Action": 1, "Resource": "*"}]}),
        answer(context={"list": []}),
    ],
)
def test_a_function_that_fails_or_answers_something_else_is_500_and_says_why_in_the_log(
    guarded: Make, message: Make, caplog: pytest.LogCaptureFixture, result: Any
) -> None:
    api = guarded()
    api.functions.answer = result
    assert message(api.send(headers=BEARER)) == (500, "Internal server error")
    assert "authorizer auth (Auth): " in caplog.text
    assert "Bearer" not in caplog.text
    assert api.calls == []


@pytest.mark.parametrize(
    ("authorizer", "words"),
    [
        (replace(TOKEN, type="COGNITO_USER_POOLS"), "Type COGNITO_USER_POOLS: only TOKEN and REQUEST"),
        (replace(TOKEN, function_arn="arn:other"), "AuthorizerUri: arn:other must be a function of the templates"),
        (replace(TOKEN, function_arn=None), "AuthorizerUri: None"),
        (replace(TOKEN, identity_source=()), "IdentitySource"),
        (replace(TOKEN, identity_validation="("), "IdentityValidationExpression must be a regular expression"),
        (replace(TOKEN, id="another"), "no authorizer 'auth-id' is there"),
    ],
)
def test_an_authorizer_that_cannot_run_is_named_at_start_and_lets_nobody_through(
    guarded: Make, message: Make, authorizer: Authorizer, words: str
) -> None:
    api = guarded(authorizer)
    (found,) = api.service.unsupported()
    assert words in found.reason
    assert message(api.send(headers=BEARER)) == (500, "Internal server error")
    assert api.calls == []
