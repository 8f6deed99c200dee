"""A site that carries the tracker, and an endpoint that answers as a test says, on two origins of this machine."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from support.browser import Page
from support.checkout import CHECKOUT

TRACKER = CHECKOUT / "tracker"
SCRIPTS = {"/s/site.js": TRACKER / "clickstream.js", "/s/debug.mjs": TRACKER / "debug.mjs"}

Reply = tuple[int, dict[str, str]]
TAKEN: Reply = (202, {})


class _Server:
    """A thread with a server on a free port; `localhost` and `127.0.0.1` are two origins to a browser."""

    def __init__(self, handler: type[http.server.BaseHTTPRequestHandler], host: str) -> None:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.origin = f"http://{host}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Site(_Server):
    """Serves one page at every path: the tracker with the attributes or the options given, then `body`.

    `/file` is a download, `/out?ADDRESS` a redirect; what is posted are ids of dropped events.
    """

    def __init__(self, *, tag: str = "", script: str = "", body: str = "", before: str = "") -> None:
        self.dropped: set[str] = set()
        self.blocked = False
        self.head = ""
        site = self

        def page() -> bytes:
            return (
                f"<!doctype html><html><head><title>Shop</title>{site.head}<script>{before}</script>"
                f'<script src="/s/site.js" {tag}></script></head>'
                f"<body style='margin:0'>{body}<script>{script}</script></body></html>"
            ).encode()

        dropped = self.dropped

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                dropped.update(self.rfile.read(int(self.headers["Content-Length"])).decode().split(","))
                self.send_response(204)
                self.end_headers()

            def do_GET(self) -> None:
                script = SCRIPTS.get(self.path)
                if script and site.blocked:
                    self.connection.close()
                    return
                data = script.read_bytes() if script else page()
                self.send_response(302 if self.path.startswith("/out?") else 200)
                self.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
                if self.path.startswith("/out?"):
                    self.send_header("Location", self.path.partition("?")[2])
                if self.path == "/file":
                    self.send_header("Content-Disposition", "attachment")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments: object) -> None:
                pass

        super().__init__(Handler, "localhost")


@dataclass
class Request:
    """A request to the endpoint."""

    body: bytes
    headers: dict[str, str]
    status: int
    events: list[dict[str, Any]] = field(default_factory=list)


class Collector(_Server):
    """An endpoint with API Gateway's CORS headers; `answer` decides by the events of a request, None hangs up."""

    def __init__(self, answer: Callable[[list[dict[str, Any]]], Reply | None] = lambda events: TAKEN) -> None:
        self.requests: list[Request] = []
        self.answer = answer
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_OPTIONS(self) -> None:
                self._reply((204, {"Access-Control-Allow-Headers": "Content-Type,x-api-key"}))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                events = json.loads(body)
                reply = collector.answer(events)
                collector.requests.append(Request(body, dict(self.headers), reply[0] if reply else 0, events))
                if reply is None:
                    self.connection.close()
                    return
                self._reply(reply)

            def _reply(self, reply: Reply) -> None:
                status, headers = reply
                self.send_response(status)
                cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
                for name, value in (cors | headers | {"Content-Length": "0"}).items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        super().__init__(Handler, "127.0.0.1")
        self.events_url = self.origin + "/prod/events"

    def taken(self, *names: str) -> list[dict[str, Any]]:
        """The events that were acknowledged, of these names if any are given."""
        events = [event for request in list(self.requests) if request.status == 202 for event in request.events]
        return [event for event in events if not names or event["event_name"] in names]

    def wait_for(self, count: int, *names: str, seconds: float = 30) -> list[dict[str, Any]]:
        """The acknowledged events, once there are that many."""
        deadline = time.monotonic() + seconds
        while len(self.taken(*names)) < count:
            assert time.monotonic() < deadline, f"{len(self.taken(*names))} of {count} events came: {self.seen()}"
            time.sleep(0.02)
        return self.taken(*names)

    def wait_for_requests(self, count: int, seconds: float = 30) -> None:
        """Return once there were that many requests, whatever they were answered."""
        deadline = time.monotonic() + seconds
        while len(self.requests) < count:
            assert time.monotonic() < deadline, f"{len(self.requests)} of {count} requests came: {self.seen()}"
            time.sleep(0.02)

    def seen(self) -> list[tuple[int, list[str]]]:
        """Status and event names of each request, for messages."""
        return [(request.status, [event["event_name"] for event in request.events]) for request in list(self.requests)]


def ids(events: Iterable[dict[str, Any]]) -> list[str]:
    return [event["event_id"] for event in events]


def put(page: Page, count: int, name: str = "step") -> None:
    page.evaluate(f"for (let i = 0; i < {count}; i++) tracker.track('{name}', {{properties: {{i}}}})")


def numbers(events: list[dict[str, Any]]) -> list[int]:
    return [event["properties"]["i"] for event in events]


def owners(page: Page) -> list[str]:
    """Of each event in the device's store the page that shall send it."""
    read = """(async () => {
      const [database] = await indexedDB.databases();
      if (!database) return "[]";
      const request = indexedDB.open(database.name);
      const opened = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
      const reading = opened.transaction("events").objectStore("events").getAll();
      await new Promise((resolve) => { reading.onsuccess = resolve; });
      opened.close();
      return JSON.stringify(reading.result.map((row) => row.owner));
    })()"""
    found: list[str] = json.loads(page.evaluate(read))
    return found


def wait_until_stored(page: Page, count: int) -> None:
    for _ in range(600):
        if len(owners(page)) == count:
            return
        page.evaluate("new Promise((resolve) => setTimeout(resolve, 25))")
    pytest.fail(f"{len(owners(page))} events are stored, not {count}")
