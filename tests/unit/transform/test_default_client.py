"""The client that the function uses on its own: real boto3, talking to a listener on the loopback address."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from clickstream_transform.contract.put import BatchPutter, default_client


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """Speaks as much of the Firehose wire protocol as PutRecordBatch needs; fails its first call as a throttle does."""
    calls: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            calls.append(body | {"target": self.headers["X-Amz-Target"]})
            if len(calls) == 1:
                status, answer = 500, {"__type": "ServiceUnavailableException", "message": "Slow down."}
            else:
                status, answer = (
                    200,
                    {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "x"} for _ in body["Records"]]},
                )
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    default_client.cache_clear()
    yield calls
    default_client.cache_clear()
    server.shutdown()
    thread.join()
    server.server_close()


def test_records_reach_the_service_and_a_throttle_is_waited_out_here_not_in_the_sdk(
    service: list[dict[str, Any]],
) -> None:
    """aws-facts 1.3: throttling is ServiceUnavailableException, HTTP 500; the SDK alone would send three more."""
    pauses: list[float] = []
    putter = BatchPutter(sleep=pauses.append, jitter=lambda: 1.0)
    assert putter.put("clicks", [b"one\n", b"\x00\xff"], 30) == [True, True]
    assert len(service) == 2
    assert len(pauses) == 1
    assert service[1]["target"] == "Firehose_20150804.PutRecordBatch"
    assert service[1]["DeliveryStreamName"] == "clicks"
    assert [base64.b64decode(record["Data"]) for record in service[1]["Records"]] == [b"one\n", b"\x00\xff"]
