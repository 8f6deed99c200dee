"""A worker process: its memory, its end, and what the function does to its descriptors."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from clickstream_local.lambda_runtime.sandbox import FunctionUnavailableError
from support.local_lambda import Invoke


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is limited where /proc shows it")
def test_a_function_over_its_memory_is_killed(invoke: Invoke) -> None:
    code = "import time\ndef handler(event, context):\n    held = bytearray(300_000_000)\n    time.sleep(10)"
    (result,) = invoke(code, None, memory_mb=128, timeout_seconds=30)
    assert json.loads(result.payload)["errorMessage"].endswith("Runtime exited with error: signal: killed")


ORPHAN = "import os, subprocess, sys\ndef handler(event, context):\n    "
SLEEP = "subprocess.Popen(['sleep', '60'], start_new_session=True)"


@pytest.mark.parametrize(
    "then",
    [
        f"{SLEEP}; os._exit(1)",
        "os.fork() or __import__('time').sleep(60); os._exit(1)",
        f"{SLEEP}; os.kill(os.getpid(), 9)",
        "os.closerange(3, 100); __import__('time').sleep(60)",
    ],
)
def test_what_outlives_a_function_holds_up_nothing(invoke: Invoke, then: str) -> None:
    """Ends of pipes that a child of its own session holds never close; the process has ended all the same."""
    (result,) = invoke(ORPHAN + then, None, timeout_seconds=30)
    assert result.error_type == "Runtime.ExitError"


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="descendants are found where /proc shows them")
def test_what_a_function_started_ends_with_its_process(invoke: Invoke) -> None:
    (result, child) = invoke(
        ORPHAN + f"child = {SLEEP} if event else None\n    if event: return child.pid\n    os._exit(1)", 1, 0
    )
    assert child.error_type == "Runtime.ExitError"
    deadline = time.monotonic() + 5
    while (running := _runs(json.loads(result.payload))) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running


def _runs(process: int) -> bool:
    status = Path(f"/proc/{process}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


@pytest.mark.parametrize(
    "act",
    [
        "os.closerange(0, 3)",
        "sys.stderr.close()",
        "os.dup2(os.open(os.devnull, os.O_WRONLY), 2)",
        "os.fork()",
    ],
)
def test_a_function_that_loses_its_output_or_forks_is_answered_at_once(invoke: Invoke, act: str) -> None:
    results = invoke(f"import os, sys\ndef handler(event, context):\n    {act}\n    return event", 1, 2, 3)
    assert [result.payload for result in results] == [b"1", b"2", b"3"]


@pytest.mark.parametrize("forged", [b"junk" * 20, b"\xff" * 40, b'{"ready": true}' * 5])
def test_a_frame_that_the_function_writes_itself_is_no_answer(invoke: Invoke, forged: bytes) -> None:
    code = (
        "import os, socket, stat\ndef handler(event, context):\n"
        "    for number in range(3, 20):\n"
        "        try: ours = stat.S_ISSOCK(os.fstat(number).st_mode)\n"
        "        except OSError: continue\n"
        f"        if event and ours: os.write(number, {forged!r})\n"
        "    return 'own'"
    )
    first, second = invoke(code, 1, 0)
    assert (first.error_type, second.payload) == ("Runtime.ExitError", b'"own"')


def test_code_that_is_gone_is_an_error_that_says_so(invoke: Invoke, tmp_path: Path) -> None:
    with pytest.raises(FunctionUnavailableError, match=r"function transform cannot be started: .*its code is not at"):
        invoke("", None, code_dir=tmp_path / "away")
