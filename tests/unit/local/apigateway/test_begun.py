"""`within`: a coroutine that need not wait gets no timer, one that waits has its time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from clickstream_local.apigateway.begun import within


def run(seconds: float, coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(within(seconds, coroutine))


async def at_once(value: object) -> object:
    return value


async def later(value: object, steps: int = 3) -> object:
    for _ in range(steps):
        await asyncio.sleep(0.001)
    return value


@pytest.mark.parametrize("coroutine", [at_once, later])
def test_the_result_is_the_coroutine_s_own(coroutine: Any) -> None:
    assert run(5, coroutine("result")) == "result"


def test_what_ends_at_once_sets_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    def timeout(seconds: float) -> None:
        pytest.fail("a timer was set")

    monkeypatch.setattr(asyncio, "timeout", timeout)
    assert run(5, at_once(1)) == 1


def test_what_takes_too_long_is_cancelled() -> None:
    ended = []

    async def stuck() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    with pytest.raises(TimeoutError):
        run(0.01, stuck())
    assert ended == ["cancelled"]


@pytest.mark.parametrize("steps", [0, 2])
def test_an_exception_comes_out_as_it_was_raised(steps: int) -> None:
    async def broken() -> None:
        await later(None, steps)
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        run(5, broken())


def test_an_exception_that_it_waits_for_is_raised_inside_it() -> None:
    async def careful() -> str:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, LookupError("nothing there"))
        try:
            await future
        except LookupError as error:
            return f"caught {error}"
        return "nothing to catch"

    assert run(5, careful()) == "caught nothing there"


def test_the_caller_s_cancellation_reaches_it() -> None:
    async def scenario() -> bool:
        reached = asyncio.Event()

        async def waiting() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                reached.set()

        task = asyncio.create_task(within(60, waiting()))
        await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return reached.is_set()

    assert asyncio.run(scenario())
