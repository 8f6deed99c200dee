"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

DEFAULT_DATA_DIR = Path(".clickstream")

data_dir = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_DATA_DIR,
    show_default=True,
    help="Folder of objects (s3/<bucket>/<key>), logs and the catalog.",
)
