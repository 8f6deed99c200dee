"""The ``clickstream`` command."""

from __future__ import annotations

import click

from clickstream_local.cli.demo import demo
from clickstream_local.cli.errors import errors
from clickstream_local.cli.local import local
from clickstream_local.cli.query import query


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """Run a synthesized click-event pipeline on this machine: no AWS account, no Docker.

    Start with `clickstream demo`. Then `cdk synth` your own app and `clickstream local` it.
    """


for _command in (local, demo, query, errors):
    main.add_command(_command)
