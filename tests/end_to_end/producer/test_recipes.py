"""The recipes of the producer's README, taken from the page as they are and run by the real frameworks.

Each runs in an interpreter of its own, as it would in service; where its events go comes from the environment alone.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path

import pytest

from support.checkout import CHECKOUT
from support.producer.events import wait_until
from support.producer.sink import CREDENTIALS, Sink
from support.producer.soak import Tally, size

README = CHECKOUT / "lambda" / "producer" / "README.md"


def recipe(name: str) -> str:
    """The block of the page that begins with the name of its file."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if block.startswith(f"# {name}\n")]
    return str(block)


@pytest.fixture
def service(sink: Sink, tmp_path: Path) -> dict[str, str]:
    """What a service finds in its environment."""
    return {
        **os.environ,
        "AWS_ACCESS_KEY_ID": CREDENTIALS["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["secret_access_key"],
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL_FIREHOSE": sink.url,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONWARNINGS": "error::ResourceWarning",
    }


def run(script: str, folder: Path, service: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=folder,
        env=service,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def users(sink: Sink) -> list[str]:
    """Who placed an order, copies included."""
    events = [json.loads(event) for event in sink.events.elements()]
    assert {event["event_name"] for event in events} <= {"order_placed"}
    return sorted(event["user_id"] for event in events)


def test_flask_sends_what_its_views_put(sink: Sink, tmp_path: Path, service: dict[str, str]) -> None:
    (tmp_path / "shop.py").write_text(recipe("shop.py"))
    script = """
        from shop import app
        for user in "ab":
            assert app.test_client().post("/orders", json={"user_id": user}).status_code == 201
    """
    run(script, tmp_path, service)
    assert users(sink) == ["a", "b"]


def test_gunicorn_with_preload_sends_every_event_of_every_worker_once(
    sink: Sink, tally: Tally, tmp_path: Path, service: dict[str, str]
) -> None:
    # facts/goals.md#producer, C6; at full size a worker lives for five requests.
    # Section 3: posthog-python #290, with preload_app events were never sent.
    (tmp_path / "shop.py").write_text(
        recipe("shop.py") + "\n\nclicks.put({'event_name': 'order_placed', 'user_id': '-'})\n"
    )
    count = size(60, 1_000)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "3"]
    command += ["--max-requests", str(size(0, 5)), "--bind", address, "shop:app"]
    log = tmp_path / "gunicorn.log"  # no pipe: a thousand requests log more than one holds
    with log.open("w") as stderr, subprocess.Popen(command, cwd=tmp_path, env=service, stderr=stderr) as server:
        try:
            # Its socket listens before the workers are there: requests wait.
            while "Listening at" not in log.read_text():
                assert server.poll() is None, log.read_text()
                time.sleep(0.05)
            for number in range(count):
                body = json.dumps({"user_id": f"{number:04}"}).encode()
                request = urllib.request.Request(
                    f"http://{address}/orders", body, {"Content-Type": "application/json"}, method="POST"
                )
                with urllib.request.urlopen(request, timeout=20) as answer:
                    assert answer.status == 201
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
    assert server.returncode == 0, log.read_text()
    tally("C6", events=count + 1, lost=count + 1 - len(sink.events), copies=sink.copies(), rounds=size(3, count // 5))
    # "-" was put before the fork: it is the parent's, sent once.
    assert users(sink) == ["-", *(f"{number:04}" for number in range(count))]
    assert sink.broken_limits == []


def test_django_sends_what_its_views_put(sink: Sink, tmp_path: Path, service: dict[str, str]) -> None:
    (tmp_path / "views.py").write_text(recipe("views.py"))
    (tmp_path / "urls.py").write_text(
        "from django.urls import path\nfrom views import order\n\nurlpatterns = [path('orders', order)]\n"
    )
    script = """
        import django
        from django.conf import settings
        settings.configure(ROOT_URLCONF="urls", ALLOWED_HOSTS=["testserver"], SECRET_KEY="none of the world's")
        django.setup()
        from django.test import Client
        assert Client().post("/orders", {"user_id": "a"}).status_code == 201
        assert Client().get("/orders").status_code == 405
    """
    run(script, tmp_path, service)
    assert users(sink) == ["a"]


def test_fastapi_sends_what_its_paths_put_before_its_lifespan_ends(
    sink: Sink, tmp_path: Path, service: dict[str, str]
) -> None:
    (tmp_path / "api.py").write_text(recipe("api.py"))
    script = """
        import os
        from fastapi.testclient import TestClient
        from api import app
        with TestClient(app) as client:
            for _ in range(3):
                assert client.post("/orders").status_code == 201
        os._exit(0)  # nothing is left to the exit of the interpreter
    """
    run(script, tmp_path, service)
    assert [json.loads(event)["event_name"] for event in sink.events.elements()] == ["order_placed"] * 3


def test_celery_sends_what_its_tasks_put_before_a_process_of_the_pool_ends(
    sink: Sink, tmp_path: Path, service: dict[str, str]
) -> None:
    (tmp_path / "tasks.py").write_text(recipe("tasks.py"))
    for name in ("in", "control"):
        (tmp_path / name).mkdir()
    # kombu's broker in a folder: the pool is a real one, with forked processes.
    (tmp_path / "celeryconfig.py").write_text(
        "broker_url = 'filesystem://'\n"
        f"broker_transport_options = {{'data_folder_in': {str(tmp_path / 'in')!r},"
        f" 'data_folder_out': {str(tmp_path / 'in')!r}, 'control_folder': {str(tmp_path / 'control')!r}}}\n"
        "task_ignore_result = True\nworker_hijack_root_logger = False\n"
    )
    service["CELERY_CONFIG_MODULE"] = "celeryconfig"
    send = """
        from tasks import app, place_order
        app.config_from_object("celeryconfig")
        for number in range(20):
            place_order.delay(f"{number:02}")
    """
    run(send, tmp_path, service)
    script = "import tasks; tasks.app.config_from_object('celeryconfig'); tasks.app.worker_main(['worker', '-c', '2',"
    script += " '--pool', 'prefork', '--without-gossip', '--without-mingle', '--without-heartbeat', '-l', 'info'])"
    with (tmp_path / "log").open("w") as log:
        worker = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, env=service, stdout=log, stderr=log)
        try:
            wait_until(lambda: (tmp_path / "log").read_text().count(" succeeded in ") == 20, 40)
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(30)
    assert users(sink) == [f"{number:02}" for number in range(20)], (tmp_path / "log").read_text()


def test_lambda_has_sent_its_event_when_an_invocation_returns(
    sink: Sink, tmp_path: Path, service: dict[str, str]
) -> None:
    (tmp_path / "handler.py").write_text(recipe("handler.py"))
    script = """
        import os
        from handler import clicks, handler
        assert clicks.client  # making it takes its time on a busy machine
        for number in range(2):
            handler({}, None)
            assert clicks.stats().sent == number + 1
        os._exit(0)  # as an instance that is frozen and never thawed
    """
    run(script, tmp_path, service)
    assert [json.loads(event)["event_name"] for event in sink.events.elements()] == ["processed"] * 2
