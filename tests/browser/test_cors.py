"""A real browser posts across origins to the running pipeline (facts, facts/api-gateway.md#cors)."""

from __future__ import annotations

import http.server
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.requirements import absent
from support.running_pipeline import Pipeline

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGE = """<!doctype html><title>shop</title><pre id=out></pre><script>
const eventsUrl = "%s/events", out = document.getElementById("out");
const say = (text) => { out.textContent += text + "\\n"; };
const event = (id) => JSON.stringify({event_name: "page_view", event_id: id, page_url: location.href});
(async () => {
  const json = {"Content-Type": "application/json"};
  let answer = await fetch(eventsUrl, {method: "POST", body: event("fetch-json"), headers: json});
  say("json " + answer.status + " " + Boolean((await answer.json()).request_id));
  answer = await fetch(eventsUrl, {method: "POST", body: event("fetch-text"), keepalive: true});
  say("text " + answer.status);
  say("beacon " + navigator.sendBeacon(eventsUrl, event("beacon")));
  answer = await fetch(eventsUrl, {method: "POST", body: "[]", headers: json});
  say("refused " + answer.status);
})().catch((error) => say("failed " + error)).then(() => fetch("/said", {method: "POST", body: out.textContent}));
</script>"""


class Shop:
    """A page on another origin than the endpoint's, which says at the end what its script saw."""

    def __init__(self, stage_url: str) -> None:
        self.said: queue.Queue[str] = queue.Queue()
        shop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer((PAGE % stage_url).encode())

            def do_POST(self) -> None:
                shop.said.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def shop(pipeline: Pipeline) -> Iterator[Shop]:
    shop = Shop(pipeline.stage_url)
    yield shop
    shop.close()


def visit(shop: Shop, profile: Path) -> str:
    """What the page's script says after a real browser has run it."""
    if CHROMIUM is None:
        absent("chromium is not installed", "on Debian, apt-get install chromium")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command += [f"--user-data-dir={profile}", "--remote-debugging-port=0", shop.url]
    browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return shop.said.get(timeout=60)
    finally:
        browser.terminate()
        browser.wait(timeout=30)


def test_fetch_and_beacon_from_another_origin_reach_the_table(pipeline: Pipeline, shop: Shop, tmp_path: Path) -> None:
    said = visit(shop, tmp_path / "profile")
    assert said.splitlines() == ["json 202 true", "text 202", "beacon true", "refused 400"]
    pipeline.flush()
    rows = {row["event_id"]: row for row in pipeline.rows()}
    assert set(rows) == {"fetch-json", "fetch-text", "beacon"}
    assert "Chrome" in rows["beacon"]["user_agent"]
