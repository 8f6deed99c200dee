"""The road of one event, end to end, on the synthesized template."""

from __future__ import annotations

import gzip
import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clickstream_local.demo.runtime_process import running
from clickstream_local.tables.landed_tables import LandedTables
from clickstream_producer import FirehoseStream, Producer
from support.running_pipeline import Pipeline, event

pytestmark = pytest.mark.xdist_group("pipeline")
CREDENTIALS = {"access_key_id": "LOCAL", "secret_access_key": "local"}


def test_an_event_over_http_and_one_by_the_producer_are_rows_of_the_same_table(pipeline: Pipeline) -> None:
    pipeline.post(event(event_id="http", page_url="https://shop.example/cart?size=42"))
    target = FirehoseStream(
        pipeline.stream, region="us-east-1", endpoint_url=pipeline.runtime.url, credentials=CREDENTIALS
    )
    with Producer(target) as producer:
        producer.put({"event_name": "click", "event_id": "producer"})
    pipeline.flush()
    rows = {row["event_id"]: row for row in pipeline.rows()}
    assert set(rows) == {"http", "producer"}
    assert rows["http"]["page_path"] == "/cart"
    assert rows["http"]["ip_address"] == "127.0.0.0"
    assert rows["producer"]["ip_address"] is None


def test_a_beacon_is_taken_like_any_other_request(pipeline: Pipeline) -> None:
    """`navigator.sendBeacon` posts text/plain;charset=UTF-8 (facts/api-gateway.md#cors)."""
    assert pipeline.post(event(), content_type="text/plain;charset=UTF-8").status == 202


def test_objects_have_the_service_s_names(pipeline: Pipeline) -> None:
    """facts/firehose.md#object-names: <prefix><stream>-<version>-yyyy-MM-dd-HH-mm-ss-<uuid><extension>."""
    pipeline.post(event())
    pipeline.flush()
    (file,) = (pipeline.data_dir / "s3").rglob("*.parquet")
    pattern = re.escape(pipeline.stream) + r"-1-\d{4}(-\d\d){5}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.parquet"
    assert re.fullmatch(pattern, file.name)
    assert re.fullmatch(r"event_date=\d{4}-\d\d-\d\d", file.parent.name)
    metadata = pq.ParquetFile(file).metadata
    assert metadata.row_group(0).column(0).compression == "SNAPPY"


def test_the_source_backup_holds_the_record_as_it_came(pipeline: Pipeline) -> None:
    body = b'{ "event_name" : "click",\n  "event_id" : "pretty" }'
    pipeline.post(body)
    pipeline.flush()
    (backup,) = [path for path in (pipeline.data_dir / "s3").rglob("*.gz") if "errors" not in path.parts]
    record = gzip.decompress(backup.read_bytes())
    context, rest = record.split(b"\n", 1)
    boundary = json.loads(context)["boundary"].encode()
    assert rest == body + b"\n" + boundary + b"\n"


def test_a_record_that_holds_no_event_is_kept_under_processing_failed(pipeline: Pipeline) -> None:
    pipeline.firehose().put_record(DeliveryStreamName=pipeline.stream, Record={"Data": b"\x00\xff"})
    pipeline.post(event())
    pipeline.flush()
    (failed,) = pipeline.failed()
    assert (failed.kind, failed.raw) == ("processing-failed", b"\x00\xff")
    assert len(pipeline.rows()) == 1


def test_ctrl_c_delivers_what_is_buffered(assembly: Path, tmp_path: Path) -> None:
    with running(assembly, tmp_path, buffer_interval=600) as runtime:
        Pipeline(runtime, tmp_path).post(event(event_id="last"))
        assert runtime.stop() == 0
    tables = LandedTables(tmp_path)
    assert tables.query("SELECT event_id FROM events")[1] == [("last",)]
    tables.close()


def test_buffered_records_are_delivered_after_the_interval(assembly: Path, tmp_path: Path) -> None:
    with running(assembly, tmp_path, buffer_interval=0.2) as runtime:
        pipeline = Pipeline(runtime, tmp_path)
        pipeline.post(event())
        deadline = time.monotonic() + 20
        while not pipeline.counts()["rows_delivered"] and time.monotonic() < deadline:
            time.sleep(0.05)
        assert pipeline.counts()["rows_delivered"] == 1


def local(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clickstream_local", "local", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_port_in_use_is_named(assembly: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = local("--assembly", str(assembly), "--data-dir", str(tmp_path), "--port", port)
    assert (done.returncode, done.stderr) == (
        1,
        f"Error: port {port} is taken; give another with --port, or 0 for a free one\n",
    )


def test_two_runtimes_do_not_share_a_data_directory(pipeline: Pipeline, assembly: Path) -> None:
    done = local("--assembly", str(assembly), "--data-dir", str(pipeline.data_dir), "--port", "0")
    assert done.returncode == 1
    assert "is in use by another runtime" in done.stderr


def test_a_missing_assembly_says_what_to_run(tmp_path: Path) -> None:
    done = local("--assembly", str(tmp_path / "cdk.out"), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 1
    assert "cdk synth" in done.stderr
