"""Records a second through the local runtime: wire API, Lambda, conversion to Parquet, files on disk.

    python bench/local_runtime.py [records] [rounds]

One event is one record, 500 records are one PutRecordBatch. The runtime and the function's process each have their CPU
time taken apart, so the load generator costs nothing, and the figure is what one core of each would carry: 1 / the CPU
seconds a record. `memory` is the most that the runtime held, beside what it held before the first record. `backlog` is
how much of it the runtime may hold by its buffering hints.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import multiprocessing as mp
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

from clickstream_local.model import Bucket, Column, DeliveryStream, Function, Stack, Table
from clickstream_local.runtime import Runtime

FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:transform"
COLUMNS = (
    ("event_id", "string"),
    ("event_name", "string"),
    ("event_time", "timestamp"),
    ("user_id", "string"),
    ("page_url", "string"),
    ("referrer", "string"),
    ("x", "int"),
    ("y", "int"),
    ("price", "double"),
    ("logged_in", "boolean"),
)
IDENTITY = """
def handler(event, context):
    return {"records": [{"recordId": r["recordId"], "result": "Ok", "data": r["data"]} for r in event["records"]]}
"""
GENERAL = """
import base64
import json


def handler(event, context):
    rows = []
    for record in event["records"]:
        row = json.loads(base64.b64decode(record["data"]))
        row["user_id"] = row["user_id"].lower()
        data = base64.b64encode((json.dumps(row) + "\\n").encode()).decode()
        rows.append({"recordId": record["recordId"], "result": "Ok", "data": data})
    return {"records": rows}
"""
FUNCTIONS = {"no function": None, "identity function": IDENTITY, "function that reads each event": GENERAL}
BATCH = 500
BODIES = 20


@dataclass
class Measured:
    """CPU seconds a record of the runtime and of the function's process, and MB of memory."""

    runtime: float
    function: float
    memory: float


def main(records: int, rounds: int) -> None:
    """Measure every case in turn and print the table."""
    bodies = list(request_bodies())
    results: dict[str, list[Measured]] = {name: [] for name in FUNCTIONS}
    for _ in range(rounds):
        for name, code in FUNCTIONS.items():
            results[name].append(measure(code, bodies, records))
    print(f"{records:,} records of {record_bytes(0)} bytes; median of {rounds} interleaved runs")
    print(f"{'case':34}{'records/s/core, runtime':>26}{'function':>14}{'memory, MB':>14}")
    for name, runs in results.items():
        runtime = 1 / median(run.runtime for run in runs)
        function = median(run.function for run in runs)
        shown = f"{1 / function:,.0f}" if FUNCTIONS[name] else "-"
        print(f"{name:34}{runtime:>26,.0f}{shown:>14}{max(run.memory for run in runs):>14.0f}")


def measure(code: str | None, bodies: list[bytes], records: int) -> Measured:
    """One run in a fresh process."""
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory() as root:
        server = context.Process(target=serve, args=(code, root, theirs), daemon=True)
        server.start()
        port = ours.recv()
        pid = server.pid
        assert pid is not None
        send(port, bodies, 4 * BATCH)
        flush(port)
        workers = children(pid)
        before = cpu(pid), sum(map(cpu, workers)), memory(pid)
        send(port, bodies, records)
        flush(port)
        after = cpu(pid), sum(map(cpu, workers)), memory(pid)
        ours.send("stop")
        server.join()
    return Measured((after[0] - before[0]) / records, (after[1] - before[1]) / records, after[2] - before[2])


def serve(code: str | None, root: str, pipe: Connection) -> None:
    """The runtime's process."""
    asyncio.run(run(code, Path(root), pipe))


async def run(code: str | None, root: Path, pipe: Connection) -> None:
    runtime = await Runtime.start([stack(code, root)], data_dir=root)
    pipe.send(int(runtime.url.rpartition(":")[2]))
    await asyncio.to_thread(pipe.recv)
    await runtime.close()


def stack(code: str | None, root: Path) -> Stack:
    """One stream with conversion, and the function if there is one."""
    s3: dict[str, Any] = {
        "BucketARN": "arn:aws:s3:::lake",
        "RoleARN": "arn:aws:iam::123456789012:role/delivery",
        "Prefix": "events/dt=!{timestamp:yyyy-MM-dd}/",
        "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
        "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 900},
        "DataFormatConversionConfiguration": {
            "SchemaConfiguration": {"DatabaseName": "web", "TableName": "events"},
            "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
            "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {}}},
        },
    }
    functions: tuple[Function, ...] = ()
    if code is not None:
        asset = root / "asset"
        asset.mkdir()
        (asset / "app.py").write_text(code)
        functions = (
            Function(
                "Fn", "transform", FUNCTION_ARN, "python3.13", "app.handler", asset, timeout_seconds=60, memory_mb=512
            ),
        )
        parameters = [{"ParameterName": "LambdaArn", "ParameterValue": FUNCTION_ARN}]
        s3["ProcessingConfiguration"] = {
            "Enabled": True,
            "Processors": [{"Type": "Lambda", "Parameters": parameters}],
        }
    arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks"
    return Stack(
        "Bench",
        "eu-west-1",
        "123456789012",
        delivery_streams=(DeliveryStream("Clicks", "clicks", arn, {"ExtendedS3DestinationConfiguration": s3}),),
        functions=functions,
        tables=(Table("Table", "web", "events", tuple(Column(*column) for column in COLUMNS)),),
        buckets=(Bucket("Lake", "lake"),),
    )


def event(number: int) -> bytes:
    """A click as a producer would write it, with a newline."""
    fields = {
        "event_id": f"{number:032x}",
        "event_name": ("page_view", "click", "add_to_cart")[number % 3],
        "event_time": f"2026-11-21T12:{number // 60 % 60:02}:{number % 60:02}.123Z",
        "user_id": f"User-{number % 997}",
        "page_url": f"https://shop.example/products/{number % 251}?utm_source=mail",
        "x": number % 1920,
        "y": number % 1080,
        "price": number % 1000 / 4,
        "logged_in": number % 2 == 0,
    }
    return json.dumps(fields).encode() + b"\n"


def record_bytes(number: int) -> int:
    return len(event(number))


def request_bodies() -> Iterator[bytes]:
    """PutRecordBatch requests, used over and over."""
    for batch in range(BODIES):
        numbers = range(batch * BATCH, (batch + 1) * BATCH)
        entries = [{"Data": base64.b64encode(event(number)).decode()} for number in numbers]
        yield json.dumps({"DeliveryStreamName": "clicks", "Records": entries}).encode()


def send(port: int, bodies: list[bytes], records: int) -> None:
    """Send records over one connection; a throttled batch is sent again."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"X-Amz-Target": "Firehose_20150804.PutRecordBatch", "Content-Type": "application/x-amz-json-1.1"}
    sent = 0
    while sent < records:
        connection.request("POST", "/", bodies[sent // BATCH % BODIES], headers)
        answer = connection.getresponse().read()
        if b'"FailedPutCount":0' in answer:
            sent += BATCH
        else:
            time.sleep(0.05)
    connection.close()


def flush(port: int) -> None:
    """Have everything delivered."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/_local/flush")
    assert connection.getresponse().status == 200
    connection.close()


def cpu(pid: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """The most MB of memory that a process has held."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments + [100_000, 3][len(arguments) :]))
