"""``clickstream tracker``: the browser tracker's files, to be served from the site's own address."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

FILES = ("site.js", "debug.mjs")


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder of your site to write them into, such as public/s; made where it is missing.",
)
def tracker(out: Path) -> None:
    """Write the browser tracker: site.js for a script tag, and debug.mjs, which is loaded on localhost alone."""
    out.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        data = files("clickstream_local.live").joinpath(name).read_bytes()
        (out / name).write_bytes(data)
        click.echo(f"{out / name}  {len(data):,} bytes")
