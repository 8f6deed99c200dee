"""Blueprints, a function per event and none, from the synthesized template to rows: the local runtime runs each."""

from __future__ import annotations

import gzip
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import boto3
import pyarrow.parquet as pq
import pytest

from cdk_clickstream import ApiAuth, Blueprint, ClickstreamPipeline, EventSchema, OutputFormat, Transform
from clickstream_local.demo.runtime_process import RuntimeProcess, running
from clickstream_local.failures.objects import failed_records
from support.blueprints import Blueprint as Direct
from support.blueprints import log_document
from support.stacks import CONTEXT, REASON

pytestmark = pytest.mark.xdist_group("pipeline")
APACHE = b'203.0.113.%d - - [10/Oct/2000:13:55:36 -0700] "GET /a,b HTTP/1.0" 200 23 "-" "curl/8"'
CODE = """def transform(event, known):
    if event.get("bad"):
        return {"event_name": 7}
    return {"event_name": event["event_name"].upper(), "ip": known["ip"]}
"""
SCHEMA = {"type": "object", "properties": {"event_name": {"type": "string"}, "ip": {"type": "string"}}}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One stack for each transform."""
    folder = tmp_path_factory.mktemp("transforms")
    (folder / "rows.py").write_text(CODE, encoding="utf-8")
    schema = EventSchema.from_dict(SCHEMA)
    auth = ApiAuth.public(reason=REASON)
    app = cdk.App(context=CONTEXT, outdir=str(folder / "cdk.out"))

    def pipeline(name: str, transform: Transform, **options: Any) -> None:
        ClickstreamPipeline(cdk.Stack(app, name), name, transform=transform, **({"auth": None} | options))

    pipeline("ApacheJson", Transform.blueprint(Blueprint.APACHE_LOG_TO_JSON))
    pipeline("ApacheCsv", Transform.blueprint(Blueprint.APACHE_LOG_TO_CSV))
    pipeline("CloudWatch", Transform.blueprint(Blueprint.CLOUDWATCH_LOGS))
    pipeline("PerEvent", Transform.per_event(folder / "rows.py"), auth=auth, schema=schema)
    pipeline("None", Transform.none(), auth=auth, schema=schema, output=OutputFormat.parquet())
    app.synth()
    return folder / "cdk.out"


class Running:
    """The runtime with the pipelines, told apart by their stacks' names."""

    def __init__(self, runtime: RuntimeProcess, data_dir: Path) -> None:
        self.runtime = runtime
        self.data_dir = data_dir
        streams = runtime.state()["delivery_streams"]
        self._streams = {
            one["logical_id"].split("Stream")[0]: (name, data_dir / "s3" / one["bucket"])
            for name, one in streams.items()
            if "Reject" not in one["logical_id"]
        }

    def put(self, pipeline: str, *records: bytes) -> None:
        client = boto3.client(
            "firehose",
            region_name="us-east-1",
            endpoint_url=self.runtime.url,
            aws_access_key_id="LOCAL",
            aws_secret_access_key="local",
        )
        client.put_record_batch(
            DeliveryStreamName=self._streams[pipeline][0], Records=[{"Data": record} for record in records]
        )

    def files(self, pipeline: str, kind: str = "events") -> list[Path]:
        folder = self._streams[pipeline][1] / kind
        return sorted(path for path in folder.rglob("*") if path.is_file())

    def rows(self, pipeline: str) -> list[dict[str, Any]]:
        found = [row for path in self.files(pipeline) for row in pq.ParquetFile(path).read().to_pylist()]
        return [{name: value for name, value in row.items() if value is not None} for row in found]


@pytest.fixture(scope="module")
def pipelines(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data_dir = tmp_path_factory.mktemp("data")
    with running(assembly, data_dir, buffer_interval=600) as runtime:
        yield Running(runtime, data_dir)


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row as Parquet gives it back, with times as the transform writes them."""
    return {
        name: f"{value.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"
        if hasattr(value, "isoformat")
        else value
        for name, value in row.items()
    }


def test_apache_lines_become_the_rows_that_the_transform_alone_makes(pipelines: Running) -> None:
    lines = [APACHE % number for number in range(3)]
    pipelines.put("ApacheJson", *lines, b"Bad line")
    pipelines.runtime.flush()
    direct = Direct("apache_log_to_json")
    assert [plain(row) for row in pipelines.rows("ApacheJson")] == [json.loads(direct.output(line)) for line in lines]
    assert [one.reason for one in failed_records(pipelines.data_dir) if one.raw == b"Bad line"] != []


def test_csv_rows_are_delivered_as_they_are(pipelines: Running) -> None:
    pipelines.put("ApacheCsv", APACHE % 1)
    pipelines.runtime.flush()
    (file,) = pipelines.files("ApacheCsv")
    assert file.read_bytes() == Direct("apache_log_to_csv").output(APACHE % 1)


def test_documents_of_cloudwatch_logs_become_a_row_per_log_event(pipelines: Running) -> None:
    pipelines.put("CloudWatch", log_document("one", "two"), log_document("x", kind="CONTROL_MESSAGE"))
    pipelines.runtime.flush()
    rows = pipelines.rows("CloudWatch")
    assert [(row["message"], row["log_group"]) for row in rows] == [("one", "/web/access"), ("two", "/web/access")]


def post(pipelines: Running, name: str, body: bytes) -> int:
    endpoints = pipelines.runtime.state()["endpoints"]
    (url,) = [url for id_, url in endpoints.items() if id_.startswith(name)]
    request = urllib.request.Request(f"{url}/events", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_function_of_ones_own_makes_the_rows_of_a_request(pipelines: Running) -> None:
    bad = b'{"event_name":"a row that breaks the schema","bad":true}'
    assert post(pipelines, "PerEvent", b'[{"event_name":"a"},' + bad + b',{"event_name":"b"}]') == 202
    pipelines.runtime.flush()
    assert pipelines.rows("PerEvent") == [
        {"event_name": "A", "ip": "127.0.0.1"},
        {"event_name": "B", "ip": "127.0.0.1"},
    ]
    (rejected,) = [one for one in failed_records(pipelines.data_dir) if one.raw == bad]
    assert (rejected.kind, rejected.reason) == ("rejected", "event_name: must be a string, not a number")


def test_without_a_transform_the_request_is_the_row_and_the_backup_its_line(pipelines: Running) -> None:
    assert post(pipelines, "None", b'{\n "event_name": "a",\n "ip": "x\\ny"\n}') == 202
    assert post(pipelines, "None", b'[{"event_name":"a"}]') == 400
    assert post(pipelines, "None", b'{"event_name":1}') == 400
    pipelines.runtime.flush()
    assert pipelines.rows("None") == [{"event_name": "a", "ip": "x\ny"}]
    (backup,) = pipelines.files("None", "backup")
    assert gzip.decompress(backup.read_bytes()) == b'{"event_name":"a","ip":"x\\ny"}\n'
