"""The worker: what a handler sees, and what is made of its answer."""

from __future__ import annotations

import json

import pytest

from support.local_lambda import ARN, Invoke


def test_the_answer_is_what_the_handler_returns_as_json(invoke: Invoke) -> None:
    (result,) = invoke("def handler(event, context):\n    return {'got': event}", [1, "é"])
    assert (result.status, result.function_error, json.loads(result.payload)) == (200, None, {"got": [1, "é"]})


@pytest.mark.parametrize(
    ("runtime", "text"), [("python3.11", b'{"a": "\\u00e9"}'), ("python3.12", '{"a": "é"}'.encode())]
)
def test_the_answer_is_marshalled_as_the_runtime_does(invoke: Invoke, runtime: str, text: bytes) -> None:
    """facts/firehose.md#function-reply: default separators; runtimes up to 3.11 escape what is not ASCII."""
    (result,) = invoke("def handler(event, context):\n    return {'a': 'é'}", None, runtime=runtime)
    assert result.payload == text


def test_the_context_names_function_request_and_time_left(invoke: Invoke) -> None:
    code = (
        "def handler(event, c):\n"
        "    return [c.function_name, c.invoked_function_arn, c.memory_limit_in_mb, c.log_group_name,\n"
        "            c.aws_request_id, c.get_remaining_time_in_millis()]"
    )
    (result,) = invoke(code, None, timeout_seconds=7)
    name, arn, memory, group, request_id, left = json.loads(result.payload)
    assert (name, arn, memory, group) == ("transform", ARN, "128", "/aws/lambda/transform")
    assert request_id == result.request_id
    assert 6000 < left <= 7000


def test_an_exception_is_a_function_error_and_the_process_lives_on(invoke: Invoke) -> None:
    code = (
        "import os\ndef handler(event, context):\n    if event: raise ValueError('no ' + event)\n    return os.getpid()"
    )
    before, failed, after = invoke(code, "", "luck", "")
    described = json.loads(failed.payload)
    assert (failed.status, failed.function_error, failed.error_type) == (200, "Unhandled", "ValueError")
    assert (described["errorMessage"], described["errorType"]) == ("no luck", "ValueError")
    assert "app.py" in described["stackTrace"][0]
    assert before.payload == after.payload


@pytest.mark.parametrize(
    ("code", "handler", "kind", "message"),
    [
        ("def handler(:", "app.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("", "app.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("", "none.handler", "Runtime.ImportModuleError", "Unable to import module 'none'"),
        ("import app2", "app.handler", "Runtime.ImportModuleError", "No module named 'app2'"),
        ("None.x", "app.handler", "AttributeError", "'NoneType' object has no attribute 'x'"),
    ],
)
def test_a_handler_that_cannot_be_loaded_is_named(
    invoke: Invoke, code: str, handler: str, kind: str, message: str
) -> None:
    (result,) = invoke(code, None, handler=handler)
    assert (result.function_error, result.error_type) == ("Unhandled", kind)
    assert message in json.loads(result.payload)["errorMessage"]


def test_an_answer_that_is_not_json_is_a_marshal_error(invoke: Invoke) -> None:
    (result,) = invoke("def handler(event, context):\n    return {1, 2}", None)
    assert result.error_type == "Runtime.MarshalError"


def test_a_function_cannot_break_the_protocol_with_its_output(invoke: Invoke) -> None:
    code = (
        "import os, sys\ndef handler(event, context):\n"
        "    os.write(1, b'junk')\n    sys.stdin.read()\n    return 'fine'"
    )
    first, second = invoke(code, 1, 2)
    assert (first.payload, second.payload) == (b'"fine"', b'"fine"')
