"""Which method answers a path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.apigateway.routing import Router

Make = Callable[..., Any]
ROUTES = [
    ("POST", "/events", "events"),
    ("GET", "/users/me", "me"),
    ("GET", "/users/{id}", "user"),
    ("ANY", "/users/{id}/clicks", "clicks"),
    ("GET", "/files/{path+}", "files"),
    ("GET", "/", "root"),
]


@pytest.mark.parametrize(
    ("http_method", "path", "target", "parameters"),
    [
        ("POST", "/events", "events", {}),
        ("POST", "/events/", "events", {}),
        ("POST", "/%65vents", "events", {}),
        ("GET", "/", "root", {}),
        ("GET", "/users/me", "me", {}),
        ("GET", "/users/a%20b", "user", {"id": "a b"}),
        ("DELETE", "/users/7/clicks", "clicks", {"id": "7"}),
        ("GET", "/users/me/clicks", "clicks", {"id": "me"}),
        ("GET", "/files/a/b.txt", "files", {"path": "a/b.txt"}),
    ],
)
def test_a_path_finds_the_most_specific_resource(
    http_method: str, path: str, target: str, parameters: dict[str, str]
) -> None:
    match = Router(ROUTES).find(http_method, path)
    assert match is not None
    assert (match.target, match.path_parameters) == (target, parameters)


@pytest.mark.parametrize(
    ("http_method", "path"),
    [("GET", "/events"), ("POST", "/event"), ("POST", "/events/1"), ("GET", "/files"), ("POST", "/EVENTS")],
)
def test_an_unknown_path_or_method_finds_nothing(http_method: str, path: str) -> None:
    assert Router(ROUTES).find(http_method, path) is None


@pytest.mark.parametrize(("http_method", "path"), [("GET", "/events"), ("POST", "/nothing"), ("POST", "/")])
def test_what_is_not_found_is_403_missing_authentication_token(
    gateway: Make, method: Make, message: Make, header: Make, http_method: str, path: str
) -> None:
    """facts/api-gateway.md#gateway-responses: unknown path or method is 403 Missing Authentication Token, not 404."""
    api = gateway(method())
    response = api.send(path, method=http_method)
    assert message(response) == (403, "Missing Authentication Token")
    assert header(response, "x-amzn-ErrorType") == "MissingAuthenticationTokenException"
    assert api.calls == []


def test_an_unknown_stage_is_403_forbidden(gateway: Make, method: Make, message: Make) -> None:
    assert message(gateway(method()).send(stage="dev")) == (403, "Forbidden")


def test_path_parameters_reach_the_template(gateway: Make, method: Make) -> None:
    api = gateway(method("$input.params('id')|$input.params().path.id", path="/users/{id}"))
    api.send("/users/a%2Fb")
    assert api.sent == "a/b|a/b"


def test_head_needs_a_method_of_its_own(gateway: Make, method: Make, message: Make) -> None:
    """facts/api-gateway.md#gateway-responses: an unknown method is a missing authentication token."""
    assert message(gateway(method(http_method="GET")).send(method="HEAD"))[0] == 403
    assert gateway(method(http_method="ANY")).send(method="HEAD").status == 200
