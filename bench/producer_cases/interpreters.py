"""Runs a case in a process of its own, by the interpreter that has what it needs; a peer that is not here is said."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from producer_cases.workload import tails

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
PEERS = Path(os.environ.get("CLICKSTREAM_BENCH_PEERS", CHECKOUT / ".venv" / "peers")) / "bin" / "python"
SDK = CHECKOUT / "tools" / "aws-sdk-js" / "node_modules" / "@aws-sdk" / "client-firehose"

OF_PEERS = {
    "aiobotocore, 8 in flight": "aiobotocore",
    "async-kinesis, limits lifted": "async-kinesis",
    "kiner": "kiner",
}
"""Cases of requirements/bench-peers.txt, and their distributions: they need an older botocore than the project's."""

OF_NODE = {"aws-sdk-js, 1 in flight": 1, "aws-sdk-js, 8 in flight": 8}


def run(case: str, url: str, count: int, size: int) -> dict[str, float]:
    """What a case cost; raises with its last words when it fails."""
    if case in OF_NODE:
        command = [node(), str(HERE / "sdk.mjs"), url, str(count), str(size), str(OF_NODE[case]), tails_file(size)]
    else:
        interpreter = PEERS if case in OF_PEERS else Path(sys.executable)
        command = [str(interpreter), str(HERE / "run.py"), case, url, str(count), str(size)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode or not done.stdout:
        raise RuntimeError(f"{case}, {size} B: {done.stderr[-2_000:]}")
    cost: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return cost


@cache
def absent(case: str) -> str:
    """Why a case cannot run here; empty when it can."""
    if case in OF_PEERS:
        check = [str(PEERS), "-c", f"import importlib.metadata as m; m.version({OF_PEERS[case]!r})"]
        if not PEERS.exists() or subprocess.run(check, capture_output=True, check=False).returncode:
            return f"{OF_PEERS[case]} is not installed in {PEERS.parents[1].name}; `make bench` installs it"
    if case in OF_NODE and not SDK.exists():
        return "@aws-sdk/client-firehose is not installed; `make bench` installs it"
    if case in OF_NODE and not node():
        return "there is no Node.js"
    return ""


@cache
def node() -> str:
    """The Node.js of the environment, or the system's."""
    beside = Path(sys.executable).parent / "node"
    return str(beside) if beside.exists() else shutil.which("node") or ""


@cache
def tails_file(size: int) -> str:
    """The workload for Node.js; removed with the folder of temporary files."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump([tail.decode() for tail in tails(size)], file)
    return file.name


def versions() -> dict[str, Any]:
    """What was measured with."""
    ask = "import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"

    def of(interpreter: Path, *names: str) -> dict[str, str]:
        done = subprocess.run([str(interpreter), "-c", ask, *names], capture_output=True, text=True, check=False)
        return dict(json.loads(done.stdout)) if done.returncode == 0 else {}

    found = of(Path(sys.executable), "boto3", "msgspec", "orjson", "pybase64")
    if PEERS.exists():
        found |= of(PEERS, *OF_PEERS.values())
    if SDK.exists():
        found["@aws-sdk/client-firehose"] = json.loads((SDK / "package.json").read_text())["version"]
    return found
