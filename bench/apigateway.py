"""Server CPU of one POST: listener, model, mapping template, PutRecord into the buffer, access log.

    python bench/apigateway.py [seconds] [--profile]

The reference app's template is served by a process of its own; wrk, which is a Debian package, sends single click
events of about 500 bytes over keep-alive connections. The stage's throttle is left out, and so is what comes after the
buffer (function, conversion, delivery), which has its own figures. The CPU is the server process's own, the kernel's
part of its sending and receiving included; the rate by the wall clock belongs to the machine. ``--profile`` prints
where the server spent its time.
"""

from __future__ import annotations

import asyncio
import cProfile
import json
import multiprocessing as mp
import pstats
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from clickstream_local.assembly.cloud_assembly import load_templates
from clickstream_local.common.model import DeliveryStream, RestApi, Stack
from clickstream_local.demo.synth import synthesize
from clickstream_local.iam.rights import Rights
from clickstream_local.serve.runtime import Runtime

CHECKOUT = Path(__file__).parent.parent
CONNECTIONS = 16
ROUNDS = 3
ABSENT = "wrk is not installed (on Debian: apt-get install wrk)"
EVENT = {
    "event_id": "6f1b0c1e-4a55-4d55-9b0e-0c1f2a3b4c5d",
    "event_name": "click",
    "client_time": "2026-01-02T03:04:05.123Z",
    "page_url": "https://shop.example/products/42?utm_source=mail&utm_campaign=spring",
    "page_title": "Shoes, size 42 – Shop",
    "user_id": "u-2391",
    "session_id": "b1946ac92492d2347c6235b4d2611184",
    "properties": {"colour": "blue", "position": 3, "note": "x" * 120},
}
_DONE = re.compile(r"(\d+) requests in ([\d.]+)s")


@dataclass(frozen=True)
class Measured:
    """Microseconds of server CPU a POST, and POSTs a second by the wall clock."""

    micros: float
    rate: float


def main(seconds: float, profile: bool) -> None:
    """Measure and print one line."""
    with tempfile.TemporaryDirectory() as folder:
        assembly = Path(folder) / "cdk.out"
        synthesize(CHECKOUT / "app.py", assembly)
        measured = measure(assembly, seconds, profile=profile)
    if measured is None:
        print(f"not measured: {ABSENT}")
        return
    print(
        f"POST /events through listener, model, VTL and PutRecord: {measured.micros:.0f} us of server CPU, "
        f"{1e6 / measured.micros:,.0f} a second and core ({measured.rate:,.0f} a second by the wall clock, "
        f"{len(body())} B, {CONNECTIONS} connections; median of {ROUNDS})"
    )


def measure(assembly: Path, seconds: float, *, profile: bool = False) -> Measured | None:
    """The median of some runs against one server; None without wrk."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return None
    context = mp.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = context.Pipe()
        server = context.Process(target=serve, args=(assembly, Path(folder) / "data", profile, theirs))
        server.start()
        theirs.close()  # so that a server that fails is seen here
        port, path = ours.recv()
        script = Path(folder) / "post.lua"
        script.write_text(_script(), "utf-8")
        command = [wrk, "--threads", "1", "--connections", str(CONNECTIONS), "--script", str(script)]
        command += [f"http://127.0.0.1:{port}{path}", "--duration"]
        runs = []
        for turn in range(ROUNDS + 1):
            before = cpu(ours)
            run = [*command, f"{seconds if turn else 1:.0f}s"]
            report = subprocess.run(run, capture_output=True, text=True, check=True).stdout
            runs.append(_measured(report, cpu(ours) - before))
        ours.send("stop")
        server.join()
    return sorted(runs[1:], key=lambda run: run.micros)[ROUNDS // 2]


def body() -> bytes:
    """The event that is sent."""
    return json.dumps(EVENT).encode()


def _script() -> str:
    """What wrk is to send."""
    # A JSON text in double quotes, its own escapes doubled, is a Lua text.
    text = json.dumps(body().decode())
    return f'wrk.method = "POST"\nwrk.body = {text}\nwrk.headers["Content-Type"] = "application/json"\n'


def _measured(report: str, used: float) -> Measured:
    """What a run of wrk came to; every request has to be answered with 202."""
    done = _DONE.search(report)
    if done is None or "Non-2xx" in report or "Socket errors" in report:
        raise RuntimeError(f"wrk was not answered as it should be:\n{report}")
    requests, seconds = int(done[1]), float(done[2])
    return Measured(used / requests * 1e6, requests / seconds)


def cpu(server: Connection) -> float:
    """CPU seconds of the server so far."""
    server.send("cpu")
    return float(server.recv())


def serve(assembly: Path, data_dir: Path, profile: bool, client: Connection) -> None:
    """Serve until told to stop; tell the port first, and the CPU time when asked."""
    asyncio.run(_serve(assembly, data_dir, profile, client))


async def _serve(assembly: Path, data_dir: Path, profile: bool, client: Connection) -> None:
    data_dir.mkdir()
    loaded = load_templates(assembly)
    stacks = [_without_delivery(stack) for _, stack in loaded]
    rights = Rights(template for template, _ in loaded)
    runtime = await Runtime.start(stacks, data_dir=data_dir, buffer_interval=3600, rights=rights)
    (stage_url,) = runtime.state()["endpoints"].values()
    client.send((int(runtime.url.rpartition(":")[2]), f"/{stage_url.rpartition('/')[2]}/events"))
    profiler = cProfile.Profile() if profile else None
    while await asyncio.to_thread(client.recv) != "stop":
        client.send(time.process_time())
        if profiler is not None:
            profiler.enable()
    if profiler is not None:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
    await runtime.close()


def _without_delivery(stack: Stack) -> Stack:
    """The stack with its stages unthrottled and its streams as plain buffers."""

    def open_stages(api: RestApi) -> RestApi:
        return replace(api, stages=tuple(replace(stage, method_settings=()) for stage in api.stages))

    def plain(stream: DeliveryStream) -> DeliveryStream:
        destination: dict[str, Any] = dict(stream.properties["ExtendedS3DestinationConfiguration"])
        for part in ("ProcessingConfiguration", "DataFormatConversionConfiguration", "S3BackupMode"):
            destination.pop(part, None)
        destination["BufferingHints"] = {"SizeInMBs": 128, "IntervalInSeconds": 900}
        return replace(stream, properties={**stream.properties, "ExtendedS3DestinationConfiguration": destination})

    return replace(
        stack,
        rest_apis=tuple(map(open_stages, stack.rest_apis)),
        delivery_streams=tuple(map(plain, stack.delivery_streams)),
    )


if __name__ == "__main__":
    numbers = [argument for argument in sys.argv[1:] if argument != "--profile"]
    main(float(numbers[0]) if numbers else 5, "--profile" in sys.argv)
