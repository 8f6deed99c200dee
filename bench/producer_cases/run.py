"""One case in one process: ``run.py CASE URL EVENTS SIZE`` prints a line of JSON with what it cost.

It is run by the interpreter that has what the case needs: the project's own, or that of the peers.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from floor import len_of_record, packed_floor, records, unpacked_floor
from measured import finish, measure, ready
from workload import dicts, encoded

REGION = "eu-central-1"
CREDENTIALS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "not-a-secret"}


def client(service: str, url: str) -> Any:
    """A boto3 client; its first request, which reads the service's model, is part of getting ready."""
    import boto3

    return boto3.client(service, endpoint_url=url)


def batches(events: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(events)
    while batch := list(islice(source, 500)):
        yield batch


# What one writes by hand


def boto3_put_record(url: str, count: int, size: int) -> None:
    firehose = client("firehose", url)
    firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"{}"})

    def run() -> None:
        for event in encoded(count, size):
            firehose.put_record(DeliveryStreamName="clicks", Record={"Data": event + b"\n"})

    measure(run)


def boto3_batch(url: str, count: int, size: int, events: Any = encoded) -> None:
    firehose = client("firehose", url)
    firehose.put_record_batch(DeliveryStreamName="clicks", Records=[{"Data": b"{}"}])

    def run() -> None:
        for batch in batches(events(count, size)):
            answer = firehose.put_record_batch(
                DeliveryStreamName="clicks", Records=[{"Data": event + b"\n"} for event in batch]
            )
            assert answer["FailedPutCount"] == 0

    measure(run)


