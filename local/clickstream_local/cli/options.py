"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

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


json_lines = click.option("--json", "as_json", is_flag=True, help="JSON, one object a line, instead of tables.")

_AGE = "An age such as 30m, 2h or 7d, or a time such as 2026-11-30T10:00, in UTC unless it says otherwise."


def window(default: str) -> Callable[[F], F]:
    """``--since`` and ``--until``; ``default`` says what is looked at without them."""

    def decorate(command: F) -> F:
        until = click.option("--until", metavar="TIME", help="The same, for the end; what arrived then is left out.")
        since = click.option("--since", metavar="TIME", help=f"{_AGE}  [default: {default}]")
        return since(until(command))

    return decorate


def stack(command: F) -> F:
    """Options that name a deployed stack instead of the data directory."""
    for option in (
        click.option("--region", metavar="NAME", help="AWS region of the stack.  [default: the profile's]"),
        click.option("--profile", metavar="NAME", help="Profile of the AWS credentials."),
        click.option("--stack", metavar="NAME", help="A deployed stack instead of the data directory."),
    ):
        command = option(command)
    return command


def deployed(command: F) -> F:
    """Options that name a deployed pipeline instead of the data directory."""
    command = stack(command)
    for option in reversed(
        (
            click.option(
                "--stream",
                metavar="NAME",
                help="Only this delivery stream; without --stack and with --profile, --region or --bucket one that is "
                "deployed.",
            ),
            click.option("--bucket", metavar="NAME", help="A deployed bucket with the folders of a pipeline in it."),
        )
    ):
        command = option(command)
    return command


def pair(option: str, given: str, form: str) -> tuple[str, str]:
    """Name and value of ``NAME=VALUE``; raises ``click.BadParameter`` where there is no ``=``."""
    name, separator, value = given.partition("=")
    if not separator:
        raise click.BadParameter(f"{given!r} has no '='; write {form}", param_hint=option)
    return name, value
