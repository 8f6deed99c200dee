"""Run other emulators' own tests of Firehose and Kinesis against the local runtime, and count them by cause.

    python tools/upstream_suites.py moto CHECKOUT
    python tools/upstream_suites.py localstack CHECKOUT --python VENV/bin/python

``CHECKOUT`` is a clone of getmoto/moto or localstack/localstack; nothing of either is in this repository. moto's tests
need freezegun, LocalStack's an interpreter with ``localstack-core[base-runtime]``, ``localstack-snapshot`` and pytest.
Each test gets a runtime of its own, without a stack. The table goes to standard output; the exit code is 1 where a
test failed for a reason that is not in :data:`CAUSES`.
"""

from __future__ import annotations

import argparse
import http.client
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import MagicMock
from urllib.parse import urlsplit

SUITES = {
    "moto": ("tests/test_firehose", "tests/test_kinesis"),
    "localstack": ("tests/aws/services/firehose", "tests/aws/services/kinesis", "tests/aws/scenario/kinesis_firehose"),
}
ACCOUNTS = {"moto": "123456789012", "localstack": "000000000000"}
CAUSES: tuple[tuple[str, str], ...] = (
    (
        "needs another service (S3, IAM, CloudFormation, tagging of all resources)",
        r"nothing is served at|ResourceGroupsTagging|the CreateBucket operation",
    ),
    ("speaks CBOR, to LocalStack's own port", r"port=4566"),
    ("needs Java's client library or the CDK", r"java 11 failed|No module named 'aws_cdk'"),
    ("needs a destination other than S3", r"only ExtendedS3DestinationConfiguration and S3Dest"),
    (
        "needs an operation that does not run here (resharding, consumers, encryption, retention, monitoring, policies, "
        "limits and tags of data streams)",
        r"UnknownOperationException",
    ),
    ("needs a Glue table that no stack has", r"names the Glue table .* which no stack here defines"),
    (
        "gives an ARN or a name that the service's own model refuses",
        r"BucketARN is 'arn:aws:s3::[^:]|'ValidationException' == ",
    ),
    ("expects another region than the one that a runtime is in", r"us-west-2"),
    ("expects sequence numbers that count from 1", r"assert '49590\S+' == '\d'"),
    ("expects 10 streams a page; the API reference says 100", r"assert 11 == 10"),
    (
        "makes a request that the service refuses (a future timestamp, a sequence number with LATEST, a stream's name "
        "beside a token)",
        r"timestampInMillis parameter cannot be greater|Must either specify \(1\)|cannot be provided together",
    ),
    (
        "expects limits of before 2025 (5 MB a request, 1 MiB without the key)",
        r"Records size exceeds 5 MB|'InvalidArgumentException' == 'ValidationException'",
    ),
    (
        "expects words or members that captures of the service do not have",
        r"under accountId|java\.nio\.HeapByteBuffer|Shard 123 in stream|KeyError: 'LastUpdateTimestamp'",
    ),
)
"""Why tests fail here, and the pattern of the failure's text by which that is known; the first one counts."""


