"""``clickstream-producer tail``: the agent."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from clickstream_producer._duration import seconds
from clickstream_producer.agent import Agent, AgentOptions, FlowOptions, read_agent_json
from clickstream_producer.agent.log_formats import LOG_FORMATS
from clickstream_producer.agent.processing import processing_steps
from clickstream_producer.cli.target_options import Commands, add_target_options, need_identity, target_of
from clickstream_producer.errors import InvalidOption

_WITH_PATTERNS: Final = {
    "region": None,
    "profile": None,
    "endpoint_url": None,
    "unpacked": False,
    "format": "json",
    "multi_line": None,
    "start": "start",
    "linger": "5s",
    "shutdown_timeout": "4s",
    "statistics": "30s",
}
"""Options that mean nothing beside a configuration file, and their defaults."""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    tail = commands.add_parser(
        "tail",
        help="follow log files and send their lines",
        description="Follow files and send each line once it is complete. Positions are saved when lines are "
        "acknowledged, so a restart goes on where it ended; renamed, truncated, copied and removed files are followed.",
        epilog="Give patterns and --stream, or one configuration file of the Kinesis Agent (agent.json) and nothing "
        "else. SIGTERM and Ctrl-C end it after the answers under way. Exit status: 0 all that was read is "
        "acknowledged, 1 it is not (it is sent at the next start), or with --once a file was left out as a whole or "
        "the stream took nothing for --timeout, 2 the command is wrong.",
    )
    tail.set_defaults(run=run)
    tail.add_argument(
        "source", metavar="CONFIG|PATTERN", nargs="+", help="agent.json, or globs such as '/var/log/app.log*'"
    )
    add_target_options(tail, required=False)
    form = tail.add_argument_group("lines")
    form.add_argument(
        "--format",
        choices=("json", "raw", *LOG_FORMATS),
        default="json",
        help="json: one value a line, checked (default). raw: as is. A log format: taken apart into a JSON object",
    )
    form.add_argument(
        "--multi-line", metavar="REGEX", help="what the first line of a record begins with, for records of several"
    )
    form.add_argument(
        "--from",
        dest="start",
        choices=("start", "end"),
        default="start",
        help="where files begin that are there at the very first run (default: %(default)s)",
    )
    how = tail.add_argument_group("how")
    how.add_argument(
        "--checkpoints", type=Path, metavar="FILE", help=f"where positions are kept (default: {default_checkpoints()})"
    )
    how.add_argument(
        "--linger", default="5s", metavar="DURATION", help="how long a line waits for company (default: %(default)s)"
    )
    how.add_argument(
        "--shutdown-timeout",
        default="4s",
        metavar="DURATION",
        help="how long the end waits for answers (default: %(default)s)",
    )
    how.add_argument(
        "--statistics",
        default="30s",
        metavar="DURATION",
        help="between two lines of statistics on standard error; 0s for none (default: %(default)s)",
    )
    how.add_argument("--once", action="store_true", help="end when everything that is there has been sent")
    how.add_argument(
        "--timeout",
        default="60s",
        metavar="DURATION",
        help="with --once: how long to try while the stream takes nothing (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("clickstream_producer").setLevel(logging.INFO)
    agent_options = replace(
        _by_patterns(options) if options.stream else _by_file(options),
        once_timeout=seconds("--timeout", options.timeout),
    )
    if options.once:
        for flow in agent_options.flows:
            need_identity(flow.target)
    agent = Agent(agent_options)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    return agent.run(once=options.once)


def default_checkpoints() -> Path:
    """Give the file that positions are kept in: for root under /var/lib, else in the user's state folder."""
    if os.geteuid() == 0:
        folder = Path("/var/lib")
    else:
        folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return folder / "clickstream-producer" / "checkpoints.db"


def _by_patterns(options: argparse.Namespace) -> AgentOptions:
    processing: list[dict[str, object]] = []
    if options.format in LOG_FORMATS:
        processing = [{"optionName": "LOGTOJSON", "logFormat": options.format}]
    steps = processing_steps(processing)
    if options.format == "raw" and options.multi_line:
        steps = (lambda record: record.replace("\n", "\\n"),)
    target = target_of(options)
    flows = tuple(
        FlowOptions(
            pattern,
            target,
            start=options.start,
            line_format="json" if options.format == "json" else "raw",
            steps=steps,
            multi_line=options.multi_line,
            linger=seconds("--linger", options.linger),
            events_per_record=1 if options.unpacked else None,
        )
        for pattern in options.source
    )
    return AgentOptions(
        flows,
        options.checkpoints or default_checkpoints(),
        shutdown_timeout=seconds("--shutdown-timeout", options.shutdown_timeout),
        statistics_interval=seconds("--statistics", options.statistics),
    )


def _by_file(options: argparse.Namespace) -> AgentOptions:
    if len(options.source) > 1 or not options.source[0].endswith(".json"):
        raise InvalidOption("tail needs --stream NAME with file patterns, or one agent.json without it")
    for name, default in _WITH_PATTERNS.items():
        if getattr(options, name) != default:
            raise InvalidOption(
                f"{name}={getattr(options, name)!r} belongs to patterns with --stream; say it in the file"
            )
    agent_options, notes = read_agent_json(Path(options.source[0]), default_checkpoints())
    if options.checkpoints:
        agent_options = replace(agent_options, checkpoint_file=options.checkpoints)
    for note in notes:
        logging.getLogger("clickstream_producer.agent").warning("%s: %s", options.source[0], note)
    return agent_options
