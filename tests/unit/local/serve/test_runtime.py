"""The runtime when objects cannot be written, and how it ends."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

from support.local_process import local, started
from support.small_template import UPPER, small_template

SLOW = UPPER.replace('print("got"', "import time; time.sleep(1.5)\n    print('got'")


def break_bucket(data_dir: Path) -> None:
    """Nothing can be written where a file stands in the folder's place."""
    (data_dir / "s3" / "lake").rmdir()
    (data_dir / "s3" / "lake").write_text("")


def test_a_flush_that_cannot_write_is_a_500_that_says_why_and_loses_nothing(tmp_path: Path) -> None:
    with local(small_template(tmp_path), tmp_path / "data") as running:
        running.post()
        break_bucket(tmp_path / "data")
        status, answer = running.call("POST", "/_local/flush")
        assert status == 500
        assert "cannot write s3://lake/" in answer["message"]
        assert "flush again" in answer["message"]
        assert answer["delivery_streams"]["clicks"]["records_buffered"] == 1
        (tmp_path / "data/s3/lake").unlink()
        assert running.call("POST", "/_local/flush")[0] == 200
        assert running.delivered() == b'{"EVENT_NAME": "CLICK"}\n'


def test_an_end_that_cannot_deliver_says_what_is_lost_and_exits_with_1(tmp_path: Path) -> None:
    with local(small_template(tmp_path), tmp_path / "data") as running:
        running.post()
        break_bucket(tmp_path / "data")
        code, said = running.stop()
    assert code == 1
    assert "cannot write s3://lake/" in said
    assert "1 records were not delivered and are lost" in said
    assert "Traceback" not in said


def test_a_full_disk_is_named_and_nothing_is_lost_while_it_is_full(tmp_path: Path) -> None:
    """No file may grow beyond 4 kB: the kernel's answer to a write is an error, as on a full disk."""
    template = small_template(tmp_path)
    limited = f"""
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from clickstream_local.cli import main
main(["local", "--assembly", {str(template)!r}, "--port", "0", "--data-dir", {str(tmp_path / "data")!r}])
"""
    with started([sys.executable, "-c", limited], tmp_path / "data") as running:
        running.post(json.dumps({"event_name": os.urandom(4000).hex()}).encode())
        status, answer = running.call("POST", "/_local/flush")
        assert (status, "File too large" in answer["message"]) == (500, True)
        assert answer["delivery_streams"]["clicks"]["records_buffered"] == 1
        code, said = running.stop()
    assert code == 1
    assert "Traceback" not in said


def test_the_request_under_way_at_sigterm_is_answered(tmp_path: Path) -> None:
    answers: list[int] = []
    with local(small_template(tmp_path, SLOW), tmp_path / "data") as running:
        running.post()
        flush = threading.Thread(target=lambda: answers.append(running.call("POST", "/_local/flush")[0]))
        flush.start()
        time.sleep(0.5)
        code, _ = running.stop()
        flush.join()
        assert (answers, code) == ([200], 0)
        assert running.delivered() == b'{"EVENT_NAME": "CLICK"}\n'


def test_a_function_that_cannot_run_is_named_even_if_no_stream_uses_it(tmp_path: Path) -> None:
    template = small_template(tmp_path)
    other = "  Node:\n    Type: AWS::Lambda::Function\n    Properties: {Runtime: nodejs22.x, Handler: i.h}\n"
    template.write_text(template.read_text().replace("  Api:\n", other + "  Api:\n", 1))
    with local(template, tmp_path / "data") as running:
        _, said = running.stop()
    assert "not run locally: Node (AWS::Lambda::Function): " in said
