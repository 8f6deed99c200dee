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

assembly = click.option(
    "--assembly",
    type=click.Path(path_type=Path),
    default=Path("cdk.out"),
    show_default=True,
    help="Cloud assembly that `cdk synth` wrote, or one template in JSON or YAML.",
)

port = click.option(
    "--port", type=click.IntRange(0, 65535), default=4580, show_default=True, help="0 takes a free port."
)

url = click.option(
    "--url", default="http://127.0.0.1:4580", show_default=True, help="Where `clickstream local` listens."
)

stream = click.option(
    "--stream", metavar="NAME", help="Delivery stream.  [default: the only one, or the only one with a function]"
)


def pair(option: str, given: str, form: str) -> tuple[str, str]:
    """Name and value of ``NAME=VALUE``; raises ``click.BadParameter`` where there is no ``=``."""
    name, separator, value = given.partition("=")
    if not separator:
        raise click.BadParameter(f"{given!r} has no '='; write {form}", param_hint=option)
    return name, value
