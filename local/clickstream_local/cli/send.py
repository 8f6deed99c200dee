"""``clickstream send``: the events of a file into a running pipeline."""

from __future__ import annotations

from pathlib import Path

import click

from clickstream_local.cli import options


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@options.url
@options.stream
@click.option(
    "--map",
    "mapping",
    metavar="TARGET=SOURCE,...",
    default="",
    help="Rename members, such as event_name=event_type,client_time=timestamp.",
)
def send(file: Path, url: str, stream: str | None, mapping: str) -> None:
    """Send the events of FILE (JSON lines, gzipped or not) to the local runtime, through the producer.

    To send to AWS, use `clickstream-producer send`, which needs no CDK and no local runtime.
    """
    # The producer and boto3 take longer to import than the other commands run.
    from clickstream_local.demo.event_file import EventFileError, parse_mapping, read_events
    from clickstream_local.demo.send import send_by_producer
    from clickstream_local.wire.firehose_client import WireClient, WireError

    try:
        events = list(read_events(file, parse_mapping(mapping), set()))
        name = WireClient(url).stream(stream)
    except (EventFileError, WireError) as error:
        raise click.ClickException(str(error)) from None
    with click.progressbar(length=len(events), label="sending") as bar:
        sent = send_by_producer(url, name, "us-east-1", events, bar.update)
    print(f"{name} took {sent.accepted} of {sent.events} events")
    if sent.accepted < sent.events:
        raise click.ClickException("the rest was not taken within a minute; is the runtime behind, or stopped?")
