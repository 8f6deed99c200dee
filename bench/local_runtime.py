"""Records a second through the local runtime, and its speed goals, each with what was measured.

    python bench/local_runtime.py [records] [rounds]

One event is one record, 500 records are one PutRecordBatch: wire API, Lambda, conversion to Parquet, files on disk. The
runtime and the function's process each have their CPU time taken apart, so the load generator costs nothing, and the
figure is what one core of each would carry: 1 / the CPU seconds a record. `memory` is the most that the runtime held,
beside what it held before the first record. The click transform is the reference app's, with its table; beside it is
what the same transform takes for the same records alone, in a process without the runtime.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import multiprocessing as mp
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

import apigateway
import transform
import vtl

from clickstream_local.assembly.cloud_assembly import load_stacks, load_templates
from clickstream_local.common.model import Bucket, Column, DeliveryStream, Function, Stack, Table
from clickstream_local.demo.synth import synthesize
from clickstream_local.iam.rights import Rights
from clickstream_local.serve.runtime import Runtime

HINTS = {"SizeInMBs": 64, "IntervalInSeconds": 900}
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
NO_FUNCTION = "no function"
GENERAL_CASE = "function that reads each event"
CLICK = "click transform, reference table"
FUNCTIONS = {NO_FUNCTION: None, "identity function": IDENTITY, GENERAL_CASE: GENERAL}
BATCH = 500
BODIES = 20
POST_SECONDS = 5.0
STARTS = 7


@dataclass
class Measured:
    """CPU seconds a record of the runtime and of the function's process, and MB of memory."""

    runtime: float
    function: float
    memory: float


@dataclass(frozen=True)
class Goal:
    """A line of the last table; ``met`` is none where nothing could be measured, and ``measured`` says why."""

    name: str
    wanted: str
    measured: str
    met: bool | None


def main(records: int, rounds: int) -> None:
    """Measure every case in turn and print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        assembly = Path(folder) / "cdk.out"
        synthesize(apigateway.CHECKOUT / "app.py", assembly)
        plain, clicks = list(request_bodies()), click_records()
        stream, bodies = click_stream(assembly), dict.fromkeys(FUNCTIONS, plain)
        bodies[CLICK] = [request_body(stream, batch) for batch in clicks]
        results: dict[str, list[Measured]] = {name: [] for name in bodies}
        alone: list[float] = []
        for _ in range(rounds):
            for name in bodies:
                results[name].append(measure(name, assembly, bodies[name], records))
            alone.append(in_a_process_of_its_own(click_alone, clicks))
        middle = {name: middle_of(runs) for name, runs in results.items()}
        print(f"{records:,} records of {len(event(0))} bytes (click: {len(clicks[0][0])}); ", end="")
        print(f"median of {rounds} interleaved runs")
        print(f"{'case':34}{'records/s/core, runtime':>26}{'function':>14}{'memory, MB':>14}")
        for name, run in middle.items():
            shown = "-" if name == NO_FUNCTION else f"{1 / run.function:,.0f}"
            print(f"{name:34}{1 / run.runtime:>26,.0f}{shown:>14}{run.memory:>14.0f}")
        print(f"{'click transform alone':34}{'-':>26}{1 / median(alone):>14,.0f}{'-':>14}")
        print()
        shares = [slower_side(run) * seconds for run, seconds in zip(results[CLICK], alone, strict=True)]
        goals = record_goals(slower_side(middle[GENERAL_CASE]), median(shares))
        print_goals([*goals, post_goal(assembly), vtl_goal(), start_goal(assembly)])


def middle_of(runs: list[Measured]) -> Measured:
    """The medians of some runs, and the most memory."""
    runtime, function = (median(values) for values in zip(*[(run.runtime, run.function) for run in runs], strict=True))
    return Measured(runtime, function, max(run.memory for run in runs))


def slower_side(run: Measured) -> float:
    """Records a second with one core for the runtime and one for the function."""
    return min(1 / run.runtime, 1 / run.function)


def record_goals(general: float, click_share: float) -> list[Goal]:
    """What one core each of runtime and function carry."""
    name = "records a second: wire API, general transform, Parquet"
    beside = "... with the click transform, of its own rate alone"
    return [
        Goal(name, ">= 50,000", f"{general:,.0f}", general >= 50_000),
        Goal(beside, ">= 0.80", f"{click_share:.2f}", click_share >= 0.8),
    ]


def post_goal(assembly: Path) -> Goal:
    """API POSTs by wrk."""
    name, wanted = "POST /events a second and core: model, VTL, buffer", ">= 5,000"
    found = apigateway.measure(assembly, POST_SECONDS)
    if found is None:
        return Goal(name, wanted, f"skipped: {apigateway.ABSENT}", None)
    rate = 1e6 / found.micros
    return Goal(name, wanted, f"{rate:,.0f}", rate >= 5_000)


def vtl_goal() -> Goal:
    """The put-record template."""
    micros = vtl.put_record_microseconds()
    return Goal("put-record mapping template, us", "<= 40", f"{micros:.1f}", micros <= 40)


def start_goal(assembly: Path) -> Goal:
    """From the command to ``ready``. What else the machine does only adds to it, so the best of some counts."""
    with tempfile.TemporaryDirectory() as bytecode:
        seconds = min(seconds_to_ready(assembly, bytecode) for _ in range(STARTS))
    return Goal("clickstream local, start to ready, s", "<= 0.50", f"{seconds:.2f}", seconds <= 0.5)


def seconds_to_ready(assembly: Path, bytecode: str) -> float:
    """One start by the wall clock. ``bytecode`` is where modules are kept compiled, as an installation keeps them."""
    variables = os.environ | {"PYTHONPYCACHEPREFIX": bytecode}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "clickstream_local", "local", "--assembly", str(assembly), "--port", "0"]
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--data-dir", data],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=variables,
        )
        assert process.stdout is not None
        if not any(line.startswith("ready ") for line in process.stdout):
            raise RuntimeError("the local runtime ended before it was ready")
        seconds = time.perf_counter() - started
        process.terminate()
        process.communicate()
    return seconds


def print_goals(goals: list[Goal]) -> None:
    print(f"{'goal':58}{'wanted':>12}{'measured':>12}  met")
    for goal in goals:
        met = "-" if goal.met is None else "yes" if goal.met else "NO"
        print(f"{goal.name:58}{goal.wanted:>12}{goal.measured:>12}  {met}")


def measure(name: str, assembly: Path, bodies: list[bytes], records: int) -> Measured:
    """One run in a fresh process."""
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory() as root:
        server = context.Process(target=serve, args=(name, assembly, root, theirs), daemon=True)
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


def serve(name: str, assembly: Path, root: str, pipe: Connection) -> None:
    """The runtime's process."""
    if name == CLICK:
        rights = Rights(template for template, _ in load_templates(assembly))
        asyncio.run(run(click_stack(assembly), rights, Path(root), pipe))
    else:
        asyncio.run(run(stack(FUNCTIONS[name], Path(root)), Rights(), Path(root), pipe))


