"""`clickstream local` when things go wrong around it, and how it ends."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.assembly.documents import read_template
from clickstream_local.firehose.config.disagreements import Disagreements
from support.checkout import CHECKOUT
from support.small_template import UPPER, small_template

SLOW = UPPER.replace('print("got"', "import time; time.sleep(1.5)\n    print('got'")


class Local:
    """A `clickstream local` in a process of its own."""

    def __init__(self, command: list[str], data_dir: Path) -> None:
        self.data_dir = data_dir
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("ready "):
                self.url = line.split()[1]
                break

    def _read(self) -> None:
        assert self.process.stderr is not None
        self._said.extend(self.process.stderr)

    def wait_until_said(self, text: str) -> None:
        deadline = time.monotonic() + 20
        while text not in "".join(self._said) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert text in "".join(self._said)

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def post(self, body: bytes = b'{"event_name": "click"}') -> None:
        assert self.call("POST", "/v1/events", body)[0] == 202

    def stream(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "/_local/state")[1]["delivery_streams"]["clicks"]
        return found

    def stop(self) -> tuple[int, str]:
        """Exit code and what was said on standard error."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self._reader.join()
        return code, "".join(self._said)

    def delivered(self) -> bytes:
        files = sorted(path for path in (self.data_dir / "s3/lake/data").rglob("*") if path.is_file())
        return b"".join(path.read_bytes() for path in files)


def local(template: Path, data_dir: Path, *options: str) -> contextlib.AbstractContextManager[Local]:
    command = [sys.executable, "-m", "clickstream_local", "local", "--assembly", str(template), "--port", "0"]
    return started([*command, "--data-dir", str(data_dir), *options], data_dir)


@contextlib.contextmanager
def started(command: list[str], data_dir: Path) -> Iterator[Local]:
    running = Local(command, data_dir)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait()


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


def failed_start(*options: str) -> str:
    command = [sys.executable, "-m", "clickstream_local", "local", "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = failed_start("--assembly", str(small_template(tmp_path)), "--data-dir", str(tmp_path / "file" / "data"))
    assert f"data directory {tmp_path}/file/data: Not a directory; give one" in said


def test_a_data_directory_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "data" / "catalog.json").mkdir(parents=True)
    said = failed_start("--assembly", str(small_template(tmp_path)), "--data-dir", str(tmp_path / "data"))
    assert "catalog.json cannot be written: Is a directory; make room, or give another folder with --data-dir" in said


def test_an_outputs_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    template, outputs = str(small_template(tmp_path)), str(tmp_path / "none" / "outputs.json")
    said = failed_start("--assembly", template, "--data-dir", str(tmp_path / "data"), "--outputs-file", outputs)
    assert outputs in said


def test_a_function_that_cannot_run_is_named_even_if_no_stream_uses_it(tmp_path: Path) -> None:
    template = small_template(tmp_path)
    other = "  Node:\n    Type: AWS::Lambda::Function\n    Properties: {Runtime: nodejs22.x, Handler: i.h}\n"
    template.write_text(template.read_text().replace("  Api:\n", other + "  Api:\n", 1))
    with local(template, tmp_path / "data") as running:
        _, said = running.stop()
    assert "not run locally: Node (AWS::Lambda::Function): " in said


def wait_for(running: Local, expected: bytes) -> None:
    deadline = time.monotonic() + 20
    while expected not in running.delivered() and time.monotonic() < deadline:
        with contextlib.suppress(OSError, AssertionError):  # it may be starting again
            running.post()
            running.call("POST", "/_local/flush")
        time.sleep(0.1)
    assert expected in running.delivered()


def test_watch_starts_again_when_the_template_changes_and_keeps_the_address(tmp_path: Path) -> None:
    template = small_template(tmp_path)
    with local(template, tmp_path / "data", "--watch") as running:
        wait_for(running, b'{"EVENT_NAME": "CLICK"}\n')
        small_template(tmp_path, UPPER.replace("data.upper()", "b'other ' + data"))
        running.wait_until_said("the template has changed")
        wait_for(running, b'other {"event_name": "click"}\n')
        assert running.stop()[0] == 0


