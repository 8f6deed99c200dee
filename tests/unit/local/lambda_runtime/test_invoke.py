"""Functions in their own processes: what they see, what they answer, how they fail."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.model import Function
from clickstream_local.lambda_runtime.sandbox import MAX_PAYLOAD_BYTES, InvokeResult
from clickstream_local.lambda_runtime.service import LambdaService, unsupported_function

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:transform"
Invoke = Callable[..., list[InvokeResult]]


@pytest.fixture
def invoke(tmp_path: Path) -> Invoke:
    """Write a handler module, invoke it with each event in turn, and end it."""

    def run(
        code: str, *events: Any, handler: str = "app.handler", name: str = ARN, **options: Any
    ) -> list[InvokeResult]:
        asset = tmp_path / "asset"
        asset.mkdir(exist_ok=True)
        (asset / "app.py").write_text(code)
        options = {"runtime": "python3.13"} | options
        function = Function("Fn", "transform", ARN, handler=handler, code_dir=asset, **options)

        async def main() -> list[InvokeResult]:
            logs = Logs(tmp_path)
            service = LambdaService([function], endpoint_url="http://127.0.0.1:9", logs=logs, region="eu-west-1")
            try:
                return [await service.invoke(name, json.dumps(event).encode()) for event in events]
            finally:
                await service.close()

        return asyncio.run(main())

    return run


def messages(tmp_path: Path) -> list[str]:
    return [event.message for event in Logs(tmp_path).events("/aws/lambda/transform")]


def test_the_answer_is_what_the_handler_returns_as_json(invoke: Invoke) -> None:
    (result,) = invoke("def handler(event, context):\n    return {'got': event}", [1, "é"])
    assert (result.status, result.function_error, json.loads(result.payload)) == (200, None, {"got": [1, "é"]})


@pytest.mark.parametrize(
    ("runtime", "text"), [("python3.11", b'{"a": "\\u00e9"}'), ("python3.12", '{"a": "é"}'.encode())]
)
def test_the_answer_is_marshalled_as_the_runtime_does(invoke: Invoke, runtime: str, text: bytes) -> None:
    """transforms.md section 2: default separators; runtimes up to 3.11 escape what is not ASCII."""
    (result,) = invoke("def handler(event, context):\n    return {'a': 'é'}", None, runtime=runtime)
    assert result.payload == text


def test_the_process_stays_warm(invoke: Invoke) -> None:
    results = invoke("import os\ndef handler(event, context):\n    return os.getpid()", 1, 2)
    assert results[0].payload == results[1].payload != str(os.getpid()).encode()


@pytest.mark.parametrize("name", [ARN, f"{ARN}:$LATEST", "transform"])
def test_a_function_is_found_by_name_arn_and_qualified_arn(invoke: Invoke, name: str) -> None:
    (result,) = invoke("def handler(event, context):\n    return 1", None, name=name)
    assert result.payload == b"1"


def test_a_function_that_has_reserved_no_concurrency_is_throttled(invoke: Invoke) -> None:
    (result,) = invoke("def handler(event, context):\n    return 1", None, reserved_concurrency=0)
    assert (result.status, result.error_type) == (429, "TooManyRequestsException")


def test_a_function_that_has_reserved_some_runs(invoke: Invoke) -> None:
    (result,) = invoke("def handler(event, context):\n    return 1", None, reserved_concurrency=5)
    assert result.payload == b"1"


def test_an_unknown_function_is_a_404(invoke: Invoke) -> None:
    (result,) = invoke("", None, name="other")
    assert (result.status, result.error_type) == (404, "ResourceNotFoundException")


def test_the_environment_is_the_functions_own(invoke: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the caller's")
    code = "import os\ndef handler(event, context):\n    return dict(os.environ)"
    (result,) = invoke(code, None, environment={"STAGE": "test", "AWS_REGION": "mars"}, memory_mb=256)
    seen = json.loads(result.payload)
    assert "AWS_PROFILE" not in seen
    assert "HOME" not in seen
    expected = {
        "STAGE": "test",
        "AWS_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_NAME": "transform",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "_HANDLER": "app.handler",
        "LAMBDA_TASK_ROOT": str(tmp_path / "asset"),
        "AWS_ACCESS_KEY_ID": "LOCALFUNCTION1",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    assert {name: seen[name] for name in expected} == expected


def test_boto3_is_there_and_points_at_the_runtime(invoke: Invoke) -> None:
    code = "import boto3\ndef handler(event, context):\n    return boto3.client('firehose').meta.endpoint_url"
    (result,) = invoke(code, None)
    assert json.loads(result.payload) == "http://127.0.0.1:9"


def test_a_package_that_lambda_does_not_have_is_not_found(invoke: Invoke) -> None:
    (result,) = invoke("import pyarrow\ndef handler(event, context):\n    pass", None)
    assert result.error_type == "Runtime.ImportModuleError"
    assert "pyarrow" in json.loads(result.payload)["errorMessage"]


def test_the_asset_is_not_written_to(invoke: Invoke, tmp_path: Path) -> None:
    invoke("import json\ndef handler(event, context):\n    return 1", None)
    assert [path.name for path in (tmp_path / "asset").iterdir()] == ["app.py"]


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


def test_a_timeout_ends_the_process_and_the_next_invocation_has_a_new_one(invoke: Invoke, tmp_path: Path) -> None:
    code = "import os, time\ndef handler(event, context):\n    time.sleep(event)\n    return os.getpid()"
    before, failed, after = invoke(code, 0, 30, 0, timeout_seconds=1)
    assert failed.error_type == "Sandbox.Timedout"
    assert json.loads(failed.payload)["errorMessage"].endswith("Task timed out after 1.00 seconds")
    assert before.payload != after.payload
    assert any(line.endswith(f"{failed.request_id} Task timed out after 1.00 seconds") for line in messages(tmp_path))


def test_a_process_that_exits_is_reported_as_lambda_does(invoke: Invoke) -> None:
    exited, again = invoke("import os\ndef handler(event, context):\n    os._exit(3) if event else None", True, False)
    assert exited.error_type == "Runtime.ExitError"
    assert json.loads(exited.payload)["errorMessage"].endswith("Runtime exited with error: exit status 3")
    assert again.payload == b"null"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is limited where /proc shows it")
def test_a_function_over_its_memory_is_killed(invoke: Invoke) -> None:
    code = "import time\ndef handler(event, context):\n    held = bytearray(300_000_000)\n    time.sleep(10)"
    (result,) = invoke(code, None, memory_mb=128, timeout_seconds=30)
    assert json.loads(result.payload)["errorMessage"].endswith("Runtime exited with error: signal: killed")


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


@pytest.mark.parametrize(
    ("length", "error"), [(MAX_PAYLOAD_BYTES - 2, None), (MAX_PAYLOAD_BYTES - 1, "Function.ResponseSizeTooLarge")]
)
def test_a_response_holds_at_most_six_megabytes(invoke: Invoke, length: int, error: str | None) -> None:
    """transforms.md section 2: 6,291,556 bytes, counted as marshalled."""
    (result,) = invoke("def handler(event, context):\n    return 'x' * event", length)
    assert result.error_type == error


def test_a_request_holds_at_most_six_megabytes(invoke: Invoke) -> None:
    """transforms.md section 2."""
    fits, too_large = invoke(
        "def handler(event, context):\n    return len(event)",
        "x" * (MAX_PAYLOAD_BYTES - 2),
        "x" * (MAX_PAYLOAD_BYTES - 1),
    )
    assert fits.payload == str(MAX_PAYLOAD_BYTES - 2).encode()
    assert (too_large.status, too_large.error_type) == (413, "RequestTooLargeException")


def test_what_is_printed_and_logged_stands_between_start_and_end(invoke: Invoke, tmp_path: Path) -> None:
    code = (
        "import logging\ndef handler(event, context):\n"
        "    print('one')\n    logging.warning('two')\n    print('x', end='')"
    )
    (result,) = invoke(code, None)
    start, one, two, last, end, report = messages(tmp_path)
    assert start == f"START RequestId: {result.request_id} Version: $LATEST"
    assert (one, last, end) == ("one", "x", f"END RequestId: {result.request_id}")
    assert two.startswith("[WARNING]\t")
    assert two.endswith(f"\t{result.request_id}\ttwo")
    assert report.startswith(f"REPORT RequestId: {result.request_id}\tDuration: ")
    assert "Init Duration" in report


def test_a_function_cannot_break_the_protocol_with_its_output(invoke: Invoke) -> None:
    code = (
        "import os, sys\ndef handler(event, context):\n"
        "    os.write(1, b'junk')\n    sys.stdin.read()\n    return 'fine'"
    )
    first, second = invoke(code, 1, 2)
    assert (first.payload, second.payload) == (b'"fine"', b'"fine"')


def test_invocations_of_one_function_can_run_side_by_side(tmp_path: Path) -> None:
    code = (
        "import pathlib, time\n"
        "def handler(mine, context):\n"
        "    pathlib.Path(f'../arrived-{mine}').touch()\n"
        "    while not pathlib.Path(f'../arrived-{3 - mine}').exists():\n"
        "        time.sleep(0.01)\n"
        "    return 'met'"
    )
    asset = tmp_path / "asset"
    asset.mkdir()
    (asset / "app.py").write_text(code)
    function = Function("Fn", "f", "arn:f", "python3.13", "app.handler", asset, timeout_seconds=20)

    async def main() -> list[bytes]:
        service = LambdaService([function], endpoint_url="", logs=Logs(tmp_path), concurrency=2)
        results = await asyncio.gather(service.invoke("f", b"1"), service.invoke("f", b"2"))
        await service.close()
        return [result.payload for result in results]

    assert asyncio.run(main()) == [b'"met"', b'"met"']


def test_each_function_signs_with_a_key_of_its_own(tmp_path: Path) -> None:
    functions = [Function(n, n, f"arn:aws:lambda:r:1:function:{n}", "python3.13", "a.b", tmp_path) for n in ("a", "b")]

    async def main() -> LambdaService:
        return LambdaService(functions, endpoint_url="", logs=Logs(tmp_path))

    service = asyncio.run(main())
    assert service.function_of("LOCALFUNCTION2") == functions[1]
    assert service.owns("LOCALFUNCTION1")
    assert not service.owns("AKIAIOSFODNN7EXAMPLE")
    assert not service.owns(None)


def test_what_does_not_run_here_is_named(tmp_path: Path) -> None:
    node = Function("N", "n", "arn:n", "nodejs22.x", "a.b", tmp_path)
    lost = Function("L", "l", "arn:l", "python3.13", "a.b", tmp_path / "gone")
    assert "nodejs22.x" in unsupported_function(node)[0].reason
    assert "gone" in unsupported_function(lost)[0].reason
    assert unsupported_function(Function("P", "p", "arn:p", "python3.13", "a.b", tmp_path)) == []
