"""The demo from start to end."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from clickstream_local.assembly.cloud_assembly import load_stacks
from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.common.model import DeliveryStream, Stack, Table
from clickstream_local.demo.accounting import Accounting
from clickstream_local.demo.bad_requests import send_bad_requests
from clickstream_local.demo.event_file import EventFileError, parse_mapping, read_events
from clickstream_local.demo.events import Shop
from clickstream_local.demo.report import print_counts, print_failures, print_query, print_tree
from clickstream_local.demo.runtime_process import RuntimeProcess, RuntimeProcessError, running
from clickstream_local.demo.send import send_by_producer, send_over_http
from clickstream_local.demo.synth import SynthError, synthesize
from clickstream_local.failures.objects import failed_records
from clickstream_local.tables.landed_tables import LandedTables
from clickstream_local.tables.views import identifier
from clickstream_local.wire.firehose_client import WireClient, WireError

_MARKER = "cdk.out"
_BUFFER_INTERVAL_SECONDS = 2
_UNDECODABLE = (b"\x00\xffnot an event", b"")
_CONSOLE_COLUMNS = 118
_READABLE_COLUMNS = ("event_time", "event_name", "page_path", "device_type")


class DemoError(Exception):
    """The demo cannot run; the message says why and what to do."""


@dataclass(frozen=True)
class DemoOptions:
    """What the demo is to do: see ``clickstream demo --help``."""

    app: Path | None
    count: int
    seed: int
    events_file: Path | None
    mapping: str
    data_dir: Path


@dataclass(frozen=True)
class _DemoStack:
    """The parts of the stack that the demo uses."""

    region: str
    stream: DeliveryStream
    table: Table


def run(options: DemoOptions) -> bool:
    """Run the demo; whether every event is accounted for.

    Raises
    ------
    DemoError
        If the app, the runtime or the events file stands in the way.
    """
    console = Console(width=None if sys.stdout.isatty() else _CONSOLE_COLUMNS, emoji=False)
    assembly = options.data_dir / _MARKER
    _empty(options.data_dir)
    try:
        with console.status("synthesizing"):
            synthesize(options.app, assembly)
            chosen = _choose(load_stacks(assembly))
        console.print(f"synthesized [bold]{options.app or 'the reference stack'}[/] into {assembly}")
        events = _events(options, chosen.table)
        with running(assembly, options.data_dir, buffer_interval=_BUFFER_INTERVAL_SECONDS) as runtime:
            found = _send_and_count(console, options, chosen, runtime, events)
    except (AssemblyError, EventFileError, RuntimeProcessError, SynthError, WireError) as error:
        raise DemoError(str(error)) from None
    _print_where_to_look(console, options, chosen.table)
    for problem in (problems := found.problems()):
        console.print(f"[bold red]does not add up:[/] {problem}")
    if not problems:
        console.print("[bold green]every event is accounted for")
    return not problems


def _empty(data_dir: Path) -> None:
    """Remove an earlier demo's data; refuse a folder that holds anything else."""
    if not data_dir.exists():
        return
    if any(data_dir.iterdir()) and not (data_dir / _MARKER).exists():
        raise DemoError(f"{data_dir} holds something that no demo put there; give an empty folder with --data-dir")
    shutil.rmtree(data_dir)


def _choose(stacks: tuple[Stack, ...]) -> _DemoStack:
    for stack in stacks:
        for stream in stack.delivery_streams:
            destination = stream.properties.get("ExtendedS3DestinationConfiguration", {})
            schema = destination.get("DataFormatConversionConfiguration", {}).get("SchemaConfiguration")
            if schema is not None and stack.rest_apis:
                for table in stack.tables:
                    if table.name == schema["TableName"]:
                        return _DemoStack(stack.region, stream, table)
    raise DemoError(
        "the app has no stack with a REST API and a delivery stream that converts to Parquet or ORC by a Glue table; "
        "give another one with --app"
    )


def _events(options: DemoOptions, table: Table) -> list[dict[str, Any]]:
    if options.events_file is None:
        return list(Shop(options.seed, datetime.now(UTC)).events(options.count))
    timestamps = {column.name for column in table.columns if column.type == "timestamp"}
    return list(read_events(options.events_file, parse_mapping(options.mapping), timestamps))


def _send_and_count(
    console: Console, options: DemoOptions, chosen: _DemoStack, runtime: RuntimeProcess, events: list[dict[str, Any]]
) -> Accounting:
    stage_url = next(iter(runtime.state()["endpoints"].values()))
    console.print(f"serving [bold]{stage_url}/events[/] and Firehose at [bold]{runtime.url}[/]")
    half = len(events) // 2
    made_up = options.events_file is None
    with _progress(console, len(events)) as advance:
        http = send_over_http(stage_url, events[:half], options.seed, advance)
        producer = send_by_producer(runtime.url, chosen.stream.name, chosen.region, events[half:], advance)
    refusals = send_bad_requests(stage_url) if made_up else []
    undecodable = WireClient(runtime.url).put(chosen.stream.name, _UNDECODABLE) if made_up else 0
    with console.status("waiting for delivery"):
        state = runtime.flush()
    tables = LandedTables(options.data_dir)
    table = identifier(chosen.table.name)
    _, [(rows, distinct)] = tables.query(f"SELECT count(*), count(DISTINCT event_id) FROM {table}")
    found = Accounting(
        http=http,
        producer=producer,
        refusals=refusals,
        undecodable_sent=undecodable,
        rows=rows,
        distinct_ids=distinct,
        failed=list(failed_records(options.data_dir)),
        records=state["delivery_streams"][chosen.stream.name],
    )
    console.print()
    print_counts(console, found)
    console.print()
    print_tree(console, options.data_dir / "s3")
    console.print()
    print_query(console, tables, chosen.table.name)
    console.print()
    print_failures(console, found)
    tables.close()
    return found


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Any]:
    columns = (TextColumn("sending"), BarColumn(), MofNCompleteColumn(), TextColumn("events"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("sending", total=total)
        yield lambda count: progress.advance(task, count)


def _print_where_to_look(console: Console, options: DemoOptions, table: Table) -> None:
    folder, clickstream = f"--data-dir {options.data_dir}", _command()
    console.print()
    console.print("All of it is left here; look at it with", style="bold")
    for line in (
        f'{clickstream} query {folder} "{_first_query(table)}"',
        f"{clickstream} errors {folder}",
        f"{clickstream} local --assembly {options.data_dir / _MARKER} {folder}",
    ):
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"  ls {options.data_dir}/s3 {options.data_dir}/logs", highlight=False)


def _first_query(table: Table) -> str:
    """Ten rows with few columns, so that they fit into a terminal."""
    names = [column.name for column in table.columns]
    shown = [name for name in _READABLE_COLUMNS if name in names] or names[:4]
    return f"SELECT {', '.join(shown)} FROM {table.name} LIMIT 10"


def _command() -> str:
    """What to type for ``clickstream``: its path, where the user's shell has not activated this environment."""
    beside, found = Path(sys.executable).with_name("clickstream"), shutil.which("clickstream")
    # On the path by its own folder only, and not activated: the path is one that make has set.
    if not beside.exists() or "VIRTUAL_ENV" in os.environ or (found and Path(found).parent != beside.parent):
        return "clickstream"
    return str(beside.relative_to(Path.cwd()) if beside.is_relative_to(Path.cwd()) else beside)
