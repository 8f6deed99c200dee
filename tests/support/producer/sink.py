"""An HTTP endpoint that speaks PutRecordBatch and PutRecords to a real boto3 (facts/firehose.md#wire-protocol,
#put-records, facts/kinesis.md#put-records).
"""

from __future__ import annotations

import base64
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, overload
from urllib.parse import parse_qs

from clickstream_producer import FirehoseStream, KinesisStream

Refusal = tuple[int, str, str]
"""HTTP status, error name, message."""

CREDENTIALS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "not-a-secret"}


FIREHOSE_THROTTLE = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
KINESIS_THROTTLE = {
    "ErrorCode": "ProvisionedThroughputExceededException",
    "ErrorMessage": "Rate exceeded for shard shardId-000000000000 in stream clicks under account 123456789012.",
}


@dataclass
class Sink:
    """The service's side: what to do to requests, and what came of them.

    Rates are shares of requests, ``partial`` of records. Everything is decided by one seeded generator.
    """

    partial: float = 0.0
    throttle: float = 0.0
    error: float = 0.0
    reset_before: float = 0.0
    reset_after: float = 0.0
    latency: float = 0.0
    records_per_second: float = 0.0
    refuse: Callable[[list[bytes]], Refusal | None] = lambda records: None
    answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda answer: answer
    hold: threading.Event | None = None
    """When set up: requests are read, and answered once this is set."""
    down: bool = False
    """Connections are reset as soon as a request begins."""

    events: Counter[bytes] = field(default_factory=Counter)
    records: list[bytes] = field(default_factory=list)
    requests: list[tuple[float, int]] = field(default_factory=list)
    """When each request came, and how many records it had."""
    attempts: list[float] = field(default_factory=list)
    """When each request began, those in an outage included."""
    reset_events: Counter[bytes] = field(default_factory=Counter)
    """Events that were recorded, and the answer then lost."""
    faults: Counter[str] = field(default_factory=Counter)
    """How often each fault was injected, by what it is called in a report."""
    broken_limits: list[str] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    """What Kinesis requests called their stream."""
    keys: list[tuple[str, bytes]] = field(default_factory=list)
    """Partition key and record of each entry of a Kinesis request."""
    users: list[str] = field(default_factory=list)
    """Access key ids that requests were signed with."""
    url: str = ""

    def __post_init__(self) -> None:
        self.random = random.Random(20261121)
        self.lock = threading.Lock()
        self.tokens = self.records_per_second
        self.refilled = time.monotonic()

    @overload
    def target(self, name: str = "clicks", *, kinesis: Literal[False] = False, **options: Any) -> FirehoseStream: ...

    @overload
    def target(self, name: str = "clicks", *, kinesis: bool, **options: Any) -> FirehoseStream | KinesisStream: ...

    def target(self, name: str = "clicks", *, kinesis: bool = False, **options: Any) -> FirehoseStream | KinesisStream:
        kind = KinesisStream if kinesis else FirehoseStream
        where = {"region": "eu-central-1", "endpoint_url": self.url, "credentials": CREDENTIALS}
        return kind(name, **{**where, **options})

    def copies(self) -> int:
        return self.events.total() - len(self.events)

    def chance(self, share: float, fault: str) -> bool:
        happens = share > 0 and self.random.random() < share
        self.faults[fault] += happens
        return happens

    def take(self, records: list[bytes]) -> list[bool]:
        """Record entries; say which were taken."""
        taken = []
        for record in records:
            ok = not self.chance(self.partial, "entries failed")
            if ok and self.records_per_second:
                now = time.monotonic()
                self.tokens = min(
                    self.records_per_second, self.tokens + (now - self.refilled) * self.records_per_second
                )
                self.refilled = now
                ok = self.tokens >= 1
                self.tokens -= ok
                self.faults["entries over the quota"] += not ok
            if ok:
                self.records.append(record)
                self.events.update(record.splitlines())
            taken.append(ok)
        return taken

    def check_limits(self, records: list[bytes]) -> str | None:
        if not 1 <= len(records) <= 500:
            return f"{len(records)} records"
        if sum(map(len, records)) > 4 * 1024 * 1024:
            return f"{sum(map(len, records))} bytes in a request"
        for record in records:
            if len(record) > 1_024_000:
                return f"{len(record)} bytes in a record"
            lines = record.count(b"\n")
            if lines > 500 or not record.endswith(b"\n"):
                return f"{lines} lines in a record that ends with {record[-1:]!r}"
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    sink: Sink

    def do_POST(self) -> None:
        sink = self.sink
        with sink.lock:
            sink.attempts.append(time.monotonic())
        if sink.down:
            sink.faults["connections reset in an outage"] += 1
            return self._reset()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Type"].startswith("application/x-www-form-urlencoded"):
            return self._assume_role(parse_qs(body.decode()))
        kinesis = self.headers["X-Amz-Target"] == "Kinesis_20131202.PutRecords"
        assert kinesis or self.headers["X-Amz-Target"] == "Firehose_20150804.PutRecordBatch"
        request = json.loads(body)
        records = [base64.b64decode(entry["Data"]) for entry in request["Records"]]
        with sink.lock:
            if kinesis:
                sink.streams.append(request.get("StreamName") or request["StreamARN"])
                sink.keys += [
                    (entry["PartitionKey"], record) for entry, record in zip(request["Records"], records, strict=True)
                ]
            sink.requests.append((time.monotonic(), len(records)))
            sink.users.append(self.headers["Authorization"].split("Credential=")[1].split("/")[0])
        if sink.hold is not None:
            sink.hold.wait(30)
        time.sleep(sink.latency)
        with sink.lock:
            return self._decide(records, kinesis)

    def _decide(self, records: list[bytes], kinesis: bool) -> None:
        sink = self.sink
        broken = sink.check_limits(records)
        if broken:
            sink.broken_limits.append(broken)
            return self._error(400, "ValidationException", broken)
        if sink.chance(sink.reset_before, "requests reset"):
            return self._reset()
        if sink.chance(sink.throttle, "requests throttled"):
            return self._error(500, "ServiceUnavailableException", "Slow down.")
        if sink.chance(sink.error, "answers 500"):
            return self._error(500, "InternalFailure", "")
        refusal = sink.refuse(records)
        if refusal:
            return self._error(*refusal)
        taken = sink.take(records)
        if sink.chance(sink.reset_after, "answers lost"):
            for record, ok in zip(records, taken, strict=True):
                if ok:
                    sink.reset_events.update(record.splitlines())
            return self._reset()
        if kinesis:
            right, wrong = {"SequenceNumber": "4" * 56, "ShardId": "shardId-000000000000"}, KINESIS_THROTTLE
            count, answers = "FailedRecordCount", "Records"
        else:
            right, wrong = {"RecordId": "r" * 224}, FIREHOSE_THROTTLE
            count, answers = "FailedPutCount", "RequestResponses"
        answer = {count: taken.count(False), answers: [right if ok else wrong for ok in taken]}
        return self._send(200, "application/x-amz-json-1.1", json.dumps(sink.answer(answer)).encode())

    def _assume_role(self, form: dict[str, list[str]]) -> None:
        assert form["Action"] == ["AssumeRole"]
        role = form["RoleArn"][0].rsplit("/", 1)[1]
        text = (
            '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
            f"<AccessKeyId>ASIA{role}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        )
        return self._send(200, "text/xml", text.encode())

    def _error(self, status: int, name: str, message: str) -> None:
        self._send(status, "application/x-amz-json-1.1", json.dumps({"__type": name, "message": message}).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        head = (
            f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nx-amzn-RequestId: 1\r\n\r\n"
        )
        self.wfile.write(head.encode() + body)

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Closed here, with the linger option: the client sees a reset, not an orderly end.
        self.connection.close()

    def finish(self) -> None:
        if self.connection.fileno() >= 0:
            super().finish()

    def log_message(self, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away while its answer was written is part of some tests."""


@contextmanager
def running_sink(**faults: Any) -> Iterator[Sink]:
    """Serve on a free loopback port until the end of the block."""
    sink = Sink(**faults)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"sink": sink}))
    sink.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        if sink.hold is not None:
            sink.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
