"""The agent's options, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from clickstream_producer._limits import MAX_EVENTS_PER_RECORD, MAX_RECORD_BYTES, MAX_REQUEST_BYTES
from clickstream_producer.agent.processing import Step
from clickstream_producer.errors import InvalidOption
from clickstream_producer.options import within
from clickstream_producer.targets.aws_stream import AwsStream
from clickstream_producer.targets.session import AwsSession


@dataclass(frozen=True, slots=True)
class FlowOptions:
    """One pattern of files and the stream that their lines go to.

    Attributes
    ----------
    pattern
        Glob of the files; ``**`` reaches into folders. Files ending in .gz, .bz2, .xz, .zst and .zip are left out: they
        are what rotation made of files that were read before.
    target
        Where to.
    start
        Where files begin that are there when this flow runs for the first time: ``"start"`` or ``"end"``. Files that
        appear later are always read from their start, and known ones from where they were left.
    line_format
        ``"json"``: each line is checked to be one JSON object. ``"raw"``: lines are sent as they are.
    steps
        Processing of each line; their result is not checked again.
    multi_line
        Regular expression that the first line of a record begins with; the lines up to the next such line belong to it,
        at most 500.
    skip_header_lines
        Lines left out at the start of each file.
    linger
        Seconds that a line waits for company, so that records are full (Firehose bills each rounded up to 5 KB).
    chunk_bytes
        Bytes of lines after which they are sent and the position saved; at most this much is sent again after a kill.
    events_per_record, record_bytes
        As of :class:`~clickstream_producer.Producer`; None is the target's own default.
    poll
        Seconds between two looks at files that had nothing new.
    record_quiet
        Seconds without growth after which the last record of several lines counts as complete without its successor.
    line_quiet
        Seconds without growth after which a last line counts as complete without its newline, where its file was
        rotated or it is a whole JSON object. Long, since a writer that does not know of the rotation may be in the
        middle of it; any other last line is complete after an hour.
    """

    pattern: str
    target: AwsStream
    start: Literal["start", "end"] = "start"
    line_format: Literal["json", "raw"] = "json"
    steps: tuple[Step, ...] = ()
    multi_line: str | None = None
    skip_header_lines: int = 0
    linger: float = 5.0
    chunk_bytes: int = 1_000_000
    events_per_record: int | None = None
    record_bytes: int = 250_000
    poll: float = 0.25
    record_quiet: float = 5.0
    line_quiet: float = 60.0

    def __post_init__(self) -> None:
        if not self.pattern or self.pattern.endswith("/"):
            raise InvalidOption(
                f"file pattern {self.pattern!r} must name files: write a glob such as /var/log/app.log*"
            )
        if self.events_per_record is not None:
            within("events_per_record", self.events_per_record, 1, MAX_EVENTS_PER_RECORD)
        within("record_bytes", self.record_bytes, 1, MAX_RECORD_BYTES)
        within("chunk_bytes", self.chunk_bytes, 1, MAX_REQUEST_BYTES)
        if self.multi_line is not None:
            compiled(self.multi_line, "multi_line")
            if self.line_format == "raw" and not self.steps:
                raise InvalidOption(
                    f"records of several lines ({self.multi_line!r}) without processing would have line breaks inside "
                    "an event: add a processing step such as SINGLELINE, or use the line format json"
                )

    @property
    def stream(self) -> str:
        """What the stream is called in the log and in the checkpoint file."""
        return f"{'kinesis:' if self.target.operation.has_keys else ''}{self.target.name}"

    @property
    def name(self) -> str:
        """What the flow is called there."""
        return f"{self.stream} {self.pattern}"


@dataclass(frozen=True, slots=True)
class AgentOptions:
    """What an agent runs.

    Attributes
    ----------
    flows
        At least one; no two of the same pattern and stream.
    checkpoint_file
        SQLite file that positions are saved in; its folder is made. One agent at a time may use it.
    shutdown_timeout
        Seconds that stopping waits for answers; lines without one are read again at the next start.
    statistics_interval
        Seconds between two lines of statistics in the log; 0 for none.
    forget_after
        Seconds after which the position of a file that is gone is forgotten.
    once_timeout
        Seconds without any acknowledgement after which ``Agent.run(once=True)`` gives up.
    """

    flows: tuple[FlowOptions, ...]
    checkpoint_file: Path
    shutdown_timeout: float = 10.0
    statistics_interval: float = 30.0
    forget_after: float = 7 * 86_400.0
    once_timeout: float = 60.0

    def __post_init__(self) -> None:
        if not self.flows:
            raise InvalidOption("flows is empty: give at least one file pattern and its stream")
        names = [flow.name for flow in self.flows]
        for name in names:
            if names.count(name) > 1:
                raise InvalidOption(f"two flows read the same files into the same stream ({name}): leave one of them")
        places: dict[str, object] = {}
        for flow in self.flows:
            place = [repr(getattr(flow.target, option.name)) for option in fields(AwsSession)]
            if places.setdefault(flow.stream, place) != place:
                raise InvalidOption(
                    f"two flows name streams {flow.stream!r} of different regions, endpoints or identities: positions "
                    "are kept by the stream's name, so give each an agent with a checkpoint file of its own"
                )


def compiled(pattern: str, option: str) -> re.Pattern[bytes]:
    """Compile a pattern that is matched on the bytes of lines.

    Raises
    ------
    InvalidOption
        It is no regular expression of Python.
    """
    try:
        return re.compile(pattern.encode())
    except re.error as error:
        raise InvalidOption(f"{option}={pattern!r} must be a regular expression of Python: {error}") from None
