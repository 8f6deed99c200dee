"""What is served under /_local/, and to whom; the page itself is looked at in tests/browser."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from clickstream_local.s3.directory_store import DirectoryStore
from clickstream_local.testing import Answer, Faults, LocalPipeline, LocalPipelineError
from support.small_template import small_template


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[LocalPipeline]:
    with LocalPipeline(small_template(tmp_path), data_dir=tmp_path / "data") as running:
        yield running


def call(pipeline: LocalPipeline, method: str, path: str, body: str = "", **headers: str) -> Answer:
    return pipeline.post(body, path=f"/_local/{path}", method=method, endpoint=pipeline.url, headers=headers)


class Events:
    """A reader of the stream of server-sent events."""

    def __init__(self, pipeline: LocalPipeline) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(pipeline.url).netloc, timeout=20)
        self._connection.request("GET", "/_local/events")
        self._answer = self._connection.getresponse()
        assert self._answer.headers["Content-Type"] == "text/event-stream"
        self._skipped: list[tuple[str, dict[str, Any]]] = []

    def until(self, kind: str) -> dict[str, Any]:
        """The first event of a kind that was not asked for yet."""
        for skipped in self._skipped:
            if skipped[0] == kind:
                self._skipped.remove(skipped)
                return skipped[1]
        found, deadline = "", time.monotonic() + 20
        for raw in self._answer:
            assert time.monotonic() < deadline, f"nothing was told of {kind!r}"
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                found = line.removeprefix("event: ")
            elif line.startswith("data: "):
                document: dict[str, Any] = json.loads(line.removeprefix("data: "))
                if found == kind:
                    return document
                self._skipped.append((found, document))
        raise AssertionError(f"the stream ended without {kind!r}")

    def rest(self) -> bytes:
        return self._answer.read()

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def events(pipeline: LocalPipeline) -> Iterator[Events]:
    reader = Events(pipeline)
    yield reader
    reader.close()


def test_requests_objects_errors_and_counts_are_told(pipeline: LocalPipeline, events: Events) -> None:
    assert events.until("state")["delivery_streams"]["clicks"]["records_received"] == 0
    pipeline.post("poison")
    told = events.until("request")
    assert (told["status"], told["path"], told["body"]) == (202, "/v1/events", "poison")
    pipeline.put("good\n")
    assert events.until("put") == {
        "stream": "clicks",
        "operation": "PutRecordBatch",
        "records": 1,
        "bytes": 5,
        "refused": 0,
    }
    pipeline.flush()
    backup = events.until("object")
    assert backup["key"].startswith("backup/")
    assert (backup["stream"], backup["kind"], backup["records"], backup["bytes"] > 0) == ("clicks", "backup", 2, True)
    failed = events.until("failed")
    assert (failed["stream"], failed["kind"], failed["records"]) == ("clicks", "processing-failed", 1)
    errors = events.until("errors")
    assert (errors["stream"], errors["kind"], errors["records"]) == ("clicks", "processing-failed", 1)
    (reason,) = errors["reasons"]
    assert (reason["kind"], reason["count"]) == ("processing-failed", 1)
    assert reason["reason"] == failed["reason"]
    while (counts := events.until("state")["delivery_streams"]["clicks"])["records_failed"] != 1:
        pass
    while counts["records_delivered"] != 1:
        counts = events.until("state")["delivery_streams"]["clicks"]
    assert (counts["bytes_incoming"], counts["bytes_delivered"]) == (len("poison\ngood\n"), len("GOOD\n"))


def test_a_put_of_an_endpoint_is_told_as_its_request_only(pipeline: LocalPipeline, events: Events) -> None:
    pipeline.post("over http")
    pipeline.client("firehose").put_record(DeliveryStreamName="clicks", Record={"Data": b"signed"})
    told = events.until("put")
    assert (told["operation"], told["bytes"]) == ("PutRecord", 6)


def test_refused_puts_are_told(tmp_path: Path) -> None:
    refusing = LocalPipeline(small_template(tmp_path), data_dir=tmp_path / "data", faults=Faults(throttle=1))
    with refusing as pipeline:
        with pytest.raises(LocalPipelineError, match="2 of 2 records were refused"):
            pipeline.put("a", "b")
        events = Events(pipeline)
        told = events.until("put")
        assert (told["records"], told["refused"]) == (2, 2)
        events.close()


def test_an_error_object_that_is_gone_already_is_told_without_reasons(
    pipeline: LocalPipeline, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(store: DirectoryStore, bucket: str, key: str) -> bytes:
        (store.bucket_path(bucket) / key).unlink()
        return read(store, bucket, key)

    read = DirectoryStore.get
    monkeypatch.setattr(DirectoryStore, "get", gone)
    pipeline.put("poison")
    pipeline.flush()
    assert events.until("errors")["reasons"] == []


def test_one_who_listens_late_is_told_what_has_happened(pipeline: LocalPipeline) -> None:
    for number in range(150):
        pipeline.post(str(number))
    late = Events(pipeline)
    assert late.until("request")["body"] == "50"
    late.close()


def test_rare_failures_are_not_pushed_out_by_what_happens_all_the_time(pipeline: LocalPipeline) -> None:
    pipeline.put("poison")
    pipeline.flush()
    pipeline.post("refused", path="/nowhere")
    for number in range(150):
        pipeline.post(str(number))
    late = Events(pipeline)
    assert late.until("failed")["records"] == 1
    assert late.until("errors")["reasons"][0]["count"] == 1
    assert (late.until("request")["status"], late.until("request")["body"]) == (403, "50")
    late.close()


def test_a_long_body_is_told_by_its_beginning(pipeline: LocalPipeline, events: Events) -> None:
    pipeline.post("é" * 5000)
    told = events.until("request")
    assert (told["bytes"], told["body"]) == (10_000, "é" * 300)


def test_the_stream_of_events_ends_with_the_runtime(pipeline: LocalPipeline, events: Events) -> None:
    events.until("state")
    pipeline.put("last\n")
    pipeline.stop()
    assert b"data/" in events.rest()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="another website's script"),
        pytest.param({"Origin": "http://127.0.0.1:9"}, id="another port of this machine"),
        pytest.param({"Origin": "null"}, id="a sandboxed frame"),
        pytest.param({"Host": "evil.example:4580"}, id="a name that was made to point here"),
    ],
)
def test_no_other_website_may_use_it(pipeline: LocalPipeline, headers: dict[str, str]) -> None:
    for method, path in (("GET", "state"), ("POST", "flush"), ("POST", "query")):
        assert call(pipeline, method, path, "SELECT 1", **headers).status == 403


def test_its_own_page_may_use_it(pipeline: LocalPipeline) -> None:
    assert call(pipeline, "GET", "state", Origin=pipeline.url).status == 200


def test_a_query_gives_columns_and_rows(pipeline: LocalPipeline) -> None:
    answer = call(pipeline, "POST", "query", "SELECT 1 AS one, NULL AS nothing")
    assert answer.json() == {"columns": ["one", "nothing"], "rows": [["1", None]], "more": False}


def test_a_query_s_rows_are_bounded(pipeline: LocalPipeline) -> None:
    answer = call(pipeline, "POST", "query", "SELECT n FROM UNNEST(sequence(1, 100000)) AS t(n)").json()
    assert (len(answer["rows"]), answer["more"]) == (500, True)


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '{data}/s3/lake/x'",
        "SELECT 1; DROP TABLE x",
        "CREATE TABLE t (n int)",
        "SET enable_external_access = true",
        "ATTACH '{data}/x.db'",
        "INSTALL httpfs",
    ],
)
def test_a_query_can_only_read(pipeline: LocalPipeline, sql: str) -> None:
    answer = call(pipeline, "POST", "query", sql.format(data=pipeline.data_dir))
    assert answer.status == 400
    assert any(said in answer.json()["message"] for said in ("give a SELECT", "give one statement"))
    assert not list(pipeline.data_dir.rglob("x*"))


@pytest.mark.parametrize("path", ["{data}/catalog.json", "/etc/hostname", "{data}/s3/../catalog.json"])
def test_a_query_reads_no_file_but_delivered_objects(pipeline: LocalPipeline, path: str) -> None:
    answer = call(pipeline, "POST", "query", f"SELECT * FROM read_text('{path.format(data=pipeline.data_dir)}')")
    assert (answer.status, "FROM takes a table" in answer.json()["message"]) == (400, True)


def test_an_unknown_path_says_what_there_is(pipeline: LocalPipeline) -> None:
    answer = call(pipeline, "GET", "nothing")
    assert answer.status == 404
    assert "/_local/query" in answer.json()["message"]


def test_metrics_are_prometheus_text(pipeline: LocalPipeline) -> None:
    pipeline.put("a\n")
    pipeline.flush()
    answer = call(pipeline, "GET", "metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert any("IncomingRecords" in line or "incoming_records" in line for line in answer.body.decode().splitlines())
