"""A function in a process of its own, invoked as a test asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.model import Function
from clickstream_local.lambda_runtime.sandbox import InvokeResult
from clickstream_local.lambda_runtime.service import LambdaService

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
        options = {"runtime": "python3.13", "code_dir": asset} | options
        function = Function("Fn", "transform", ARN, handler=handler, **options)

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
