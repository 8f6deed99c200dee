"""``clickstream local``: serve a cloud assembly."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click

from clickstream_local.cli import options
from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.faults import Faults
from clickstream_local.serve.serving import Serving, ServingError


@click.command()
@options.assembly
@click.option("--stack", help="The one stack to run.  [default: all stacks of the assembly]")
@options.port
@options.data_dir
@click.option(
    "--buffer-interval",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Deliver after this many seconds.  [default: the template's own buffering intervals]",
)
@click.option(
    "--outputs-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the stacks' outputs here as JSON, as `cdk deploy --outputs-file` does.",
)
@click.option(
    "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="Value of a template parameter; repeatable."
)
@click.option(
    "--s3-endpoint",
    metavar="URL",
    help="Write objects to this S3 endpoint (http://HOST:PORT), or with `aws` to S3 itself, with the credentials that "
    "boto3 finds.  [default: the data directory]",
)
@click.option(
    "--iam",
    type=click.Choice(["on", "off"]),
    default="on",
    show_default=True,
    help="Judge rights by the templates' policies, as AWS does; `off` lets every part do everything.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="Invocations of each function that run at a time.  [default: its reserved concurrency, at most 5, or 2]",
)
@click.option("--strict", is_flag=True, help="Refuse to start when a template holds something that does not run here.")
@click.option(
    "--watch",
    is_flag=True,
    help="Load a function anew when its asset changes, and start again when the template does; synthesizes nothing.",
)
@click.option(
    "--fault",
    "shares",
    multiple=True,
    metavar="KIND=SHARE",
    help="Refuse this share of puts on purpose: throttle=0.1 of the requests, partial=0.05 of a batch's records.",
)
@click.option(
    "--disagreement",
    "switches",
    multiple=True,
    metavar="NAME=VALUE",
    help="What to follow where captures of Firehose and its documentation differ; the names are in "
    "docs/local-firehose.md.",
)
def local(
    assembly: Path,
    stack: str | None,
    port: int,
    data_dir: Path,
    buffer_interval: float | None,
    outputs_file: Path | None,
    parameters: tuple[str, ...],
    s3_endpoint: str | None,
    iam: str,
    concurrency: int | None,
    strict: bool,
    watch: bool,
    shares: tuple[str, ...],
    switches: tuple[str, ...],
) -> None:
    """Serve the pipelines of a cloud assembly on 127.0.0.1.

    Prints `ready http://127.0.0.1:PORT` once it serves. POST events to the endpoint; point AWS SDKs at the same
    address for Firehose (`--endpoint-url`). Methods with IAM authorization take the access key `LOCAL` with the secret
    `local`; with the name of a role of the templates as access key, that role's rights are judged. `/_local/` is a page
    that shows what happens, `POST /_local/flush` delivers at once, `GET /_local/state` shows counts. Ctrl-C and SIGTERM
    deliver what is buffered, then exit.
    """
    values = dict(options.pair("--parameter", given, "NAME=VALUE") for given in parameters)
    serving = Serving(
        assembly=assembly,
        stack=stack,
        parameters=values,
        port=port,
        data_dir=data_dir,
        buffer_interval=buffer_interval,
        outputs_file=outputs_file,
        strict=strict,
        watch=watch,
        faults=parse_faults(shares),
        disagreements=parse_disagreements(switches),
        s3_endpoint=s3_endpoint,
        iam=iam == "on",
        concurrency=concurrency,
    )
    try:
        serving.run()
    except ServingError as error:
        raise click.ClickException(str(error)) from None


def parse_faults(shares: tuple[str, ...]) -> Faults:
    """The faults of ``--fault``; raises ``click.BadParameter``."""
    given = {}
    for share in shares:
        kind, value = options.pair("--fault", share, "KIND=SHARE")
        if kind not in ("throttle", "partial"):
            raise click.BadParameter(f"{kind!r} must be throttle or partial", param_hint="--fault")
        try:
            given[kind] = float(value)
        except ValueError:
            raise click.BadParameter(f"{value!r} is not a number between 0 and 1", param_hint="--fault") from None
    try:
        return Faults(throttle=given.get("throttle", 0.0), partial=given.get("partial", 0.0))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--fault") from None


def parse_disagreements(switches: tuple[str, ...]) -> Disagreements:
    """The switches of ``--disagreement``; raises ``click.BadParameter``."""
    kinds = get_type_hints(Disagreements)
    given: dict[str, Any] = {}
    for switch in switches:
        name, value = options.pair("--disagreement", switch, "NAME=VALUE")
        if name not in kinds:
            known = ", ".join(sorted(kinds))
            raise click.BadParameter(f"{name!r} must be one of {known}", param_hint="--disagreement")
        given[name] = _switch(name, value, kinds)
    try:
        return Disagreements(**given)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--disagreement") from None


def _switch(name: str, value: str, kinds: Mapping[str, Any]) -> Any:
    kind = kinds[name]
    choices = _choices(kind)
    if kind is int:
        if value.isascii() and value.isdigit():
            return int(value)
    elif value in choices:
        return value == "true" if kind is bool else value
    raise click.BadParameter(f"{name} is {value!r}: it must be {' or '.join(choices)}", param_hint="--disagreement")


def _choices(kind: Any) -> tuple[str, ...]:
    if kind is int:
        return ("a whole number",)
    return ("true", "false") if kind is bool else get_args(kind)
