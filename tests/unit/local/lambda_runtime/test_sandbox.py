"""An execution environment: its limits, its log, and how it ends."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from clickstream_local.lambda_runtime.worker import MAX_PAYLOAD_BYTES
from support.local_lambda import Invoke, messages


def test_the_process_stays_warm(invoke: Invoke) -> None:
    results = invoke("import os\ndef handler(event, context):\n    return os.getpid()", 1, 2)
    assert results[0].payload == results[1].payload != str(os.getpid()).encode()


def test_a_timeout_ends_the_process_and_the_next_invocation_has_a_new_one(invoke: Invoke, tmp_path: Path) -> None:
    code = "import os, time\ndef handler(event, context):\n    time.sleep(event)\n    return os.getpid()"
    before, failed, after = invoke(code, 0, 30, 0, timeout_seconds=1)
    assert failed.error_type == "Sandbox.Timedout"
    assert json.loads(failed.payload)["errorMessage"].endswith("Task timed out after 1.00 seconds")
    assert before.payload != after.payload
    assert any(line.endswith(f"{failed.request_id} Task timed out after 1.00 seconds") for line in messages(tmp_path))


def test_a_process_that_exits_is_reported_as_lambda_does(invoke: Invoke) -> None:
    exited, again = invoke("import os\ndef handler(event, context):\n    os._exit(3) if event else None", True, False)
    assert exited.error_type == "Runtime.ExitError"
    assert json.loads(exited.payload)["errorMessage"].endswith("Runtime exited with error: exit status 3")
    assert again.payload == b"null"


@pytest.mark.parametrize(
    ("length", "error"), [(MAX_PAYLOAD_BYTES - 2, None), (MAX_PAYLOAD_BYTES - 1, "Function.ResponseSizeTooLarge")]
)
def test_a_response_holds_at_most_six_megabytes(invoke: Invoke, length: int, error: str | None) -> None:
    """facts/firehose.md#function-reply: 6,291,556 bytes, counted as marshalled."""
    (result,) = invoke("def handler(event, context):\n    return 'x' * event", length)
    assert result.error_type == error


def test_what_is_printed_and_logged_stands_between_start_and_end(invoke: Invoke, tmp_path: Path) -> None:
    code = (
        "import logging\ndef handler(event, context):\n"
        "    print('one')\n    logging.warning('two')\n    print('x', end='')"
    )
    (result,) = invoke(code, None)
    start, one, two, last, end, report = messages(tmp_path)
    assert start == f"START RequestId: {result.request_id} Version: $LATEST"
    assert (one, last, end) == ("one", "x", f"END RequestId: {result.request_id}")
    assert two.startswith("[WARNING]\t")
    assert two.endswith(f"\t{result.request_id}\ttwo")
    assert report.startswith(f"REPORT RequestId: {result.request_id}\tDuration: ")
    assert "Init Duration" in report
