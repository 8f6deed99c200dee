"""What a page costs that listens: its bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from clickstream_local.live.feed import Feed

CLIENTS = 10
EVENTS = 500


async def pieces_of(stream: AsyncGenerator[bytes, None]) -> list[bytes]:
    return [piece async for piece in stream]


def test_events_go_to_all_pages_in_few_writes_that_are_made_once() -> None:
    async def main() -> list[list[bytes]]:
        feed = Feed(dict)
        listening = [asyncio.create_task(pieces_of(feed.listen())) for _ in range(CLIENTS)]
        await asyncio.sleep(0)
        for number in range(EVENTS):
            feed.publish("put", {"number": number})
            if number % 100 == 0:
                await asyncio.sleep(0)
        feed.close()
        return await asyncio.gather(*listening)

    received = asyncio.run(main())
    for pieces in received:
        assert len(pieces) < EVENTS / 20
        text = b"".join(pieces)
        assert [b'"number":%d}' % number in text for number in range(EVENTS)] == [True] * EVENTS
        assert text.count(b"event: put") == EVENTS
    longest = [max(pieces, key=len) for pieces in received]
    assert all(piece is longest[0] for piece in longest)


def test_a_page_that_is_opened_late_gets_the_history_once() -> None:
    async def main() -> bytes:
        feed = Feed(dict)
        for number in range(3):
            feed.publish("put", {"number": number, "half": "\ud800"})
        listening = asyncio.create_task(pieces_of(feed.listen()))
        await asyncio.sleep(0)
        feed.publish("put", {"number": 3})
        feed.close()
        return b"".join(await listening)

    assert asyncio.run(main()).count(b"event: put") == 4


def test_a_page_that_reads_too_slowly_misses_the_oldest() -> None:
    async def main() -> bytes:
        feed = Feed(dict)
        stream = feed.listen()
        await anext(stream)
        for number in range(1500):
            feed.publish("put", {"number": number})
        return await anext(stream)

    piece = asyncio.run(main())
    assert piece.count(b"event: put") == 1000
    assert b'"number":1499}' in piece


def test_nothing_is_made_for_pages_when_none_is_open() -> None:
    async def main() -> int:
        feed = Feed(dict)
        stream = feed.listen()
        await anext(stream)
        await stream.aclose()
        for number in range(10):
            feed.publish("put", {"number": number})
        return len(feed._recent)

    assert asyncio.run(main()) == 0