def boto3_packed(url: str, count: int, size: int) -> None:
    """Lines of many events to a record, as one would pack them by hand."""
    firehose = client("firehose", url)
    firehose.put_record_batch(DeliveryStreamName="clicks", Records=[{"Data": b"{}"}])

    def run() -> None:
        lines = records(encoded(count, size), size)
        while batch := list(islice(lines, max(1, 1_000_000 // len_of_record(size)))):
            answer = firehose.put_record_batch(
                DeliveryStreamName="clicks", Records=[{"Data": record} for record in batch]
            )
            assert answer["FailedPutCount"] == 0

    measure(run)


def boto3_dicts(url: str, count: int, size: int) -> None:
    boto3_batch(url, count, size, lambda count, size: (json.dumps(event).encode() for event in dicts(count, size)))


def boto3_kinesis(url: str, count: int, size: int) -> None:
    kinesis = client("kinesis", url)
    kinesis.put_records(StreamName="clicks", Records=[{"Data": b"{}", "PartitionKey": "0"}])

    def run() -> None:
        for batch in batches(encoded(count, size)):
            records = [{"Data": event, "PartitionKey": f"{random.getrandbits(64):x}"} for event in batch]
            assert kinesis.put_records(StreamName="clicks", Records=records)["FailedRecordCount"] == 0

    measure(run)


# Peers


def aiobotocore(url: str, count: int, size: int) -> None:
    from aiobotocore.session import get_session

    async def work() -> None:
        async with get_session().create_client("firehose", endpoint_url=url) as firehose:
            await firehose.put_record_batch(DeliveryStreamName="clicks", Records=[{"Data": b"{}"}])

            async def send(batch: list[bytes]) -> None:
                records = [{"Data": event + b"\n"} for event in batch]
                answer = await firehose.put_record_batch(DeliveryStreamName="clicks", Records=records)
                assert answer["FailedPutCount"] == 0

            async def all_of_them() -> None:
                under_way: set[asyncio.Task[None]] = set()
                for batch in batches(encoded(count, size)):
                    if len(under_way) == 8:
                        _, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    under_way.add(asyncio.create_task(send(batch)))
                await asyncio.gather(*under_way)

            await measure_async(all_of_them)

    asyncio.run(work())


def async_kinesis(url: str, count: int, size: int) -> None:
    """Its own limits (1,000 records and 1 MB a second and shard) lifted: they are waiting, not CPU."""
    from kinesis import Producer, StringProcessor

    async def work() -> None:
        limits = {"put_rate_limit_per_shard": 10**8, "put_bandwidth_limit_per_shard": 10**8}
        async with Producer(
            stream_name="clicks",
            endpoint_url=url,
            region_name=REGION,
            skip_describe_stream=True,
            processor=StringProcessor(),
            **limits,
        ) as producer:

            async def all_of_them() -> None:
                for event in encoded(count, size):
                    await producer.put(event.decode())
                await producer.flush()

            await measure_async(all_of_them)

    asyncio.run(work())


def kiner(url: str, count: int, size: int) -> None:
    from kiner.producer import KinesisProducer

    producer = KinesisProducer("clicks", kinesis_client=client("kinesis", url))

    def run() -> None:
        for event in encoded(count, size):
            producer.put_record(event)
        producer.close()

    measure(run)


async def measure_async(work: Any) -> None:
    """As ``measure``, within a running event loop."""
    started = ready()
    await work()
    finish(started)


# The producer


def producer(
    url: str,
    count: int,
    size: int,
    *,
    kinesis: bool = False,
    durable: bool = False,
    fast: bool = True,
    events: Any = encoded,
    one_by_one: bool = False,
    **options: Any,
) -> None:
    """The whole producer, with threads and accounting; every event has to arrive.

    ``fast``: with the extra of that name, as it is installed; otherwise as if it were not.
    """
    if not fast:
        sys.modules.update({"msgspec": None, "orjson": None, "pybase64": None})  # type: ignore[dict-item]
    from clickstream_producer import FirehoseStream, FullPolicy, KinesisStream, Producer

    target = (KinesisStream if kinesis else FirehoseStream)(
        "clicks", region=REGION, endpoint_url=url, credentials=CREDENTIALS
    )
    with tempfile.TemporaryDirectory() as folder:
        if durable:
            options["spool"] = folder
        sender = Producer(target, when_full=FullPolicy.block(60), **options)
        sender.put(b"{}")
        sender.flush(60)

        def run() -> None:
            source = iter(events(count, size))
            if one_by_one:
                for event in source:
                    sender.put(event)
            else:
                while block := list(islice(source, 500)):  # as read from a file or a queue: nothing is kept
                    sender.put_many(block)
            result = sender.close(60)
            assert (result.sent, result.dropped) == (count + 1, 0), result

        measure(run)


def put_latency(url: str, count: int, size: int, events: Any = encoded, **options: Any) -> None:
    """How long each call of put takes the caller, in nanoseconds, the clock's own cost included."""
    from clickstream_producer import FirehoseStream, Producer

    sender = Producer(FirehoseStream("clicks", region=REGION, endpoint_url=url, credentials=CREDENTIALS), **options)
    sender.put(b"{}")
    sender.flush(1)
    given = list(events(count, size))

    def run() -> dict[str, float]:
        clock, put = time.perf_counter_ns, sender.put
        taken = []
        for event in given:
            start = clock()
            put(event)
            taken.append(clock() - start)
        assert sender.stats().dropped == 0
        taken.sort()
        return {"median": taken[count // 2], "p999": taken[count * 999 // 1000], "max": taken[-1]}

    measure(run)


def outage(url: str, count: int, size: int) -> None:
    """Memory while nothing can be sent: far more is put than the buffer holds."""
    from clickstream_producer import FirehoseStream, Producer

    sender = Producer(FirehoseStream("clicks", region=REGION, endpoint_url=url, credentials=CREDENTIALS))
    sender.put(b"{}")
    sender.flush(1)

    def run() -> dict[str, float]:
        for event in encoded(count, size):
            sender.put(event)
        time.sleep(2)
        return {"pending_mb": sender.stats().pending_bytes / 1e6}

    measure(run)


def flushed(url: str, count: int, size: int) -> None:
    """So many events that wait together, and nothing else."""
    from clickstream_producer import FirehoseStream, Producer

    sender = Producer(FirehoseStream("clicks", region=REGION, endpoint_url=url, credentials=CREDENTIALS))

    def run() -> None:
        sender.put_many(list(encoded(count, size)))
        assert sender.close(10).sent == count

    measure(run)


def paced(url: str, count: int, size: int) -> None:
    """20,000 events a second, a hundred at a time; fewer where the machine does not carry that."""
    from clickstream_producer import FirehoseStream, FullPolicy, Producer

    target = FirehoseStream("clicks", region=REGION, endpoint_url=url, credentials=CREDENTIALS)
    sender = Producer(target, when_full=FullPolicy.block(60))
    sender.put(b"{}")
    sender.flush(10)

    def run() -> None:
        start = time.perf_counter()
        for number, event in enumerate(encoded(count, size)):
            if number % 100 == 0:
                time.sleep(max(0.0, start + number / 20_000 - time.perf_counter()))
            sender.put(event)
        assert sender.close(20).sent == count + 1

    measure(run)


def trickle(url: str, count: int, size: int) -> None:
    """Five events a second."""
    from clickstream_producer import FirehoseStream, Producer

    sender = Producer(FirehoseStream("clicks", region=REGION, endpoint_url=url, credentials=CREDENTIALS))

    def run() -> None:
        for event in encoded(count, size):
            sender.put(event)
            time.sleep(0.2)
        assert sender.close(10).sent == count

    measure(run)


CASES: dict[str, Any] = {
    "boto3 put_record": boto3_put_record,
    "boto3 put_record_batch": boto3_batch,
    "boto3 put_record_batch, packed by hand": boto3_packed,
    "boto3 put_records (Kinesis)": boto3_kinesis,
    "json.dumps + boto3 put_record_batch": boto3_dicts,
    "aiobotocore, 8 in flight": aiobotocore,
    "async-kinesis, limits lifted": async_kinesis,
    "kiner": kiner,
    "producer": producer,
    "producer, put one by one": lambda *given: producer(*given, one_by_one=True),
    "producer, standard library only": lambda *given: producer(*given, fast=False),
    "producer, standard library only, check_json=False": lambda *given: producer(*given, fast=False, check_json=False),
    "producer, check_json=False": lambda *given: producer(*given, check_json=False),
    "producer, durable": lambda *given: producer(*given, durable=True),
    "producer, unpacked": lambda *given: producer(*given, events_per_record=1),
    "producer, unpacked, standard library only": lambda *given: producer(*given, events_per_record=1, fast=False),
    "producer, Kinesis": lambda *given: producer(*given, kinesis=True),
    "producer, dicts": lambda *given: producer(*given, events=dicts),
    "producer, dicts, standard library only": lambda *given: producer(*given, events=dicts, fast=False),
    "floor: packed": packed_floor,
    "floor: packed, SIMD base64": lambda *given: packed_floor(*given, simd=True),
    "floor: unpacked": unpacked_floor,
    "put latency": put_latency,
    "put latency, check_json=False": lambda *given: put_latency(*given, check_json=False),
    "put latency, dicts": lambda *given: put_latency(*given, events=dicts),
    "outage": outage,
    "flushed": flushed,
    "paced": paced,
    "trickle": trickle,
}

if __name__ == "__main__":
    os.environ.update(
        AWS_ACCESS_KEY_ID=CREDENTIALS["access_key_id"],
        AWS_SECRET_ACCESS_KEY=CREDENTIALS["secret_access_key"],
        AWS_DEFAULT_REGION=REGION,
        AWS_EC2_METADATA_DISABLED="true",
    )
    CASES[sys.argv[1]](sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
