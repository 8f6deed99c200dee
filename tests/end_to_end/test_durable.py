"""`clickstream local --durable`: what was answered with 202 is delivered, whatever happens to the runtime."""

from __future__ import annotations

import threading
import time
import urllib.error
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest

from clickstream_local.demo.runtime_process import RuntimeProcess, running
from clickstream_local.failures.objects import unzipped
from support.running_pipeline import Pipeline, event

pytestmark = pytest.mark.xdist_group("pipeline")


def durable(assembly: Path, data_dir: Path) -> AbstractContextManager[RuntimeProcess]:
    return running(assembly, data_dir, buffer_interval=600, options=["--durable"])


def test_what_a_killed_runtime_has_accepted_is_delivered_by_the_next(assembly: Path, tmp_path: Path) -> None:
    with durable(assembly, tmp_path) as first:
        pipeline = Pipeline(first, tmp_path)
        pipeline.post(event(event_id="http"))
        pipeline.post(event(event_id="bad", value="12"))
        pipeline.firehose().put_record_batch(
            DeliveryStreamName=pipeline.stream, Records=[{"Data": event(event_id="sdk")}, {"Data": b"\x00\xff"}]
        )
        first.kill()
    with durable(assembly, tmp_path) as second:
        pipeline = Pipeline(second, tmp_path)
        assert pipeline.counts()["records_received"] == 4
        pipeline.flush()
        assert {row["event_id"] for row in pipeline.rows()} == {"http", "sdk"}
        assert sorted(failed.kind for failed in pipeline.failed()) == ["processing-failed", "rejected"]
        (backup,) = [path for path in (tmp_path / "s3").rglob("*.gz") if "errors" not in path.parts]
        assert unzipped(backup.read_bytes()).count(b"event_name") == 3
    assert any("delivering 4 records that an earlier run of" in line for line in second.messages)
    with durable(assembly, tmp_path) as third:
        assert Pipeline(third, tmp_path).counts()["records_received"] == 0


def test_a_runtime_killed_while_it_delivers_loses_nothing(assembly: Path, tmp_path: Path) -> None:
    sent = {f"event-{number}" for number in range(400)}
    with durable(assembly, tmp_path) as first:
        pipeline = Pipeline(first, tmp_path)
        entries = [{"Data": event(event_id=event_id)} for event_id in sent]
        answer = pipeline.firehose().put_record_batch(DeliveryStreamName=pipeline.stream, Records=entries)
        assert answer["FailedPutCount"] == 0
        flush = threading.Thread(target=flush_until_killed, args=(first,))
        flush.start()
        time.sleep(0.1)
        first.kill()
        flush.join()
    with durable(assembly, tmp_path) as second:
        pipeline = Pipeline(second, tmp_path)
        pipeline.flush()
        assert {row["event_id"] for row in pipeline.rows()} == sent


def flush_until_killed(runtime: RuntimeProcess) -> None:
    with suppress(urllib.error.URLError, OSError):
        runtime.flush()


def test_a_start_that_is_not_durable_says_what_it_does_not_deliver(assembly: Path, tmp_path: Path) -> None:
    with durable(assembly, tmp_path) as first:
        Pipeline(first, tmp_path).post(event(event_id="kept"))
        first.kill()
    with running(assembly, tmp_path, buffer_interval=600) as forgetful:
        pipeline = Pipeline(forgetful, tmp_path)
        assert pipeline.counts()["records_received"] == 0
        said = f"an earlier run kept records of {pipeline.stream}; start with --durable to deliver them"
        assert said in forgetful.messages
    with durable(assembly, tmp_path) as last:
        last.flush()
        assert [row["event_id"] for row in Pipeline(last, tmp_path).rows()] == ["kept"]
