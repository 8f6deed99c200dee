"""``clickstream errors``: what failed, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from clickstream_local.cli import options
from clickstream_local.cli.access import ERRORS, Access, Target, access_to, reading, window_of
from clickstream_local.common.context_line import without_token
from clickstream_local.common.window import Window
from clickstream_local.failures.listing import print_logged, print_summary
from clickstream_local.failures.log_entries import Counted, FunctionException, delivery_errors, exceptions_of
from clickstream_local.failures.summary import (
    FIELDS,
    NoFailuresError,
    failure_document,
    failures_at,
    note_call,
    records_in_object,
    summarize,
)

_NOT_READ = 1
_FAILED = 3


@click.command()
@options.data_dir
@options.deployed
@options.window("all of a data directory, the last day of a stack")
@click.option(
    "--by",
    "fields",
    type=click.Choice(FIELDS),
    multiple=True,
    default=("pipeline", "type", "code", "reason"),
    show_default=True,
    help="Group by this; repeatable.",
)
@click.option("--exit-code", is_flag=True, help=f"End with {_FAILED} where something failed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a failed record, exception or delivery error.")
def errors(
    data_dir: Path,
    since: str | None,
    until: str | None,
    fields: tuple[str, ...],
    exit_code: bool,
    as_json: bool,
    **place: str | None,
) -> None:
    r"""Show failed records and rejected events: events by reason, one example each.

    Beside them stand the exceptions of the function, by type, file and line, and the delivery errors that Firehose
    logged, and in a data directory the rights that were missing. The examples are payloads: this prints what your
    clients sent.

    \b
    clickstream errors --stack Shop --since 2h
    clickstream errors --stack Shop --by hour --by code
    clickstream errors --json | jq 'select(.kind == "rejected") | .raw'

    It ends with 0 when all was read, whether or not something failed; with 1 when something could not be read, with 2
    for a wrong option, and with 3 where something failed and --exit-code is given.
    """
    target = Target(data_dir, **place)
    window = window_of(since or ("1d" if target.is_deployed else None), until)
    try:
        access = access_to(target)
        failed, unreadable = _print_json(access, window) if as_json else _print_tables(access, window, fields)
    except ERRORS as error:
        raise click.ClickException(str(error)) from None
    if unreadable:
        sys.exit(_NOT_READ)
    if failed and exit_code:
        sys.exit(_FAILED)


def _print_tables(access: Access, window: Window, fields: tuple[str, ...]) -> tuple[bool, bool]:
    """Returns whether something failed, and whether an object could not be read."""
    with reading() as progress:
        found = summarize(access.source, access.streams, access.chosen, window, fields, progress)
    console = Console(emoji=False)
    print_summary(console, found, fields, access.denials)
    exceptions, logged = _exceptions(access, found.calls), delivery_errors(access.watched, access.logs, window)
    print_logged(console, exceptions, logged)
    failed = bool(found.groups or logged or access.denials)
    if not failed and not found.unreadable:
        console.print("nothing failed")
    return failed, bool(found.unreadable)


def _print_json(access: Access, window: Window) -> tuple[bool, bool]:
    """Returns whether something failed, and whether an object could not be read."""
    calls: dict[str, tuple[int, int]] = {}
    failed, unreadable = bool(access.denials), False
    for found, pipeline in failures_at(access.source, access.streams, access.chosen, window):
        try:
            for record in records_in_object(access.source, found, window):
                failed = True
                note_call(calls, record, pipeline)
                shown = without_token(record.raw).decode("utf-8", "replace")
                print(json.dumps(failure_document(record, pipeline, shown)))
        except NoFailuresError as error:
            unreadable = True
            print(json.dumps({"kind": "unreadable", "file": str(error)}))
    for denial in access.denials:
        print(json.dumps({"kind": "denied", "reason": denial}))
    for (pipeline, exception), times in _exceptions(access, calls).items():
        print(json.dumps({"pipeline": pipeline, "kind": "function-exception"} | asdict(exception) | asdict(times)))
    for (name, code, message), times in delivery_errors(access.watched, access.logs, window).items():
        failed = True
        said = {"pipeline": name, "kind": "delivery-error", "code": code, "message": message}
        print(json.dumps(said | asdict(times)))
    return failed, unreadable


def _exceptions(access: Access, calls: Mapping[str, tuple[int, int]]) -> dict[tuple[str, FunctionException], Counted]:
    return {
        (stream.name, exception): times
        for stream in access.chosen
        if stream.name in calls
        for exception, times in exceptions_of(stream, access.logs, *calls[stream.name]).items()
    }
