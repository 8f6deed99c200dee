"""``clickstream local``: serve a cloud assembly."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
import sys
from pathlib import Path

import click

from clickstream_local.assembly import AssemblyError, load_stacks
from clickstream_local.catalog import Catalog
from clickstream_local.cli import options
from clickstream_local.data_dir import DataDir, DataDirError
from clickstream_local.model import Stack
from clickstream_local.runtime import Runtime


@click.command()
@click.option(
    "--assembly",
    type=click.Path(path_type=Path),
    default=Path("cdk.out"),
    show_default=True,
    help="Cloud assembly that `cdk synth` wrote, or one template in JSON or YAML.",
)
@click.option("--stack", help="The one stack to run.  [default: all stacks of the assembly]")
@click.option("--port", type=click.IntRange(0, 65535), default=4580, show_default=True, help="0 takes a free port.")
@options.data_dir
@click.option(
    "--buffer-interval",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Deliver after this many seconds.  [default: the template's own buffering intervals]",
)
@click.option(
    "--outputs-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the stacks' outputs here as JSON, as `cdk deploy --outputs-file` does.",
)
@click.option(
    "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="Value of a template parameter; repeatable."
)
@click.option("--strict", is_flag=True, help="Refuse to start when a template holds something that does not run here.")
def local(
    assembly: Path,
    stack: str | None,
    port: int,
    data_dir: Path,
    buffer_interval: float | None,
    outputs_file: Path | None,
    parameters: tuple[str, ...],
    strict: bool,
) -> None:
    """Serve the pipelines of a cloud assembly on 127.0.0.1.

    Prints `ready http://127.0.0.1:PORT` once it serves. POST events to the endpoint; point AWS SDKs at the same
    address for Firehose (`--endpoint-url`). Methods with IAM authorization take the access key `LOCAL` with the secret
    `local`. `POST /_local/flush` delivers at once, `GET /_local/state` shows counts.
    Ctrl-C and SIGTERM deliver what is buffered, then exit.
    """
    values: dict[str, str] = {}
    for given in parameters:
        name, separator, value = given.partition("=")
        if not separator:
            raise click.BadParameter(f"{given!r} has no '='; write NAME=VALUE", param_hint="--parameter")
        values[name] = value
    try:
        stacks = load_stacks(assembly, stack=stack, parameters=values)
        with DataDir(data_dir) as held:
            asyncio.run(_serve(stacks, held.resolve(), port, buffer_interval, outputs_file, strict))
    except (AssemblyError, DataDirError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise click.ClickException(f"port {port} is taken; give another with --port, or 0 for a free one") from None


async def _serve(
    stacks: tuple[Stack, ...],
    data_dir: Path,
    port: int,
    buffer_interval: float | None,
    outputs_file: Path | None,
    strict: bool,
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    Catalog.of(stacks).write(data_dir)
    runtime = await Runtime.start(stacks, data_dir=data_dir, port=port, buffer_interval=buffer_interval, console=True)
    unsupported = runtime.unsupported()
    for found in unsupported:
        print(f"not run locally: {found.logical_id} ({found.resource_type}): {found.reason}", file=sys.stderr)
    if strict and unsupported:
        await runtime.close()
        raise click.ClickException(
            "--strict: what is named above does not run locally; change the template, or leave --strict out"
        )
    for name, url in runtime.state()["endpoints"].items():
        print(f"endpoint {name} {url}")
    if outputs_file is not None:
        outputs_file.write_text(json.dumps(runtime.outputs(), indent=2) + "\n", encoding="utf-8")
    print(f"ready {runtime.url}", flush=True)
    await stop.wait()
    print("delivering what is buffered", file=sys.stderr)
    await runtime.close()
