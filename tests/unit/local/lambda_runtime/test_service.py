"""Functions by name: limits, concurrency, and what does not run here."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.model import Function
from clickstream_local.lambda_runtime.service import LambdaService, unsupported_function
from clickstream_local.lambda_runtime.worker import MAX_PAYLOAD_BYTES
from support.local_lambda import ARN, Invoke


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


def test_a_request_holds_at_most_six_megabytes(invoke: Invoke) -> None:
    """transforms.md section 2."""
    fits, too_large = invoke(
        "def handler(event, context):\n    return len(event)",
        "x" * (MAX_PAYLOAD_BYTES - 2),
        "x" * (MAX_PAYLOAD_BYTES - 1),
    )
    assert fits.payload == str(MAX_PAYLOAD_BYTES - 2).encode()
    assert (too_large.status, too_large.error_type) == (413, "RequestTooLargeException")


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
