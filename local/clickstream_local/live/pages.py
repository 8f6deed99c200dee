"""Everything that the runtime serves under ``/_local/``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from clickstream_local.common.catalog import Catalog
from clickstream_local.common.http import Request, Response
from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from clickstream_local.live.feed import Feed
from clickstream_local.live.observer import LiveObserver
from clickstream_local.s3.store import ObjectStore, StoreError

QUERY_SECONDS = 30.0
QUERY_ROWS = 500
_PREVIEW_CHARACTERS = 300
_JSON = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
_HTML = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
        "frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
    ),
)
_SCRIPT = (("Content-Type", "text/javascript; charset=utf-8"), ("Cache-Control", "no-store"))
_PROMETHEUS = (("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),)
_EVENTS = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"))


class LivePages:
    """The pages, and what they show.

    Parameters
    ----------
    data_dir:
        The runtime's data directory, its catalog already in it.
    store:
        Where objects are.
    state, flush, metrics:
        The runtime's own.

    Attributes
    ----------
    observer:
        The observer that the delivery streams report to.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        store: ObjectStore,
        state: Callable[[], dict[str, Any]],
        flush: Callable[[], Awaitable[None]],
        metrics: Callable[[], str],
    ) -> None:
        self._data_dir = data_dir
        self._state = state
        self._flush = flush
        self._metrics = metrics
        self._feed = Feed(state)
        self.observer = LiveObserver(self._feed, store, Catalog.read(data_dir).error_locations)
        self._loop = asyncio.get_running_loop()

    async def handle(self, request: Request, path: str) -> Response:
        """Answer a request for ``/_local/<path>``."""
        match request.method, path:
            case "GET", "":
                return _file("live.html", _HTML)
            case "GET", "shop":
                return _file("shop.html", _HTML)
            case "GET", "site.js" | "debug.mjs":
                return _file(path, _SCRIPT)
            case "GET", "events":
                return Response(200, _EVENTS, stream=self._feed.listen())
            case "GET", "state":
                return _json(200, self._state())
            case "GET", "metrics":
                return Response(200, _PROMETHEUS, self._metrics().encode())
            case "POST", "flush":
                return await self._flushed()
            case "POST", "query":
                return await self._query(request.body)
        served = "GET /_local/ and there shop, state, metrics, events; POST /_local/flush, /_local/query"
        return _json(404, {"message": f"nothing is served at {request.method} {request.path}; there are {served}"})

    def show_request(self, request: Request, answer: Response) -> None:
        """Publish a request to an API and its response."""
        happening = {
            "method": request.method,
            "path": request.path,
            "status": answer.status,
            "bytes": len(request.body),
            "body": request.body[: _PREVIEW_CHARACTERS * 4].decode("utf-8", "replace")[:_PREVIEW_CHARACTERS],
        }
        self._feed.publish("request", happening, failed=answer.status >= 400)

    def show_denial(self, text: str) -> None:
        """Publish a right that is missing."""
        self._feed.publish("denied", {"reason": text}, failed=True)

    async def close(self) -> None:
        """Publish what is left, then end the streams of events."""
        await self.observer.settle()
        self._feed.close()

    async def _flushed(self) -> Response:
        try:
            await self._flush()
        except DeliveryError as error:
            message = f"{error}; its records stay buffered: remove the cause and flush again"
            return _json(500, {"message": message} | self._state())
        return _json(200, self._state())

    async def _query(self, sql: bytes) -> Response:
        # DuckDB takes a while to import, and most runs never query here.
        from clickstream_local.athena.errors import QueryError
        from clickstream_local.tables.landed_tables import LandedTables

        try:
            tables = await asyncio.to_thread(LandedTables, self._data_dir, read_only=True)
        except StoreError as error:
            return _json(500, {"message": str(error)})
        timer = self._loop.call_later(QUERY_SECONDS, tables.interrupt)
        try:
            text = sql.decode("utf-8", "replace")
            columns, rows = await asyncio.to_thread(tables.query, text, most_rows=QUERY_ROWS + 1)
        except QueryError as error:
            return _json(400, {"message": str(error)})
        finally:
            timer.cancel()
            tables.close()
        shown = [[value if value is None else str(value) for value in row] for row in rows[:QUERY_ROWS]]
        return _json(200, {"columns": columns, "rows": shown, "more": len(rows) > QUERY_ROWS})


def _file(name: str, headers: tuple[tuple[str, str], ...]) -> Response:
    from importlib import resources  # here: it brings much along, and a runtime starts faster without it

    return Response(200, headers, resources.files("clickstream_local.live").joinpath(name).read_bytes())


def _json(status: int, document: dict[str, Any]) -> Response:
    return Response(status, _JSON, json.dumps(document).encode())
