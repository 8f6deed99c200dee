"""Required parameters (aws-facts 10.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]
PARAMETERS = {
    "method.request.header.X-Source": True,
    "method.request.querystring.page": True,
    "method.request.querystring.size": False,
}


@pytest.fixture
def api(gateway: Make, method: Make) -> Any:
    return gateway(method(validate_parameters=True, request_parameters=PARAMETERS))


def test_a_request_with_all_required_parameters_passes(api: Any) -> None:
    assert api.send(headers={"X-Source": "web"}, query="page=1").status == 200


@pytest.mark.parametrize(
    ("headers", "query", "missing"),
    [
        ({}, "", "X-Source, page"),
        ({"X-Source": "web"}, "", "page"),
        ({"X-Source": " "}, "page=1", "X-Source"),
        ({"x-source": "web"}, "page=1", "X-Source"),
        ({"X-Source": "web"}, "page=", "page"),
        ({"X-Source": "web"}, "Page=1", "page"),
    ],
)
def test_a_missing_or_blank_parameter_is_400_and_named(
    api: Any, message: Make, header: Make, headers: dict[str, str], query: str, missing: str
) -> None:
    response = api.send(headers=headers, query=query)
    assert message(response) == (400, f"Missing required request parameters: [{missing}]")
    assert header(response, "x-amzn-ErrorType") == "BadRequestException"
    assert api.calls == []


def test_without_a_validator_parameters_are_not_required(gateway: Make, method: Make) -> None:
    assert gateway(method(request_parameters=PARAMETERS)).send().status == 200


def test_parameters_are_checked_before_the_body(gateway: Make, method: Make, message: Make) -> None:
    one = method(
        validate_parameters=True,
        request_parameters=PARAMETERS,
        validate_body=True,
        request_models={"application/json": "Empty"},
    )
    assert message(gateway(one).send(body="no json"))[1].startswith("Missing required")
