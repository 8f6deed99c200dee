"""Server CPU of one POST: listener, model, mapping template, PutRecord into the buffer, access log.

    python bench/apigateway.py [requests] [--profile]

The reference app's template is served by a process of its own that tells its CPU time; keep-alive connections of this
one send single click events of about 500 bytes. The stage's throttle is left out, and so is what comes after the buffer
(function, conversion, delivery), which has its own figures. Read the CPU: rates by the wall clock belong to the machine
and to the client. ``--profile`` prints where the server spent it.
"""

from __future__ import annotations

import asyncio
import cProfile
import json
import multiprocessing as mp
import pstats
import sys
import tempfile
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from clickstream_local.assembly import load_stacks
from clickstream_local.demo.synth import synthesize
from clickstream_local.model import DeliveryStream, RestApi, Stack
from clickstream_local.runtime import Runtime

CHECKOUT = Path(__file__).parent.parent
CONNECTIONS = 16
WARM_UP = 2_000
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


def main(requests: int, profile: bool) -> None:
    """Measure and print one line."""
    context = mp.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        assembly = Path(folder) / "cdk.out"
        synthesize(CHECKOUT / "app.py", assembly)
        ours, theirs = context.Pipe()
        server = context.Process(target=serve, args=(assembly, Path(folder) / "data", profile, theirs))
        server.start()
        theirs.close()  # so that a server that fails is seen here
        port, path = ours.recv()
        asyncio.run(load(port, path, WARM_UP))
        before = cpu(ours)
        started = time.perf_counter()
        asyncio.run(load(port, path, requests))
        elapsed, used = time.perf_counter() - started, cpu(ours) - before
        ours.send("stop")
        server.join()
    micros = used / requests * 1e6
    print(
        f"POST /events through listener, model, VTL and PutRecord: {micros:.0f} us of server CPU, "
        f"{1e6 / micros:,.0f} a second and core ({requests / elapsed:,.0f} a second by the wall clock, "
        f"{len(body())} B, {CONNECTIONS} connections)"
    )


def body() -> bytes:
    """The event that is sent."""
    return json.dumps(EVENT).encode()


def cpu(server: Connection) -> float:
    """CPU seconds of the server so far."""
    server.send("cpu")
    return float(server.recv())


async def load(port: int, path: str, requests: int) -> None:
    """Send the requests over some connections; each has to be answered with 202."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: bench/1.0 (linux)\r\nAccept: */*\r\n"
    message = f"{head}Content-Type: application/json\r\nContent-Length: {len(body())}\r\n\r\n".encode() + body()

    async def talk(count: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(count):
            writer.write(message)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 202 "), answer
            length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
        writer.close()

    await asyncio.gather(*(talk(requests // CONNECTIONS) for _ in range(CONNECTIONS)))


def serve(assembly: Path, data_dir: Path, profile: bool, client: Connection) -> None:
    """Serve until told to stop; tell the port first, and the CPU time when asked."""
    asyncio.run(_serve(assembly, data_dir, profile, client))


async def _serve(assembly: Path, data_dir: Path, profile: bool, client: Connection) -> None:
    data_dir.mkdir()
    stacks = [_without_delivery(stack) for stack in load_stacks(assembly)]
    runtime = await Runtime.start(stacks, data_dir=data_dir, buffer_interval=3600)
    (endpoint,) = runtime.state()["endpoints"].values()
    client.send((int(runtime.url.rpartition(":")[2]), f"/{endpoint.rpartition('/')[2]}/events"))
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
    main(int(numbers[0]) if numbers else 30_000, "--profile" in sys.argv)
