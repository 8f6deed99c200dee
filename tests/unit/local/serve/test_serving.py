"""`clickstream local`: starts that fail, and `--watch`."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path

from clickstream_local.assembly.documents import read_template
from support.local_process import LocalProcess, local
from support.small_template import UPPER, small_template


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


def wait_for(running: LocalProcess, expected: bytes) -> None:
    deadline = time.monotonic() + 20
    while expected not in running.delivered() and time.monotonic() < deadline:
        with contextlib.suppress(OSError, AssertionError):  # it may be starting again
            running.post()
            running.call("POST", "/_local/flush")
        time.sleep(0.1)
    assert expected in running.delivered()


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


def test_watch_starts_again_when_the_template_changes_and_keeps_the_address(tmp_path: Path) -> None:
    template = small_template(tmp_path)
    with local(template, tmp_path / "data", "--watch") as running:
        wait_for(running, b'{"EVENT_NAME": "CLICK"}\n')
        small_template(tmp_path, UPPER.replace("data.upper()", "b'other ' + data"))
        running.wait_until_said("the template has changed")
        wait_for(running, b'other {"event_name": "click"}\n')
        assert running.stop()[0] == 0


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


def test_a_start_says_what_it_takes_as_allowed_and_that_it_does_not_judge(tmp_path: Path) -> None:
    with local(small_template(tmp_path), tmp_path / "data") as running:
        running.wait_until_said("role arn:aws:iam::000000000000:role/delivery is in no template")
        assert running.stop()[0] == 0
    with local(small_template(tmp_path), tmp_path / "data", "--iam", "off") as running:
        running.wait_until_said("rights are not judged: what a role lacks on AWS works here")
        assert running.stop()[0] == 0
