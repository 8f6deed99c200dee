"""Coroutines that are begun before anything is set up to wait for them."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, which has so many seconds.

    A coroutine that ends without having to wait, as a put into a buffer does, gets no timer: to set one and to take it
    back costs a tenth of a whole request.

    Raises
    ------
    TimeoutError
        The seconds are over; the coroutine is cancelled.
    """
    try:
        awaited = coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    async with asyncio.timeout(seconds):
        return await _continued(coroutine, awaited)


@types.coroutine
def _continued(coroutine: Coroutine[Any, Any, T], awaited: Any) -> Generator[Any, Any, T]:
    """Go on with a coroutine that waits for ``awaited``; ``await`` takes only such as have not begun."""
    while True:
        try:
            try:
                sent = yield awaited
            except BaseException as error:  # a cancellation, mostly: the coroutine's to handle
                awaited = coroutine.throw(error)
            else:
                awaited = coroutine.send(sent)
        except StopIteration as done:
            result: T = done.value
            return result