def main() -> int:
    """Run one suite; print its table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--python", default=sys.executable, help="interpreter that runs the suite")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _Runtimes(Path(folder), ACCOUNTS[arguments.suite]) as runtimes:
        results = Path(folder) / "results.jsonl"
        _run(arguments.suite, arguments.checkout, arguments.python, runtimes, results)
        reports = [json.loads(line) for line in results.read_text().splitlines()]
    return _print_table(arguments.suite, reports)


class _Runtimes:
    """A runtime on a port of its own, which is made anew whenever the control port is asked for it."""

    def __init__(self, folder: Path, account: str) -> None:
        from clickstream_local.testing.clock import Clock, LoopThread

        self._folder = folder
        self._account = account
        self._loop = LoopThread(Clock())
        self._count = 0
        self._runtime: Any = None
        self.port = 0
        self.reset()
        self.port = self._runtime.port
        runtimes = self

        class Control(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                runtimes.reset()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._control = HTTPServer(("127.0.0.1", 0), Control)
        self.control_url = f"http://127.0.0.1:{self._control.server_port}"
        Thread(target=self._control.serve_forever, daemon=True).start()

    def reset(self) -> None:
        from clickstream_local.common.model import Stack
        from clickstream_local.serve.runtime import Runtime

        if self._runtime is not None:
            self._loop.run(self._runtime.close())
        self._count += 1
        stack = Stack("upstream", "us-east-1", self._account)
        started = Runtime.start([stack], data_dir=self._folder / str(self._count), port=self.port)
        self._runtime = self._loop.run(started)

    def __enter__(self) -> _Runtimes:
        return self

    def __exit__(self, *_: object) -> None:
        self._control.shutdown()
        self._loop.run(self._runtime.close())
        self._loop.close()


def _run(suite: str, checkout: Path, python: str, runtimes: _Runtimes, results: Path) -> None:
    here = str(Path(__file__).parent)
    url = f"http://127.0.0.1:{runtimes.port}"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([here, str(checkout), os.environ.get("PYTHONPATH", "")]),
        "UPSTREAM_CONTROL": runtimes.control_url,
        "UPSTREAM_RESULTS": str(results),
        "UPSTREAM_ACCOUNT": ACCOUNTS[suite],
        "AWS_ACCESS_KEY_ID": "LOCAL",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "TEST_SERVER_MODE": "true",
        "TEST_SERVER_MODE_ENDPOINT": url,
        "TEST_SKIP_LOCALSTACK_START": "1",
        "GATEWAY_LISTEN": url.removeprefix("http://"),
        "LOCALSTACK_HOST": f"localhost:{runtimes.port}",
    }
    folders = [folder for folder in SUITES[suite] if (checkout / folder).exists()]
    command = [
        python,
        "-m",
        "pytest",
        "-p",
        "upstream_suites",
        "-p",
        "no:cacheprovider",
        "-q",
        "--continue-on-collection-errors",
    ]
    subprocess.run([*command, *folders], cwd=checkout, env=environment, check=False, stdout=sys.stderr)


def pytest_configure() -> None:
    """In the suite's own process: do without Java's client library for Kinesis, and without STS."""
    if importlib.util.find_spec("amazon_kclpy") is None:
        for name in ("amazon_kclpy", "amazon_kclpy.kcl", "amazon_kclpy.v2", "amazon_kclpy.v2.processor"):
            sys.modules[name] = MagicMock()
    from botocore.client import BaseClient

    call = BaseClient._make_api_call
    account = os.environ["UPSTREAM_ACCOUNT"]

    def with_sts(client: Any, operation: str, parameters: Any) -> Any:
        if operation == "GetCallerIdentity":  # asked by LocalStack's fixtures, not by a test
            return {"Account": account, "Arn": f"arn:aws:iam::{account}:root", "UserId": account}
        return call(client, operation, parameters)

    BaseClient._make_api_call = with_sts


def pytest_runtest_setup(item: Any) -> None:
    """In the suite's own process: a fresh runtime for each test."""
    control = urlsplit(os.environ["UPSTREAM_CONTROL"])
    connection = http.client.HTTPConnection(str(control.hostname), control.port)
    connection.request("POST", "/")
    connection.getresponse()
    connection.close()


def pytest_runtest_logreport(report: Any) -> None:
    """In the suite's own process: note how each test ended."""
    if report.when == "call" or report.outcome != "passed":
        _note(report.nodeid, report.outcome, report.longreprtext)


def pytest_collectreport(report: Any) -> None:
    """In the suite's own process: note what could not be collected."""
    if report.failed:
        _note(report.nodeid, "failed", report.longreprtext)


def _note(test: str, outcome: str, text: str) -> None:
    with Path(os.environ["UPSTREAM_RESULTS"]).open("a", encoding="utf-8") as results:
        results.write(json.dumps({"test": test, "outcome": outcome, "text": text}) + "\n")


def _print_table(suite: str, reports: list[dict[str, str]]) -> int:
    counts: Counter[str] = Counter()
    unknown = []
    for report in reports:
        if report["outcome"] == "failed":
            # Not the lines of the test itself.
            said = "\n".join(line for line in report["text"].splitlines() if line.startswith("E"))
            cause = next((cause for cause, pattern in CAUSES if re.search(pattern, said)), None)
            if cause is None:
                unknown.append(report)
            counts[cause or "NO REASON"] += 1
        else:
            counts[report["outcome"]] += 1
    print(f"| {suite}: {sum(counts.values())} tests | |\n|---|---:|")
    for cause, count in counts.most_common():
        print(f"| {cause} | {count} |")
    for report in unknown:
        print(f"{report['test']}\n{report['text'][-600:]}", file=sys.stderr)
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
