"""The command ``clickstream-producer``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from clickstream_producer.cli import send, tail
from clickstream_producer.errors import InvalidOption


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status.

    0: every line was sent. 1: some line was invalid, refused or not sent in time. 2: the command itself is wrong.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (InvalidOption, OSError) as error:
        print(f"clickstream-producer: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="clickstream-producer", description="Sends events to Amazon Data Firehose.")
    commands = parser.add_subparsers(dest="command", required=True)
    send.add_to(commands)
    tail.add_to(commands)
    return parser
