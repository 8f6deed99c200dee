"""The ``clickstream`` command."""

from __future__ import annotations

import click

from clickstream_local.cli.demo import demo
from clickstream_local.cli.doctor import doctor
from clickstream_local.cli.errors import errors
from clickstream_local.cli.local import local
from clickstream_local.cli.query import query
from clickstream_local.cli.replay import replay
from clickstream_local.cli.send import send
from clickstream_local.cli.transform import transform


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """Run a synthesized click-event pipeline on this machine: no AWS account, no Docker.

    Start with `clickstream demo`. Then `cdk synth` your own app and `clickstream local` it.
    """


for _command in (local, demo, send, query, errors, replay, transform, doctor):
    main.add_command(_command)
