"""A worker process: its memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.local_lambda import Invoke


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is limited where /proc shows it")
def test_a_function_over_its_memory_is_killed(invoke: Invoke) -> None:
    code = "import time\ndef handler(event, context):\n    held = bytearray(300_000_000)\n    time.sleep(10)"
    (result,) = invoke(code, None, memory_mb=128, timeout_seconds=30)
    assert json.loads(result.payload)["errorMessage"].endswith("Runtime exited with error: signal: killed")
