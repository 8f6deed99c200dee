"""Each command that a document shows runs: one after another in a folder with the reference app, beside its runtime.

The quickstart runs from built wheels in `tests/project/test_packaging.py`, its commands are not run here again.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.documents import blocks
from support.local_process import LocalProcess
from support.moto_server import moto_server

pytestmark = pytest.mark.xdist_group("documents")

ELSEWHERE = {
    "cdk deploy": "an AWS account",
    "clickstream errors --stack": "a deployed stack; tests/unit/local/cli/test_errors.py has a simulated one",
    "clickstream plan --stack": "a deployed stack; tests/unit/local/cli/test_plan.py has a simulated one",
    "clickstream query --stack": "a deployed stack; tests/unit/local/cli/test_query.py has a simulated one",
    "clickstream verify --stack": "a deployed stack; tests/unit/local/cli/test_verify.py has a simulated one",
    "cmake": "the sources of Fluent Bit",
    ".venv/bin/python -m pytest": "the suites themselves",
    "FLUENT_BIT=": "a Fluent Bit that was built from them",
    "make": "the suites themselves; tests/project/test_repository.py holds that each target is there",
    "CLICKSTREAM_INTEG_ACCOUNT=": "an AWS account; tests/unit/integ",
    "pip install": "a package index; tests/project/test_packaging.py installs the wheels",
    "pip-compile": "a tool of the reader's choice",
    "python -m cdk_clickstream.vendor": "a package index; tests/unit/constructs_/test_vendor.py has a local one",
}
"""How a command begins that cannot run in a test, and what it needs."""

COMMANDS = [
    pytest.param(command, id=f"{block.id} {command[:40]}")
    for block in blocks("shell", "console")
    if block.page != "docs/quickstart.md"
    for command in block.commands()
    if not command.startswith(tuple(ELSEWHERE))
]
BIN = Path(sys.executable).parent
APP = """
import aws_cdk as cdk
from cdk_clickstream import ApiAuth, ClickstreamPipeline, Queries

app = cdk.App()
stack = cdk.Stack(app, "Clickstream")
auth = ApiAuth.public(reason="Only this machine reaches it.")
ClickstreamPipeline(stack, "Pipeline", auth=auth, queries=Queries())
app.synth()
"""


class Workplace:
    """A folder with `app.py`, what it synthesizes, sample files, and a runtime that serves it."""

    def __init__(self, folder: Path, moto: str) -> None:
        self.folder = folder
        self._environment = os.environ | {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "JSII_NODE": os.environ.get("JSII_NODE", str(BIN / "node")),
            "AWS_ACCESS_KEY_ID": "LOCAL",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": moto,
        }
        self._write_samples()
        self._run("cdk synth")
        data = folder / ".clickstream"
        command = [str(BIN / "clickstream"), "local", "--port", "0", "--assembly", str(folder / "cdk.out")]
        self.runtime = LocalProcess([*command, "--data-dir", str(data)], data)
        self._environment["AWS_ENDPOINT_URL_FIREHOSE"] = self.runtime.url
        listed = json.loads(self._run("aws firehose list-delivery-streams").stdout)["DeliveryStreamNames"]
        (self._stream,) = [name for name in listed if "Reject" not in name]
        agent = {"flows": [{"filePattern": f"{self.folder}/events.log", "deliveryStream": self._stream}]}
        (self.folder / "agent.json").write_text(json.dumps(agent))
        self._run("aws s3 mb s3://bucket")

    def _write_samples(self) -> None:
        (self.folder / "app.py").write_text(APP)
        (self.folder / "report.sql").write_text("SELECT event_name FROM events")
        (self.folder / "events.jsonl.gz").write_bytes(gzip.compress(b'{"type": "click", "event_name": "click"}\n'))
        (self.folder / "more.csv").write_text("event_name,page_url\nclick,https://shop.example/\n")
        (self.folder / "events.log").write_text('{"event_name": "click"}\n')
        (self.folder / "sample.jsonl").write_text('{"event_name": "click", "page_url": "https://shop.example/cart"}\n')
        (self.folder / "access.log").write_text('{"event_name": "click"}\n')
        (self.folder / "rows.py").write_text(next(one.text for one in blocks("python") if one.file == "rows.py"))

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of a page, its placeholders filled in."""
        for shown, here in (
            (r"http://127\.0\.0\.1:4580", self.runtime.url),
            (r"<EndpointUrl>", f"{self.runtime.url}/prod/events"),
            (r"<BucketName>/\w+/", "bucket"),
            (r"/var/log/shop/", f"{self.folder}/"),
            (r"/etc/aws-kinesis/", f"{self.folder}/"),
            (r"--stream clicks", f"--stream {self._stream}"),
            (r"(clickstream-producer tail .*)", rf"\1 --once --checkpoints {self.folder}/checkpoints.db"),
            (r"^clickstream (send|replay) ", rf"clickstream \1 --url {self.runtime.url} "),
            (r"^clickstream local$", "clickstream local --help"),
            (r"plan OLD NEW", "plan cdk.out cdk.out"),
        ):
            command = re.sub(shown, here, command)
        return self._run(command)

    def _run(self, command: str) -> subprocess.CompletedProcess[str]:
        # The CDK's command line is not installed for tests: the app writes the same assembly by itself.
        command = command.replace("cdk synth", "CDK_OUTDIR=cdk.out python app.py")
        return subprocess.run(
            ["bash", "-ec", command],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    with moto_server() as moto:
        place = Workplace(tmp_path_factory.mktemp("shop"), moto)
        place.runtime.call("POST", "/prod/events", b'[{"event_name": "click"}, {"event_name": "click", "value": "12"}]')
        place.runtime.call("POST", "/_local/flush")
        yield place
        place.runtime.process.terminate()
        place.runtime.process.wait(timeout=60)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_a_document_ends_without_an_error(command: str, workplace: Workplace) -> None:
    done = workplace.run(command)
    # `aws s3 ls` ends with 1 where nothing is listed.
    allowed = {0, 1} if command.startswith("aws s3 ls") else {0}
    assert done.returncode in allowed, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    if command.startswith("curl") and "/_local/" not in command:
        assert "request_id" in done.stdout, done.stdout


def test_each_reason_not_to_run_a_command_is_still_needed() -> None:
    shown = [command for block in blocks("shell", "console") for command in block.commands()]
    assert [begin for begin in ELSEWHERE if not any(command.startswith(begin) for command in shown)] == []


def test_every_block_has_a_language() -> None:
    """`text` is what a program prints, or a drawing."""
    runs = {"shell", "console", "python", "html", "js", "json", "ini"}
    assert [block.id for block in blocks() if block.language not in {*runs, "text"}] == []
    assert len(blocks("text")) <= 4
