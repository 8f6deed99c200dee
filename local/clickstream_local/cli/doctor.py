"""``clickstream doctor``: is everything there."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from clickstream_local.cli import options
from clickstream_local.serve.doctor import examine


@click.command()
@options.assembly
@options.port
@options.data_dir
def doctor(assembly: Path, port: int, data_dir: Path) -> None:
    """Check Python, Node.js, the CDK, packages, port, data directory and cloud assembly; say what to do where not well.

    Exits with 1 when something is not well.
    """
    sick = False
    for finding in examine(data_dir=data_dir, port=port, assembly=assembly):
        print(f"{'ok ' if finding.well else 'NOT'}  {finding.what}: {finding.found}")
        if not finding.well:
            sick = True
            print(f"     → {finding.way_out}")
    sys.exit(1 if sick else 0)
