"""The access log (facts/api-gateway.md#mapping-templates, apigateway-runtime.json)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from clickstream_local.common.model import Stage

Make = Callable[..., Any]


def logged(gateway: Make, method: Make, line_format: str, **request: Any) -> str:
    stage = Stage("Stage", "prod", access_log_group="/clicks/access", access_log_format=line_format)
    api = gateway(method(), stage=stage)
    api.send(**request)
    [(group, line)] = api.lines
    assert group == "/clicks/access"
    return str(line)


def test_each_request_is_a_line_in_the_format_of_the_stage(gateway: Make, method: Make) -> None:
    line_format = (
        '{"ip":"$context.identity.sourceIp","time":"$context.requestTime","method":"$context.httpMethod",'
        '"path":"$context.resourcePath","status":$context.status,"length":$context.responseLength,'
        '"integration":$context.integrationStatus,"again":$context.integration.status,'
        '"latency":$context.integrationLatency,"total":$context.responseLatency}'
    )
    entry = json.loads(logged(gateway, method, line_format))
    assert entry.pop("latency") <= entry.pop("total")
    assert entry == {
        "ip": "203.0.113.9",
        "time": "21/Nov/2026:10:00:00 +0000",
        "method": "POST",
        "path": "/events",
        "status": 200,
        "length": 36,
        "integration": 200,
        "again": 200,
    }


def test_a_refused_request_is_logged_with_its_error(gateway: Make, method: Make) -> None:
    line_format = "$context.status $context.error.responseType $context.error.messageString $context.integrationStatus"
    line = logged(gateway, method, line_format, path="/nothing")
    assert line == '403 MISSING_AUTHENTICATION_TOKEN "Missing Authentication Token" -'


def test_what_has_no_value_is_logged_as_a_dash(gateway: Make, method: Make) -> None:
    line = logged(gateway, method, "$context.identity.user $context.gone $context.identity [$context.stage]")
    assert line == "- - - [prod]"


def test_a_stage_without_an_access_log_writes_none(gateway: Make, method: Make) -> None:
    api = gateway(method())
    api.send()
    assert api.lines == []
