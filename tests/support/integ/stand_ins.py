"""Stand-ins for what neither moto nor the local runtime has: both as one account, the probe, a distribution."""

from __future__ import annotations

import importlib.util
import io
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.validate import validate_parameters

from integ.aws_account import AwsAccount
from integ.deployment import Deployment
from integ.http_post import post
from integ.local_runtime import LocalRuntime
from support.checkout import CHECKOUT


class Simulated(AwsAccount):
    """The local runtime's streams and endpoints, moto's other services; the objects of the one are in the other."""

    def __init__(self, session: boto3.Session, local: LocalRuntime, functions: Any = None) -> None:
        super().__init__(session, patience=5, pause=0.1)
        self._local = local
        self._functions = functions

    def client(self, service: str) -> Any:
        if service == "lambda":
            return self._functions
        return self._local.client(service) if service in ("firehose", "kinesis") else super().client(service)

    def api_key(self, key_id: str) -> str:
        return self._local.api_key(key_id)

    def log_lines(self, group: str) -> list[str]:
        return self._local.log_lines(group)

    def before_looking(self) -> None:
        self._local.before_looking()


class Probe:
    """The function of the VPC, called in this process by what Lambda's model lets through."""

    def __init__(self, on: Deployment) -> None:
        self._events_url = on.names("Private").stage_url + "events"
        self._model = botocore.session.get_session().get_service_model("lambda").operation_model("Invoke")

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        validate_parameters(parameters, self._model.input_shape)
        source = CHECKOUT / "integ" / "probe" / "index.py"
        spec = importlib.util.spec_from_file_location("probe_index", source)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {
                "EVENTS_URL": self._events_url,
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "LOCAL",
                "AWS_SECRET_ACCESS_KEY": "local",
            }.items():
                patch.setenv(name, value)
            answer = module.handler(json.loads(parameters["Payload"]), None)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@contextmanager
def distribution(endpoint: str, header: str) -> Iterator[str]:
    """A proxy that says who the viewer is, with ``{address}`` and ``{port}`` filled in; by IPv4 and by IPv6."""

    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            address, port = self.client_address[:2]
            headers = {name: self.headers[name] for name in ("Content-Type", "x-api-key")}
            headers["CloudFront-Viewer-Address"] = header.format(address=address, port=port)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = post(endpoint.rstrip("/") + self.path, body, headers)
            self.send_response(answer.status)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    class Server6(ThreadingHTTPServer):
        address_family = socket.AF_INET6

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as four, Server6(("::1", four.server_port), Proxy) as six:
        threads = [threading.Thread(target=server.serve_forever) for server in (four, six)]
        for thread in threads:
            thread.start()
        yield f"http://distribution.test:{four.server_port}"
        for server, thread in zip((four, six), threads, strict=True):
            server.shutdown()
            thread.join()
