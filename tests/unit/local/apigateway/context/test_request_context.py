"""The parameters of a request (facts/api-gateway.md#mapping-templates, #limits)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]


def test_dropped_headers_are_not_there_for_mapping(gateway: Make, method: Make) -> None:
    """apigateway-runtime.json, headers.dropped_before_mapping."""
    api = gateway(method("[$input.params('Expect')][$input.params('TE')][$input.params('X-Kept')]"))
    api.send(headers={"Expect": "100-continue", "TE": "trailers", "X-Kept": "yes"})
    assert api.sent == "[][][yes]"


def test_params_look_in_path_then_query_then_header(gateway: Make, method: Make) -> None:
    """facts/api-gateway.md#mapping-templates."""
    api = gateway(method("$input.params('id') $input.params('q') $input.params('h')", path="/e/{id}"))
    api.send("/e/path", headers={"id": "header", "q": "header", "h": "header"}, query="id=query&q=query")
    assert api.sent == "path query header"


def test_a_semicolon_separates_query_parameters(gateway: Make, method: Make) -> None:
    """facts/api-gateway.md#limits."""
    api = gateway(method("$input.params('a')|$input.params('b')"))
    api.send(query="a=1;b=2")
    assert api.sent == "1|2"


@pytest.mark.parametrize("name", ["X-Forwarded-For", "x-forwarded-for"])
def test_the_client_is_added_to_x_forwarded_for(gateway: Make, method: Make, name: str) -> None:
    """facts/api-gateway.md#mapping-templates, identity.sourceIp."""
    api = gateway(method("$input.params('X-Forwarded-For')|$input.params('x-forwarded-for')"))
    api.send(headers={name: "198.51.100.1"})
    assert api.sent == "198.51.100.1, 203.0.113.9|"
