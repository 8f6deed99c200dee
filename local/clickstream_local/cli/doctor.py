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
        print(f"{'ok ' if finding.ok else 'NOT'}  {finding.name}: {finding.detail}")
        if not finding.ok:
            sick = True
            print(f"     → {finding.remedy}")
    sys.exit(1 if sick else 0)
