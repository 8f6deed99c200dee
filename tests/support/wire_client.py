"""A real boto3 client against a wire API of the runtime, over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import boto3
import botocore.config
import botocore.exceptions
import pytest

from clickstream_local.common.http import Request, Response
from clickstream_local.listener.server import serve

REGION = "eu-west-1"


async def nothing() -> None:
    """Do nothing at the end of a scenario."""


async def play(
    service: str,
    app: Callable[[Request], Awaitable[Response]],
    scenario: Callable[[Any], Any],
    finish: Callable[[], Awaitable[None]] = nothing,
) -> Any:
    """Serve an app, play a scenario with a client of a service, which tries once, in a thread, and finish."""
    listener = await serve(app)
    client = boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{listener.port}",
        region_name=REGION,
        config=botocore.config.Config(retries={"max_attempts": 1}),
        aws_access_key_id="AKIALOCAL",
        aws_secret_access_key="local",
    )
    try:
        answer = await asyncio.to_thread(scenario, client)
        await finish()
        return answer
    finally:
        await listener.close()


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """The code and message of the error that a call ends with."""
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call()
    found = error.value.response["Error"]
    return found["Code"], found["Message"]
