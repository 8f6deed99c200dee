"""The command ``clickstream-producer``."""

from __future__ import annotations

import argparse
import gzip
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .duration import seconds
from .errors import InvalidEvent, InvalidOption, TargetRefused
from .firehose import FirehoseStream
from .full_policy import FullPolicy
from .producer import Producer

SHOWN = 10
"""Invalid lines that are named one by one; the rest is only counted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status.

    0: every line was sent. 1: some line was invalid, refused or not sent in time. 2: the command itself is wrong.
    """
    options = _parser().parse_args(arguments)
    try:
        return _send(options)
    except (InvalidOption, OSError) as error:
        print(f"clickstream-producer: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="clickstream-producer", description="Sends events to Amazon Data Firehose.")
    commands = parser.add_subparsers(dest="command", required=True)
    send = commands.add_parser(
        "send",
        help="send a file of JSON lines",
        description="Send a file of JSON lines: one event a line, packed into few records. Empty lines are left out, "
        "invalid ones are named and skipped.",
    )
    send.add_argument("file", metavar="FILE", help="JSON lines, gzip if it ends in .gz; - is standard input")
    send.add_argument("--stream", required=True, metavar="NAME", help="name of the delivery stream")
    send.add_argument("--region", metavar="REGION", help="AWS region (default: of the environment or profile)")
    send.add_argument("--profile", metavar="NAME", help="profile of the AWS configuration files")
    send.add_argument("--endpoint-url", metavar="URL", help="another endpoint, such as the local runtime")
    send.add_argument(
        "--unpacked", action="store_true", help="one event a record, for streams that partition by an event's field"
    )
    send.add_argument(
        "--timeout",
        default="60s",
        metavar="DURATION",
        help="how long to try for what is left after the last line, such as 60s or 10m (default: %(default)s)",
    )
    return parser


def _send(options: argparse.Namespace) -> int:
    timeout = seconds("--timeout", options.timeout)
    refusals: list[TargetRefused] = []

    def on_error(error: Exception) -> None:
        if isinstance(error, TargetRefused):
            refusals.append(error)

    target = FirehoseStream(
        options.stream, region=options.region, profile=options.profile, endpoint_url=options.endpoint_url
    )
    producer = Producer(
        target,
        events_per_record=1 if options.unpacked else 500,
        when_full=FullPolicy.block("1d"),  # a file waits for the network, not the other way round
        on_error=on_error,
    )
    invalid = 0
    with _opened(options.file) as lines:
        for number, line in enumerate(lines, 1):
            if refusals:
                break  # the rest would be refused, too
            if not line.strip():
                continue
            try:
                producer.put(line.rstrip(b"\r\n"))
            except InvalidEvent as error:
                invalid += 1
                if invalid <= SHOWN:
                    print(f"line {number}: {error}", file=sys.stderr)
    result = producer.close(timeout)
    for refusal in refusals[:1]:
        print(f"clickstream-producer: {refusal}", file=sys.stderr)
    print(f"sent {result.sent}, dropped {result.dropped}, invalid {invalid}")
    return 0 if result.sent == result.put and not invalid else 1


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
    elif name.endswith(".gz"):
        with gzip.open(name) as unpacked:
            yield unpacked  # type: ignore[misc] # a gzip file is binary in all but its declared type
    else:
        with Path(name).open("rb") as file:
            yield file
