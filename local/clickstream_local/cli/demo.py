"""``clickstream demo``: the whole road on this machine, every event accounted for."""

from __future__ import annotations

import sys
from pathlib import Path

import click

_REFERENCE = "the reference stack that comes with the package"


@click.command()
@click.option(
    "--app",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help=f"CDK app to synthesize.  [default: app.py if there is one here, else {_REFERENCE}]",
)
@click.option(
    "--count", type=click.IntRange(1, 5_000_000), default=10_000, show_default=True, help="Events to make up."
)
@click.option("--seed", type=int, default=2026, show_default=True, help="The same seed makes the same events.")
@click.option(
    "--events",
    "events_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Send the events of this file instead: JSON lines, gzipped or not.",
)
@click.option(
    "--map",
    "mapping",
    metavar="TARGET=SOURCE,...",
    default="",
    help="Rename members of --events, such as event_name=event_type,client_time=timestamp.",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".clickstream-demo"),
    show_default=True,
    help="Where everything is left; a demo's earlier data there is removed first.",
)
def demo(app: Path | None, count: int, seed: int, events_file: Path | None, mapping: str, data_dir: Path) -> None:
    """Synthesize an app, run it here, send events by both ways in, query what landed.

    Half of the events go over HTTP, half through the producer; some are wrong on purpose. Exits with 0 only when every
    event is accounted for: delivered, rejected with a reason, or refused at the endpoint.
    """
    # Its dependencies (the producer, boto3, DuckDB) are the slowest to import of all commands.
    from clickstream_local.demo.run import DemoError, DemoOptions, run

    if mapping and events_file is None:
        raise click.BadParameter("renames members of --events; give that too", param_hint="--map")
    if app is None and Path("app.py").exists():
        app = Path("app.py")
    options = DemoOptions(app=app, count=count, seed=seed, events_file=events_file, mapping=mapping, data_dir=data_dir)
    try:
        complete = run(options)
    except DemoError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(0 if complete else 1)
