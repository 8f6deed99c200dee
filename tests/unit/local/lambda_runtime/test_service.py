"""Functions by name: limits, concurrency, and what does not run here."""

from __future__ import annotations

import asyncio
import json
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
    """facts/firehose.md#function-reply."""
    fits, too_large = invoke(
        "def handler(event, context):\n    return len(event)",
        "x" * (MAX_PAYLOAD_BYTES - 2),
        "x" * (MAX_PAYLOAD_BYTES - 1),
    )
    assert fits.payload == str(MAX_PAYLOAD_BYTES - 2).encode()
    assert (too_large.status, too_large.error_type) == (413, "RequestTooLargeException")


@pytest.mark.parametrize(
    ("concurrency", "reserved", "most"), [(None, None, 2), (None, 3, 3), (None, 100, 5), (3, None, 3), (3, 1, 1)]
)
def test_so_many_invocations_of_one_function_run_side_by_side(
    tmp_path: Path, concurrency: int | None, reserved: int | None, most: int
) -> None:
    code = (
        "import pathlib, time\n"
        "here = pathlib.Path('../here')\n"
        "def handler(event, context):\n"
        "    mine = here / context.aws_request_id\n"
        "    mine.touch()\n"
        "    while len(list(here.iterdir())) < event:\n"
        "        time.sleep(0.01)\n"
        "    time.sleep(0.1)\n"
        "    seen = len(list(here.iterdir()))\n"
        "    mine.unlink()\n"
        "    return seen"
    )
    asset = tmp_path / "asset"
    asset.mkdir()
    (tmp_path / "here").mkdir()
    (asset / "app.py").write_text(code)
    function = Function(
        "Fn", "f", "arn:f", "python3.13", "app.handler", asset, timeout_seconds=20, reserved_concurrency=reserved
    )

    async def main() -> list[int]:
        service = LambdaService([function], endpoint_url="", logs=Logs(tmp_path), concurrency=concurrency)
        events = [most] * most + [1] * 3
        results = await asyncio.gather(*(service.invoke("f", json.dumps(event).encode()) for event in events))
        await service.close()
        return [json.loads(result.payload) for result in results]

    seen = asyncio.run(main())
    assert all(1 <= number <= most for number in seen), seen


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