async def run(stack: Stack, rights: Rights, root: Path, pipe: Connection) -> None:
    runtime = await Runtime.start([stack], data_dir=root, rights=rights)
    pipe.send(int(runtime.url.rpartition(":")[2]))
    await asyncio.to_thread(pipe.recv)
    await runtime.close()


def in_a_process_of_its_own(work: Callable[[Any], float], given: Any) -> float:
    """What ``work`` comes to where nothing else was imported or allocated."""
    with mp.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (given,))


def click_alone(clicks: list[list[bytes]]) -> float:
    """CPU seconds a record of the click transform: invocations in, answers out."""
    handle = transform.click()()
    batches = [batch for records in clicks for batch in transform.to_batches(records)]
    handle(batches)
    started = time.process_time()
    handle(batches)
    return (time.process_time() - started) / sum(map(len, clicks))


def click_records() -> list[list[bytes]]:
    """Batches of records as the endpoint writes them, of one event each, with everything that a tracker sends."""
    visits = transform.workload(BATCH * BODIES)
    records = [transform.request(number, [visit]) for number, visit in enumerate(visits)]
    return [records[start : start + BATCH] for start in range(0, len(records), BATCH)]


def click_stream(assembly: Path) -> str:
    """The name of the stream that has the transform."""
    (found,) = (
        stream.name
        for stack in load_stacks(assembly)
        for stream in stack.delivery_streams
        if any(map(stream.calls, stack.functions))
    )
    return found


def click_stack(assembly: Path) -> Stack:
    """The reference stack: its function, its table, and large buffers; without the copy of the source records."""
    (found,) = load_stacks(assembly)

    def buffered(stream: DeliveryStream) -> DeliveryStream:
        destination = dict(stream.properties["ExtendedS3DestinationConfiguration"])
        destination.pop("S3BackupMode", None)
        destination["BufferingHints"] = HINTS
        return replace(stream, properties={**stream.properties, "ExtendedS3DestinationConfiguration": destination})

    return replace(found, delivery_streams=tuple(map(buffered, found.delivery_streams)))


def stack(code: str | None, root: Path) -> Stack:
    """One stream with conversion, and the function if there is one."""
    s3: dict[str, Any] = {
        "BucketARN": "arn:aws:s3:::lake",
        "RoleARN": "arn:aws:iam::123456789012:role/delivery",
        "Prefix": "events/dt=!{timestamp:yyyy-MM-dd}/",
        "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
        "BufferingHints": HINTS,
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


def request_bodies() -> Iterator[bytes]:
    """PutRecordBatch requests, used over and over."""
    for batch in range(BODIES):
        yield request_body("clicks", map(event, range(batch * BATCH, (batch + 1) * BATCH)))


def request_body(stream: str, records: Iterable[bytes]) -> bytes:
    """One PutRecordBatch."""
    entries = [{"Data": base64.b64encode(record).decode()} for record in records]
    return json.dumps({"DeliveryStreamName": stream, "Records": entries}).encode()


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
