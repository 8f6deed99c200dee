from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clickstream_local.tables.landed_tables import LandedTables
from support.checkout import CHECKOUT
from support.sample_data import shared_file

pytestmark = pytest.mark.xdist_group("pipeline")


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clickstream_local", "demo", "--app", "app.py", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_demo_accounts_for_every_event_and_leaves_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = demo("--count", "2000", "--data-dir", str(data))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every event is accounted for" in done.stdout
    for shown in ("not accounted for", "s3://", "page_path", "Refused at the endpoint", "value:", "clickstream query"):
        assert shown in done.stdout
    # What it says to type works in a shell that knows nothing of this environment.
    (line,) = [line for line in done.stdout.splitlines() if "clickstream query" in line]
    typed = subprocess.run(
        line, shell=True, cwd=CHECKOUT, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    rows = [line for line in typed.stdout.splitlines() if line.startswith("│")]
    assert (len(rows), "event_name" in typed.stdout, typed.stderr) == (10, True, "")
    again = subprocess.run(
        [sys.executable, "-m", "clickstream_local", "errors", "--json", "--data-dir", str(data)],
        capture_output=True,
        text=True,
        check=True,
    )
    kinds = [json.loads(line)["kind"] for line in again.stdout.splitlines()]
    assert kinds.count("rejected") == 50
    assert kinds.count("processing-failed") == 2


def test_the_demo_refuses_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    done = demo("--data-dir", str(tmp_path))
    assert done.returncode == 1
    assert "no demo put there" in done.stderr
    assert (tmp_path / "thesis.txt").exists()


def test_three_thousand_real_events_are_three_thousand_rows(tmp_path: Path) -> None:
    events = shared_file("data/clickstream/aws_clickstream_3000_events.jsonl.gz")
    data = tmp_path / "data"
    mapping = "event_name=event_type,client_time=timestamp,anonymous_id=unique_id"
    done = demo("--events", str(events), "--map", mapping, "--data-dir", str(data))
    assert done.returncode == 0, done.stdout + done.stderr
    tables = LandedTables(data)
    assert tables.query("SELECT count(*), count(DISTINCT event_id) FROM events")[1] == [(3000, 3000)]
    by_hour = tables.query("SELECT CAST(date_trunc('day', event_time) AS varchar), count(*) FROM events GROUP BY 1")[1]
    assert {day[:7] for day, _ in by_hour} == {"2024-05"}
    tables.close()


def test_a_line_that_is_no_event_is_named(tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_text('{"event_name": "a"}\n[]\n')
    done = demo("--events", str(events), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 1
    assert "line 2: a JSON object is wanted, found list" in done.stderr
