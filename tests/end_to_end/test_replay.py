"""Failed records of the reference app, put again (DESIGN section 2: the kinds of a context line)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from clickstream_local.failures.objects import FailedRecord
from clickstream_local.failures.replay import replayable
from support.running_pipeline import Pipeline, event

pytestmark = pytest.mark.xdist_group("pipeline")


def test_a_rejected_event_is_replayed_with_its_own_id_and_time(pipeline: Pipeline) -> None:
    pipeline.post(b"[%s, %s]" % (event(event_id="good"), event(value="12")))
    pipeline.flush()
    (rejected,) = pipeline.failed()
    command = [sys.executable, "-m", "clickstream_local", "replay", "--url", pipeline.runtime.url]
    command += ["--data-dir", str(pipeline.data_dir), "--kind", "rejected", "--remove"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "put 1 rejected into" in done.stdout, done.stdout + done.stderr
    pipeline.flush()
    # Nothing was mended, so it is rejected again: the same event of the same record.
    (again,) = pipeline.failed()
    assert (again.raw, again.reason, again.context) == (rejected.raw, rejected.reason, rejected.context)
    assert [row["event_id"] for row in pipeline.rows()] == ["good"]


def test_rows_that_could_not_be_converted_are_replayed_past_the_transform(pipeline: Pipeline) -> None:
    """A row is no event: through the transform, ip_address would be moved to properties."""
    row = b'{"event_id":"kept","event_name":"click","ip_address":"203.0.113.0"}\n'
    failed = FailedRecord("format-conversion-failed", "…", row, Path(), arrival=1_795_262_400_000)
    (record,) = replayable(failed, processed=True)
    pipeline.firehose().put_record(DeliveryStreamName=pipeline.stream, Record={"Data": record})
    pipeline.flush()
    (found,) = pipeline.rows()
    assert (found["event_id"], found["ip_address"], found["properties"]) == ("kept", "203.0.113.0", None)
