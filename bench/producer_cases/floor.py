"""What is physically possible from Python: the body written as bytes, SigV4 by hand, a bare connection.

No threads, no accounting, no retries, no credentials that change; facts/peers.md#measured-speed, calls it the limit.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import http.client
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlsplit

from measured import measure
from workload import encoded

TARGET = "Firehose_20150804.PutRecordBatch"
KIND = "application/x-amz-json-1.1"
SIGNED = "content-type;host;x-amz-date;x-amz-target"
PIECE = 48_000
"""Bytes that are encoded at a time: a multiple of 3, small enough to stay in the cache."""


def packed_floor(url: str, count: int, size: int, *, simd: bool = False) -> None:
    """Records of 500 events or 250 kB, requests of 1 MB."""
    encode: Callable[[memoryview], bytes]
    if simd:
        import pybase64

        encode = pybase64.b64encode
    else:
        encode = lambda piece: binascii.b2a_base64(piece, newline=False)  # noqa: E731

    def bodies() -> Iterator[bytearray]:
        source = iter(records(encoded(count, size), size))
        while batch := list(islice(source, max(1, 1_000_000 // len_of_record(size)))):
            body = bytearray(b'{"DeliveryStreamName":"clicks","Records":[')
            for number, record in enumerate(batch):
                body += b',{"Data":"' if number else b'{"Data":"'
                view = memoryview(record)
                for start in range(0, len(record), PIECE):
                    body += encode(view[start : start + PIECE])
                body += b'"}'
            body += b"]}"
            yield body

    send_all(url, bodies)


def unpacked_floor(url: str, count: int, size: int) -> None:
    """A record for each event, 500 to a request."""

    def bodies() -> Iterator[bytes]:
        source = iter(encoded(count, size))
        while batch := list(islice(source, 500)):
            texts = [binascii.b2a_base64(event + b"\n", newline=False) for event in batch]
            yield b'{"DeliveryStreamName":"clicks","Records":[{"Data":"' + b'"},{"Data":"'.join(texts) + b'"}]}'

    send_all(url, bodies)


def len_of_record(size: int) -> int:
    return min(500, max(1, 250_000 // (size + 1))) * (size + 1)


def records(events: Iterable[bytes], size: int) -> Iterator[bytes]:
    source = iter(events)
    while batch := list(islice(source, len_of_record(size) // (size + 1))):
        batch.append(b"")
        yield b"\n".join(batch)


def send_all(url: str, bodies: Callable[[], Iterable[bytes | bytearray]]) -> None:
    host = urlsplit(url).netloc
    connection = http.client.HTTPConnection(host)
    connection.connect()

    def run() -> None:
        for body in bodies():
            connection.request("POST", "/", body, signed(body, host))
            answer = connection.getresponse()
            assert b'"FailedPutCount":0' in answer.read()[:64]

    measure(run)


def signed(body: bytes | bytearray, host: str) -> dict[str, str]:
    """Headers of a request, with Signature Version 4."""
    now = datetime.now(UTC)
    moment, scope = f"{now:%Y%m%dT%H%M%SZ}", f"{now:%Y%m%d}/eu-central-1/firehose/aws4_request"
    digest = hashlib.sha256(body).hexdigest()
    headers = f"content-type:{KIND}\nhost:{host}\nx-amz-date:{moment}\nx-amz-target:{TARGET}\n"
    request = hashlib.sha256(f"POST\n/\n\n{headers}\n{SIGNED}\n{digest}".encode()).hexdigest()
    key = b"AWS4not-a-secret"
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{request}".encode(), "sha256").hex()
    authorization = f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders={SIGNED}, Signature={signature}"
    return {
        "Content-Type": KIND,
        "Host": host,
        "X-Amz-Date": moment,
        "X-Amz-Target": TARGET,
        "Authorization": authorization,
    }
