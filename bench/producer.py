"""Events per CPU-second of the producer against plain boto3, as one table of ratios.

Run it with ``python bench/producer.py [EVENTS] [ROUNDS]``. The cases take turns, each in a fresh process, so that a
noisy machine disturbs them alike; the endpoint is a process of its own and costs the client nothing. Making the client
and the first request are left out. Read the ratios: the figures themselves belong to the machine.
"""

from __future__ import annotations

import json
import multiprocessing as mp
import random
import re
import socketserver
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection
from statistics import median
from typing import Any, Literal

SIZES = (100, 500, 5_000)
CREDENTIALS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "not-a-secret"}


def main(events: int, rounds: int) -> None:
    """Measure every case in turn and print the table."""
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    endpoint = context.Process(target=serve, args=(theirs,), daemon=True)
    endpoint.start()
    url = ours.recv()
    results: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):
        for size in SIZES:
            for name in CASES:
                count = max(2_000, min(events, events * 500 // size))
                receiver, sender = context.Pipe(duplex=False)
                worker = context.Process(target=measure, args=(name, url, count, size, sender))
                worker.start()
                results.setdefault((name, size), []).append(receiver.recv())
                worker.join()
    endpoint.terminate()
    print(f"events per CPU-second, median of {rounds} interleaved runs; in brackets the ratio to plain boto3")
    print(f"{'case':42}" + "".join(f"{f'{size} B':>22}" for size in SIZES))
    for name, (_, yardstick) in CASES.items():
        row = ""
        for size in SIZES:
            rate = median(results[name, size])
            row += f"{rate:>14,.0f} ({rate / median(results[yardstick, size]):4.1f}x)"
        print(f"{name:42}{row}")


def workload(count: int, size: int) -> Iterator[dict[str, Any]]:
    """Click events of about a size, made lazily."""
    frame = {"event_id": "0" * 32, "client_time": "2026-11-21T12:00:00.000Z", "event_name": "click", "seq": 0}
    padding = max(0, size - len(json.dumps(frame, separators=(",", ":"))) - 20)
    for number in range(count):
        yield {**frame, "seq": number, "page_title": "x" * padding}


def encoded(count: int, size: int) -> Iterator[bytes]:
    """The same, as bytes of exactly that size."""
    padding = b"x" * (size - len(b'{"seq":0000000,"t":""}'))
    for number in range(count):
        yield b'{"seq":%07d,"t":"%s"}' % (1_000_000 + number, padding)


def boto3_client(service: Literal["firehose", "kinesis"], url: str) -> Any:
    """A client that is ready to send."""
    import boto3

    return boto3.client(
        service,
        region_name="eu-central-1",
        endpoint_url=url,
        aws_access_key_id=CREDENTIALS["access_key_id"],
        aws_secret_access_key=CREDENTIALS["secret_access_key"],
    )


def boto3_batches(url: str) -> Run:
    """500 records of one event to a PutRecordBatch: what one writes by hand."""
    client = boto3_client("firehose", url)
    client.put_record_batch(DeliveryStreamName="clicks", Records=[{"Data": b"{}"}])

    def run(entries: Iterable[bytes]) -> None:
        batch: list[dict[str, bytes]] = []
        for entry in entries:
            batch.append({"Data": entry + b"\n"})
            if len(batch) == 500:
                client.put_record_batch(DeliveryStreamName="clicks", Records=batch)
                batch = []
        if batch:
            client.put_record_batch(DeliveryStreamName="clicks", Records=batch)

    return run


def boto3_kinesis(url: str) -> Run:
    """500 records with a key each to a PutRecords."""
    client = boto3_client("kinesis", url)
    client.put_records(StreamName="clicks", Records=[{"Data": b"{}", "PartitionKey": "0"}])

    def run(entries: Iterable[bytes]) -> None:
        source = iter(entries)
        while batch := [
            {"Data": entry, "PartitionKey": f"{random.getrandbits(64):x}"} for entry in islice(source, 500)
        ]:
            client.put_records(StreamName="clicks", Records=batch)

    return run


def produce(url: str, *, kinesis: bool = False, durable: bool = False, **options: Any) -> Run:
    """The producer, with threads and accounting; every event has to arrive."""
    from clickstream_producer import FirehoseStream, FullPolicy, KinesisStream, Producer

    kind = KinesisStream if kinesis else FirehoseStream
    target = kind("clicks", region="eu-central-1", endpoint_url=url, credentials=CREDENTIALS)
    if durable:
        directory = tempfile.TemporaryDirectory()
        weakref.finalize(target, directory.cleanup)
        options["spool"] = directory.name
    producer = Producer(target, when_full=FullPolicy.block(60), **options)
    producer.put(b"{}")
    producer.flush(60)

    def run(events: Iterable[Any]) -> None:
        count = 0
        source = iter(events)
        while block := list(islice(source, 1_000)):  # as read from a file or a queue: nothing is kept
            count += producer.put_many(block)
        result = producer.close(60)
        assert (result.sent, result.dropped) == (count + 1, 0), result

    return run


def dumped(url: str) -> Run:
    """Encode with the standard library, then as above."""
    run = boto3_batches(url)
    return lambda events: run(json.dumps(event).encode() for event in events)


Run = Callable[[Iterable[Any]], None]
BYTES, DICTS = "bytes: boto3 put_record_batch", "dicts: json.dumps + put_record_batch"
KINESIS = "bytes: boto3 put_records (Kinesis)"

CASES: dict[str, tuple[Callable[[str], Run], str]] = {
    BYTES: (boto3_batches, BYTES),
    "bytes: producer, packed": (produce, BYTES),
    "bytes: producer, packed, check_json=False": (lambda url: produce(url, check_json=False), BYTES),
    "bytes: producer, packed, durable": (lambda url: produce(url, durable=True), BYTES),
    "bytes: producer, unpacked": (lambda url: produce(url, events_per_record=1), BYTES),
    KINESIS: (boto3_kinesis, KINESIS),
    "bytes: producer, Kinesis, unpacked": (lambda url: produce(url, kinesis=True), KINESIS),
    DICTS: (dumped, DICTS),
    "dicts: producer, packed": (produce, DICTS),
}


def measure(name: str, url: str, count: int, size: int, result: Connection) -> None:
    """Run a case once; send events per CPU-second."""
    events = (workload if name.startswith("dicts") else encoded)(count, size)
    run = CASES[name][0](url)
    start = time.process_time()
    run(events)
    result.send(count / (time.process_time() - start))


class Endpoint(socketserver.StreamRequestHandler):
    """Takes every record; its answer is as long as a real one (record ids have 224 characters)."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        while line := self.rfile.readline():
            length, kinesis = 0, False
            while line not in (b"\r\n", b""):
                if match := re.match(rb"content-length:\s*(\d+)", line, re.IGNORECASE):
                    length = int(match[1])
                kinesis |= b"Kinesis_20131202" in line
                line = self.rfile.readline()
            entries = self.rfile.read(length).count(b'"Data"')
            if kinesis:
                record = b'{"SequenceNumber":"%s","ShardId":"shardId-000000000000"}' % (b"4" * 56)
                frame = b'{"FailedRecordCount":0,"Records":[%s]}'
            else:
                record = b'{"RecordId":"%s"}' % (b"r" * 224)
                frame = b'{"FailedPutCount":0,"Encrypted":false,"RequestResponses":[%s]}'
            body = frame % b",".join([record] * entries)
            self.wfile.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: %d\r\n\r\n" % len(body)
                + body
            )


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def serve(ready: Connection) -> None:
    """Serve on a free loopback port, and tell its address."""
    with Server(("127.0.0.1", 0), Endpoint) as server:
        ready.send(f"http://127.0.0.1:{server.server_address[1]}")
        server.serve_forever()


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], *["60000", "3"][len(sys.argv) - 1 :]]))
