"""The pool of botocore's session: the same answers, certificates and errors, and the session where it must be."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from clickstream_producer.spool.record import Record
from clickstream_producer.targets.http_pool import HttpPool
from support.producer.sink import Sink, running_sink

ONE = [Record(b"1\n", 1, 0.0)]


def request(url: str) -> AWSPreparedRequest:
    headers = {
        "X-Amz-Target": "Firehose_20150804.PutRecordBatch",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": "Credential=A/",
    }
    body = b'{"DeliveryStreamName":"clicks","Records":[{"Data":"MQo="}]}'
    return AWSPreparedRequest("POST", url, {**headers, "Content-Length": str(len(body))}, body, False)


def sent(session: URLLib3Session, url: str) -> int:
    """Send by the pool alone; give back the status."""
    pool = HttpPool.of(session, url)
    assert pool is not None
    return pool.send(request(url))[0]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody else has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "endpoint.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def secure(certificate: Path) -> Iterator[Sink]:
    """The endpoint behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running_sink(tls=context) as running:
        yield running


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_certificates_are_checked_as_the_session_checks_them(
    secure: Sink, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(exceptions.SSLError, match="certificate verify failed"):
        sent(URLLib3Session(), secure.url)
    for trusted in (False, str(certificate)):
        assert sent(URLLib3Session(verify=trusted), secure.url) == 200
    secure.records.clear()
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    connection = secure.target().connect()
    for _ in range(3):
        assert connection.send(ONE) == {}
    assert connection._direct is not None
    assert connection._direct._pool is not None
    assert secure.records == [b"1\n"] * 3


def closed_port() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}/"


@pytest.mark.parametrize("trouble", ["refused", "reset", "silent", "certificate", "not TLS"])
def test_an_error_is_the_one_that_the_session_raises(trouble: str, secure: Sink) -> None:
    with running_sink(down=trouble == "reset", hold=threading.Event() if trouble == "silent" else None) as plain:
        url = {
            "refused": closed_port(),
            "certificate": secure.url,
            "not TLS": plain.url.replace("http:", "https:"),
        }.get(trouble, plain.url)
        session = URLLib3Session(timeout=(5, 0.2))
        pool = HttpPool.of(session, url)
        assert pool is not None
        with pytest.raises(exceptions.BotoCoreError) as theirs:
            session.send(request(url))
        with pytest.raises(exceptions.BotoCoreError) as ours:
            pool.send(request(url))
    assert type(ours.value) is type(theirs.value)
    assert str(ours.value).partition("<")[0] == str(theirs.value).partition("<")[0]  # addresses of objects differ


def test_a_path_and_a_query_of_the_endpoint_are_kept(sink: Sink) -> None:
    for url in (sink.url, f"{sink.url}/", f"{sink.url}/a/b", f"{sink.url}/a?b=c%20d"):
        sink.paths.clear()
        session = URLLib3Session()
        assert sent(session, url) == session.send(request(url)).status_code == 200
        assert sink.paths[0] == sink.paths[1]


def test_a_proxy_is_used_by_the_session(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", sink.url)
    connection = sink.target(endpoint_url="http://firehose.invalid/").connect()
    for _ in range(3):
        assert connection.send(ONE) == {}
    assert sink.paths == ["http://firehose.invalid/"] * 3


def test_a_client_that_was_closed_and_a_connection_that_broke_are_used_again(sink: Sink) -> None:
    connection = sink.target().connect()
    for _ in range(2):
        connection.send(ONE)
    connection.client.close()
    assert connection.send(ONE) == {}
    connection._direct._pool._pool.close()  # type: ignore[union-attr] # as closing the client does with urllib3 1
    assert connection.send(ONE) == {}
    sink.reset_before = 1.0
    with pytest.raises(exceptions.ConnectionClosedError):
        connection.send(ONE)
    sink.reset_before = 0.0
    assert connection.send(ONE) == {}
    assert sink.records == [b"1\n"] * 5


def test_a_handler_may_send_a_request_elsewhere(sink: Sink) -> None:
    connection = sink.target().connect()
    for _ in range(2):
        connection.send(ONE)
    with running_sink() as other:

        def redirect(request: Any, **_: object) -> None:
            request.url = f"{other.url}/"

        connection.client.meta.events.register("request-created", redirect)
        assert connection.send(ONE) == {}
        connection.client.meta.events.unregister("request-created", redirect)
        assert connection.send(ONE) == {}
        assert (len(sink.records), len(other.records)) == (3, 1)


def test_connections_are_reused(sink: Sink) -> None:
    connection = sink.target().connect()
    for _ in range(20):
        connection.send(ONE)
    assert len(sink.clients) == 1


@pytest.mark.parametrize("lacks", ["_manager", "_proxy_config", "_setup_ssl_cert", "_verify"])
def test_a_session_of_another_make_is_left_to_itself(lacks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    session: Any = URLLib3Session()
    assert HttpPool.of(session, "http://127.0.0.1/") is not None
    assert HttpPool.of(object(), "http://127.0.0.1/") is None
    holder = URLLib3Session if lacks == "_setup_ssl_cert" else session
    monkeypatch.delattr(holder, lacks)
    assert HttpPool.of(session, "http://127.0.0.1/") is None
