"""``clickstream verify``: what came in is what is there."""

from __future__ import annotations

import json
import sys
import urllib.request
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from clickstream_local.cli import options
from clickstream_local.cli.access import ERRORS, Access, Target, access_to, reading, window_of
from clickstream_local.common.layout import StreamLayout
from clickstream_local.common.terminal import print_rows
from clickstream_local.common.window import Window
from clickstream_local.failures.summary import NoFailuresError
from clickstream_local.s3.store import StoreError
from clickstream_local.verify.estimate import METRICS, hourly_metrics
from clickstream_local.verify.reconcile import Reconciler, Reconciliation
from clickstream_local.verify.report import hour_of, print_reconciliation

_DIFFERENCE, _UNREADABLE = 1, 3
_ENDS = ("delivered", "failed", "dropped", "buffered")


@click.command()
@options.data_dir
@options.deployed
@options.window("all of a data directory, the last day of a stack")
@options.url
@options.json_lines
def verify(data_dir: Path, since: str | None, until: str | None, url: str, as_json: bool, **place: str | None) -> None:
    r"""Compare what came in with what became of it: rows, rejected events, failed records, and what is on its way.

    Every event of the source backup is looked for by its identity, so the result is exact, and given by the hour in
    which the events were received. It proves that nothing was lost after a fix.

    Without a source backup, the local runtime that is running at --url says what it took; a deployed stream has its
    metrics only. They are an estimate, since a call that is tried again counts twice, and never a difference.

    \b
    clickstream verify --stack Shop --since 2026-11-29T08:00 --until 2026-11-29T12:00
    clickstream verify --data-dir .clickstream --json

    It ends with 0 when both are equal, or are estimates; with 1 on a difference, with 2 for a wrong option, and with 3
    when something could not be read.
    """
    target = Target(data_dir, **place)
    window = window_of(since or ("1d" if target.is_deployed else None), until)
    try:
        access = access_to(target)
        differs = [_verify(access, stream, window, url, as_json=as_json) for stream in access.chosen]
    except (*ERRORS, NoFailuresError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_UNREADABLE)
    sys.exit(_DIFFERENCE if any(differs) else 0)


def _verify(access: Access, stream: StreamLayout, window: Window, url: str, *, as_json: bool) -> bool:
    """Whether there is a difference."""
    console, now = Console(), int(datetime.now(UTC).timestamp() * 1000)
    if stream.backup:
        with reading() as progress:
            found = Reconciler(access.source, stream, access.streams, window, now, progress).run()
        if as_json:
            _print_json(found)
        else:
            print_reconciliation(console, found)
        return found.differs
    if access.session is not None:
        rows = [(one.hour, one.sums) for one in hourly_metrics(access.session, stream.name, window, now)]
        if as_json:
            for hour, sums in rows:
                print(json.dumps({"stream": stream.name, "hour": hour_of(hour), "estimate": True} | sums))
        else:
            console.print(f"{stream.name} has no source backup. An estimate: a call tried again counts twice")
            columns = ["hour", *METRICS]
            print_rows(console, columns, [(hour_of(h), *(_number(s.get(name)) for name in METRICS)) for h, s in rows])
        return False
    counts = _runtime_counts(url, stream.name)
    came = counts["received"] + counts["put_back"] + counts["deaggregated"]
    if as_json:
        print(json.dumps({"stream": stream.name, "came": came, "records": counts}))
    else:
        console.print(f"{stream.name} has no source backup. Records since the start of the runtime:", highlight=False)
        print_rows(console, ["came in", *_ENDS], [(f"{came:,}", *(f"{counts[name]:,}" for name in _ENDS))])
    return came != sum(counts[name] for name in _ENDS)


def _print_json(found: Reconciliation) -> None:
    for hour, account in found.hours.items():
        print(json.dumps({"stream": found.stream, "hour": hour_of(hour)} | asdict(account)))
    whole = {"stream": found.stream, "hour": None} | asdict(found.total)
    without = {"without_id": asdict(found.without_identity), "without_source": found.without_source}
    print(json.dumps(whole | without | {"counted_only": found.counted_only, "differs": found.differs}))


def _runtime_counts(url: str, stream: str) -> dict[str, int]:
    try:
        with urllib.request.urlopen(f"{url}/_local/state", timeout=10) as answer:  # noqa: S310 - the runtime's address
            streams = json.load(answer)["delivery_streams"]
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{stream} has no source backup, and no runtime at {url} says what came in ({error}): start it, or give "
            "its address with --url"
        ) from None
    return {name: streams[stream][f"records_{name}"] for name in ("received", "put_back", "deaggregated", *_ENDS)}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"
