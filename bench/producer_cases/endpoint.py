"""The service's side, in a process of its own: it costs the client nothing. Answers are as long as real ones."""

from __future__ import annotations

import json
import multiprocessing as mp
import re
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

UNIT = 5_120
"""Firehose bills each record rounded up to this many bytes (facts/prices.md#what-is-billed)."""


@dataclass(frozen=True)
class Endpoint:
    """A running one."""

    url: str
    _pipe: Connection

    def counts(self) -> dict[str, int]:
        """Requests, records, their raw and their billed bytes since the last call."""
        self._pipe.send("counts")
        counts: dict[str, int] = self._pipe.recv()
        return counts


@contextmanager
def running(*, latency: float = 0.0, certificate: Path | None = None) -> Iterator[Endpoint]:
    """Serve on a free loopback port until the end of the block.

    Parameters
    ----------
    latency
        Seconds that each answer waits.
    certificate
        File with a key and a certificate for 127.0.0.1: it speaks TLS.
    """
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, latency, certificate), daemon=True)
    process.start()
    try:
        yield Endpoint(ours.recv(), ours)
    finally:
        process.terminate()
        process.join()


def serve(pipe: Connection, latency: float, certificate: Path | None) -> None:
    """The endpoint's process."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.latency = latency
        if certificate is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        pipe.send(f"http{'s' * (certificate is not None)}://127.0.0.1:{server.server_address[1]}")
        while pipe.recv() == "counts":
            with server.lock:
                pipe.send(server.counts)
                server.counts = dict.fromkeys(server.counts, 0)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    latency = 0.0

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.lock = threading.Lock()
        self.counts = dict.fromkeys(("requests", "records", "bytes", "billed"), 0)


class Handler(socketserver.StreamRequestHandler):
    """Takes every record."""

    disable_nagle_algorithm = True
    server: Server

    def handle(self) -> None:
        while line := self.rfile.readline():
            length, target = 0, b""
            while line not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
                elif name.lower() == b"x-amz-target":
                    target = value.strip()
                line = self.rfile.readline()
            self.answer(target, self.rfile.read(length))

    def answer(self, target: bytes, body: bytes) -> None:
        sizes = [raw_size(match) for match in re.finditer(rb'"Data": ?"([^"]*)"', body)]
        with self.server.lock:
            counts = self.server.counts
            counts["requests"] += 1
            counts["records"] += len(sizes)
            counts["bytes"] += sum(sizes)
            counts["billed"] += sum(-(-size // UNIT) * UNIT for size in sizes)
        time.sleep(self.server.latency)
        self.wfile.write(answer_for(target, len(sizes)))


def raw_size(match: re.Match[bytes]) -> int:
    """Bytes of a record before base64."""
    start, end = match.span(1)
    return (end - start) * 3 // 4 - match.string.count(b"=", end - 2, end)


@cache
def answer_for(target: bytes, records: int) -> bytes:
    """The whole answer; record ids have 224 characters, as the service's have."""
    body: dict[str, object]
    if target.startswith(b"Kinesis_"):
        record = {"SequenceNumber": "4" * 56, "ShardId": "shardId-000000000000"}
        # Clients that describe the stream first (async-kinesis) find one shard.
        shard = {"ShardId": "shardId-000000000000", "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "9"}}
        shard["SequenceNumberRange"] = {"StartingSequenceNumber": "0"}
        described = {"StreamName": "clicks", "StreamStatus": "ACTIVE", "Shards": [shard], "HasMoreShards": False}
        body = {
            "FailedRecordCount": 0,
            "Records": [record] * records,
            "StreamDescription": described,
            "Shards": [shard],
        }
    elif target.endswith(b".PutRecord"):
        body = {"RecordId": "r" * 224, "Encrypted": False}
    else:
        body = {"FailedPutCount": 0, "Encrypted": False, "RequestResponses": [{"RecordId": "r" * 224}] * records}
    text = json.dumps(body, separators=(",", ":")).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {len(text)}\r\n\r\n"
    return head.encode() + text
