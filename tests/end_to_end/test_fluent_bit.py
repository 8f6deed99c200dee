"""Fluent Bit, the log forwarder of many clusters, against the local runtime: its Firehose, Kinesis and HTTP outputs.

No package registry has it: the tests run where ``fluent-bit`` is on PATH or ``FLUENT_BIT`` names it. Its AWS outputs
speak TLS only and trust the system's certificates alone. So a front with a certificate of its own stands before the
runtime here, and the program sees that certificate where the system's would be, in a mount namespace of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from clickstream_local.demo.runtime_process import running
from support.running_pipeline import Pipeline

pytestmark = [pytest.mark.matrix, pytest.mark.xdist_group("pipeline")]

EVENTS = 600
"""More than one PutRecordBatch holds."""

WITH_KINESIS = """
Resources:
  Lake: {Type: AWS::S3::Bucket, Properties: {BucketName: lake}}
  Clicks: {Type: AWS::Kinesis::Stream, Properties: {Name: clicks, ShardCount: 2}}
  Delivery:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamName: from-kinesis
      DeliveryStreamType: KinesisStreamAsSource
      KinesisStreamSourceConfiguration:
        KinesisStreamARN: !GetAtt Clicks.Arn
        RoleARN: arn:aws:iam::000000000000:role/r
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Lake.Arn
        RoleARN: arn:aws:iam::000000000000:role/r
        Prefix: data/
"""


class Front(NamedTuple):
    """A TLS port in front of a runtime, and the folder with the certificate that it shows."""

    port: int
    certificates: Path


@pytest.fixture(scope="module")
def fluent_bit() -> Path:
    found = os.environ.get("FLUENT_BIT") or shutil.which("fluent-bit")
    if found is None:
        pytest.skip("fluent-bit is not here; put it on PATH or name it in FLUENT_BIT (docs/clients.md says how)")
    return Path(found)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like /etc/ssl/certs, and the key beside it."""
    folder = tmp_path_factory.mktemp("tls")
    certs = folder / "certs"
    certs.mkdir()
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(folder / "key.pem")]
    subprocess.run([*command, "-out", str(certs / "ca-bundle.crt")], check=True, capture_output=True)
    shutil.copy(certs / "ca-bundle.crt", certs / "ca-certificates.crt")  # distributions differ in the name
    return certs