def assembly_with_asset(folder: Path) -> Path:
    """The small template as a cloud assembly whose function is a folder, as `cdk synth` leaves it."""
    template = dict(read_template(small_template(folder)))
    template["Resources"]["Upper"]["Properties"]["Code"] = {"S3Bucket": "assets", "S3Key": "abc.zip"}
    out = folder / "cdk.out"
    (out / "asset.abc").mkdir(parents=True)
    (out / "asset.abc" / "index.py").write_text(UPPER)
    (out / "Small.template.json").write_text(json.dumps(template))
    (out / "Small.assets.json").write_text(json.dumps({"files": {"abc": {"source": {"path": "asset.abc"}}}}))
    artifacts = {
        "Small.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Small.assets.json"}},
        "Small": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Small.template.json"}},
    }
    (out / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return out


def test_watch_loads_a_function_anew_when_its_asset_changes_and_does_not_start_again(tmp_path: Path) -> None:
    assembly = assembly_with_asset(tmp_path)
    with local(assembly, tmp_path / "data", "--watch") as running:
        wait_for(running, b'{"EVENT_NAME": "CLICK"}\n')
        received = running.stream()["records_received"]
        (assembly / "asset.abc" / "index.py").write_text(UPPER.replace("data.upper()", "b'other ' + data"))
        running.wait_until_said("the code of Upper has changed: loading it anew")
        wait_for(running, b'other {"event_name": "click"}\n')
        assert running.stream()["records_received"] > received
        assert running.stop()[0] == 0


def test_watch_goes_on_with_the_old_template_when_the_new_one_cannot_be_read(tmp_path: Path) -> None:
    template = small_template(tmp_path)
    with local(template, tmp_path / "data", "--watch") as running:
        template.write_text("Resources: [")
        running.wait_until_said("the old one goes on")
        wait_for(running, b'{"EVENT_NAME": "CLICK"}\n')
        assert running.stop()[0] == 0


def test_faults_on_purpose_keep_puts_out_of_the_stream(tmp_path: Path) -> None:
    with local(small_template(tmp_path), tmp_path / "data", "--fault", "throttle=1") as running:
        running.post()
        assert running.stream()["records_received"] == 0


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("throttle", "'throttle' has no '='; write KIND=SHARE"),
        ("slow=1", "'slow' is no kind of fault; there are throttle and partial"),
        ("partial=many", "'many' is not a number between 0 and 1"),
        ("partial=2", "partial is 2: it must be a share between 0 and 1"),
    ],
)
def test_a_fault_that_is_none_is_refused(tmp_path: Path, fault: str, said: str) -> None:
    assert said in refused(tmp_path, "--fault", fault)


def refused(folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "clickstream_local", "local", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    return " ".join(done.stderr.split())


@pytest.mark.parametrize(("options", "member"), [((), "lambdaARN"), (("lambdaArn",), "lambdaArn")])
def test_a_disagreement_can_be_settled_the_other_way(tmp_path: Path, options: tuple[str, ...], member: str) -> None:
    """Facts 14: error objects name the function as lambdaARN in captures, as lambdaArn in the documentation."""
    switches = [part for value in options for part in ("--disagreement", f"error_arn_member={value}")]
    with local(small_template(tmp_path), tmp_path / "data", *switches) as running:
        running.post(b"poison")
        running.call("POST", "/_local/flush")
        (failed,) = (path for path in (tmp_path / "data/s3/lake/errors").rglob("*") if path.is_file())
        assert {"lambdaARN", "lambdaArn"} & set(json.loads(failed.read_text())) == {member}


@pytest.mark.parametrize(
    ("switch", "said"),
    [
        ("date_after_random_string", "'date_after_random_string' has no '='; write NAME=VALUE"),
        ("spelling=x", "'spelling' is no switch; there are active_partitions, date_after_random_string, "),
        ("date_after_random_string=no", "date_after_random_string is 'no': it must be true or false"),
        ("default_error_prefix_day=D", "default_error_prefix_day is 'D': it must be dd or DDD"),
        ("active_partitions=many", "active_partitions is 'many': it must be a whole number"),
        ("active_partitions=9999", "active_partitions is 9999: it must be between 1 and 5000"),
    ],
)
def test_a_switch_that_is_none_is_refused(tmp_path: Path, switch: str, said: str) -> None:
    assert said in refused(tmp_path, "--disagreement", switch)


def test_every_switch_is_in_the_docs_with_its_default() -> None:
    page = (CHECKOUT / "docs/local-firehose.md").read_text()
    for switch in dataclasses.fields(Disagreements):
        shown = str(switch.default).lower() if isinstance(switch.default, bool) else switch.default
        assert f"| `{switch.name}` | `{shown}` |" in page
