"""Who may use the wire APIs and the pages: programs and pages of this machine."""

from __future__ import annotations

import pytest

from clickstream_local.common.http import Headers, Request
from clickstream_local.serve.own_requests import from_this_machine


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"Host": "127.0.0.1:4580"}, True),
        ({"Host": "LOCALHOST"}, True),
        ({"Host": "[::1]:4580"}, True),
        ({"Host": "localhost:4580", "Origin": "http://localhost:4580"}, True),
        ({}, False),
        ({"Host": ""}, False),
        ({"Host": "rebound.example:4580"}, False),
        ({"Host": "127.0.0.1.rebound.example"}, False),
        ({"Host": "localhost:4580", "Origin": "http://localhost:3000"}, False),
        ({"Host": "localhost:4580", "Origin": "http://[::1"}, False),
        ({"Host": "localhost:4580", "Origin": "null"}, False),
    ],
)
def test_only_requests_that_name_this_machine_are_its_own(headers: dict[str, str], own: bool) -> None:
    assert from_this_machine(Request("GET", "/", headers=Headers(headers.items()))) is own
