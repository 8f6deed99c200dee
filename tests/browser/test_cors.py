"""A real browser posts across origins to the running pipeline (facts, aws-facts.md section 10.7)."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline_kit import Pipeline

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pipeline")]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGE = """<!doctype html><title>shop</title><pre id=out></pre><script>
const endpoint = "%s/events", out = document.getElementById("out");
const say = (text) => { out.textContent += text + "\\n"; };
const event = (id) => JSON.stringify({event_name: "page_view", event_id: id, page_url: location.href});
(async () => {
  const json = {"Content-Type": "application/json"};
  let answer = await fetch(endpoint, {method: "POST", body: event("fetch-json"), headers: json});
  say("json " + answer.status + " " + Boolean((await answer.json()).request_id));
  answer = await fetch(endpoint, {method: "POST", body: event("fetch-text"), keepalive: true});
  say("text " + answer.status);
  say("beacon " + navigator.sendBeacon(endpoint, event("beacon")));
  answer = await fetch(endpoint, {method: "POST", body: "[]", headers: json});
  say("refused " + answer.status);
  document.title = "done";
})().catch((error) => say("failed " + error));
</script>"""


@pytest.fixture
def shop(pipeline: Pipeline) -> Iterator[str]:
    """A page on another origin than the endpoint's."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = (PAGE % pipeline.endpoint).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def dump(page: str, profile: Path) -> str:
    """The page's document after its scripts have run."""
    if CHROMIUM is None:
        if os.environ.get("CLICKSTREAM_CI"):
            pytest.fail("chromium is not installed, and CI has to have it")
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command += [f"--user-data-dir={profile}", "--timeout=4000", "--dump-dom", page]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def test_fetch_and_beacon_from_another_origin_reach_the_table(pipeline: Pipeline, shop: str, tmp_path: Path) -> None:
    document = dump(shop, tmp_path / "profile")
    for said in ("json 202 true", "text 202", "beacon true", "refused 400"):
        assert said in document
    pipeline.flush()
    rows = {row["event_id"]: row for row in pipeline.rows()}
    assert set(rows) == {"fetch-json", "fetch-text", "beacon"}
    assert "Chrome" in rows["beacon"]["user_agent"]