@contextlib.contextmanager
def tls_front(certificates: Path, upstream: int) -> Iterator[Front]:
    """Take TLS connections and hand them on to a port without."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "ca-bundle.crt", certificates.parent / "key.pem")
    loop = asyncio.new_event_loop()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", upstream)
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    server = loop.run_until_complete(asyncio.start_server(connect, "127.0.0.1", 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield Front(server.sockets[0].getsockname()[1], certificates)
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def ids(count: int) -> list[str]:
    return sorted(f"e{number}" for number in range(count))


def configuration(folder: Path, output: str, events: int = EVENTS, **settings: object) -> Path:
    """A configuration that follows a file of events, each with an id of its own, to one output."""
    lines = [json.dumps({"event_name": "click", "event_id": event_id}) for event_id in ids(events)]
    (folder / "events.log").write_text("\n".join(lines) + "\n")
    (folder / "parsers.conf").write_text("[PARSER]\n    Name json\n    Format json\n")
    tail = {"Name": "tail", "Path": folder / "events.log", "Read_from_Head": "On", "Parser": "json"}
    service = {"Flush": "0.2", "Grace": 5, "Log_Level": "info", "Parsers_File": folder / "parsers.conf"}
    sections = {"SERVICE": service, "INPUT": tail, "OUTPUT": {"Name": output, "Match": "*"} | settings}
    written = folder / "fluent-bit.conf"
    with written.open("w") as file:
        for section, members in sections.items():
            file.write(f"[{section}]\n" + "".join(f"    {name} {value}\n" for name, value in members.items()))
    return written


def forward(program: Path, config: Path, done: Callable[[], bool], *, trusts: Path | None = None) -> None:
    """Run Fluent Bit until everything has arrived, then end it as a service manager would."""
    command = [str(program), "-c", str(config)]
    if trusts is not None:
        inside = f'mount --bind "{trusts}" /etc/ssl/certs && exec "$@"'
        command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inside, "sh", *command]
        if subprocess.run([*command[:4], "true"], capture_output=True, check=False).returncode:
            pytest.skip("no user namespaces here: Fluent Bit's AWS outputs trust the system's certificates only")
    settings = {"AWS_ACCESS_KEY_ID": "LOCAL", "AWS_SECRET_ACCESS_KEY": "local"}
    with (config.parent / "fluent-bit.log").open("w") as said:
        process = subprocess.Popen(command, env=os.environ | settings, stdout=said, stderr=said)
        deadline = time.monotonic() + 60
        while process.poll() is None and not done() and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    text = (config.parent / "fluent-bit.log").read_text()
    assert done(), text
    assert "[error]" not in text, text


def port_of(pipeline: Pipeline) -> int:
    return int(pipeline.runtime.url.rpartition(":")[2])


def test_its_firehose_output_puts_every_event(
    pipeline: Pipeline, fluent_bit: Path, certificates: Path, tmp_path: Path
) -> None:
    with tls_front(certificates, port_of(pipeline)) as front:
        settings = {"endpoint": "localhost", "port": front.port}
        config = configuration(
            tmp_path, "kinesis_firehose", region="us-east-1", delivery_stream=pipeline.stream, **settings
        )
        forward(fluent_bit, config, lambda: pipeline.counts()["records_received"] >= EVENTS, trusts=front.certificates)
    pipeline.flush()
    assert sorted(row["event_id"] for row in pipeline.rows()) == ids(EVENTS)
    assert pipeline.counts()["records_received"] == EVENTS
    assert pipeline.failed() == []


def test_its_kinesis_output_reaches_a_delivery_stream_with_that_source(
    fluent_bit: Path, certificates: Path, tmp_path: Path
) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(WITH_KINESIS)
    with running(template, tmp_path / "data", buffer_interval=600) as runtime:
        with tls_front(certificates, int(runtime.url.rpartition(":")[2])) as front:
            settings = {"endpoint": "localhost", "port": front.port}
            config = configuration(tmp_path, "kinesis_streams", region="us-east-1", stream="clicks", **settings)
            counts: Callable[[], dict[str, int]] = lambda: runtime.state()["delivery_streams"]["from-kinesis"]  # noqa: E731
            forward(fluent_bit, config, lambda: counts()["records_received"] >= EVENTS, trusts=front.certificates)
        runtime.flush()
    text = b"".join(
        path.read_bytes() for path in (tmp_path / "data" / "s3" / "lake" / "data").rglob("*") if path.is_file()
    )
    found = [json.loads(line)["event_id"] for line in text.decode().splitlines()]
    assert sorted(found) == ids(EVENTS)


def test_its_http_output_posts_to_the_endpoint(pipeline: Pipeline, fluent_bit: Path, tmp_path: Path) -> None:
    """A flush is one array and needs no key of AWS; of more than 500 events the model refuses it, and it is dropped."""
    if b"out_http" not in fluent_bit.read_bytes():
        pytest.skip("this fluent-bit was built without its HTTP output")
    stage = pipeline.stage_url.rpartition("/")[2]
    settings = {"Host": "127.0.0.1", "Port": port_of(pipeline), "URI": f"/{stage}/events", "json_date_key": "false"}
    config = configuration(tmp_path, "http", events=400, Format="json", **settings)
    forward(fluent_bit, config, lambda: pipeline.counts()["records_received"] >= 1)
    pipeline.flush()
    assert sorted(row["event_id"] for row in pipeline.rows()) == ids(400)
