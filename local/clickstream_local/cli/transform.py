"""``clickstream transform``: a function on a sample, before anything is deployed."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.common.context_line import without_token
from clickstream_local.common.terminal import printable
from clickstream_local.transform_runner.function import (
    FunctionChoiceError,
    columns_of_assembly,
    function_of_assembly,
    function_of_entry,
    stream_arn,
)
from clickstream_local.transform_runner.run import Outcome, run_records
from clickstream_local.transform_runner.sample import SampleError, read_records


@click.command()
@click.option(
    "--event",
    "sample",
    type=click.File("rb"),
    required=True,
    help="A Firehose event, a JSON event or log lines, one record each; - for standard input.",
)
@click.option("--function", "logical_id", help="Logical id.  [default: the one that a delivery stream calls]")
@click.option(
    "--entry",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Run this file instead, as Transform.per_event would; its rows have to fit the columns of the assembly's.",
)
@click.option("--handler", default="transform", show_default=True, help="The function in --entry.")
@click.option(
    "--assembly",
    type=click.Path(path_type=Path),
    default=Path("cdk.out"),
    show_default=True,
    help="Cloud assembly that holds the function.",
)
@click.option("--stack", help="The one stack to look into.  [default: all]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a record instead of a table.")
def transform(
    sample: BinaryIO,
    logical_id: str | None,
    entry: Path | None,
    handler: str,
    assembly: Path,
    stack: str | None,
    as_json: bool,
) -> None:
    """Run a transform on a sample and show input, output and reasons side by side.

    The function runs from its own asset in a process of its own, as under `clickstream local`; what it would put into
    streams is shown and goes nowhere. Exits with 1 when an event was rejected or a record failed.

    Example: clickstream transform --event access.log --entry shop_rows.py
    """
    if entry is not None and logical_id is not None:
        raise click.BadParameter("is for a function of the assembly; give it or --entry", param_hint="--function")
    try:
        records = read_records(sample.read())
        with tempfile.TemporaryDirectory(prefix="clickstream-entry-") as folder:
            if entry is not None:
                columns = columns_of_assembly(assembly, stack=stack)
                if columns is None:
                    click.echo(f"rows are not checked: {assembly} has no Transform.per_event with a table", err=True)
                function, arn = function_of_entry(entry, handler, Path(folder), columns), stream_arn()
            else:
                function, arn = function_of_assembly(assembly, stack=stack, logical_id=logical_id)
            outcomes = asyncio.run(run_records(function, arn, records))
    except (AssemblyError, FunctionChoiceError, SampleError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        _print_json(outcomes)
    else:
        _print_table(Console(emoji=False), outcomes)
    sys.exit(0 if all(outcome.good for outcome in outcomes) else 1)


def _print_json(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        document = {
            "input": _text(outcome.record),
            "result": outcome.result,
            "output": _text(outcome.output),
            "reasons": list(outcome.reasons),
            "requeued": len(outcome.requeued),
        }
        print(json.dumps(document))


def _print_table(console: Console, outcomes: list[Outcome]) -> None:
    table = Table(show_lines=True)
    for name in ("input", "result", "output", "reasons"):
        table.add_column(name, overflow="fold")
    for outcome in outcomes:
        result = f"{outcome.result}, {len(outcome.requeued)} requeued" if outcome.requeued else outcome.result
        cells = (_shown(outcome.record), result, _shown(outcome.output), "\n".join(outcome.reasons))
        table.add_row(*(escape(cell) for cell in cells))
    console.print(table)
    good = sum(outcome.good for outcome in outcomes)
    console.print(f"{good} of {len(outcomes)} records without a complaint")


def _text(data: bytes) -> str:
    return without_token(data).decode("utf-8", "backslashreplace")


def _shown(data: bytes) -> str:
    """Text for a terminal: rows pretty-printed where they are JSON, control characters escaped."""
    lines = []
    for line in _text(data).splitlines():
        try:
            lines.append(json.dumps(json.loads(line), indent=1, ensure_ascii=False))
        except (ValueError, RecursionError):
            lines.append(line)
    return printable("\n".join(lines), keep="\n")
