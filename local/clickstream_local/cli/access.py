"""What a command works on: the local data directory, or a deployed stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from clickstream_local.aws.deployed import Deployed, bucket_by_hand, deployed_stack, deployed_streams
from clickstream_local.aws.log_groups import LogGroups
from clickstream_local.aws.session import AwsError, AwsSession
from clickstream_local.common.catalog import Catalog, CatalogError
from clickstream_local.common.layout import StreamLayout
from clickstream_local.common.log_entry import LogReader
from clickstream_local.common.window import Window
from clickstream_local.failures.denials import read_denials
from clickstream_local.s3.delivered_objects import OBJECTS
from clickstream_local.s3.endpoint_store import EndpointStore
from clickstream_local.s3.object_source import DirectorySource, EndpointSource, FoundObject, ObjectSource
from clickstream_local.s3.store import StoreError

ERRORS = (AwsError, CatalogError, StoreError)
"""Why nothing, or not everything, could be read."""


@dataclass(frozen=True)
class Target:
    """What ``--stack``, ``--stream``, ``--bucket``, ``--profile``, ``--region`` and ``--data-dir`` name."""

    data_dir: Path
    stack: str | None = None
    stream: str | None = None
    bucket: str | None = None
    profile: str | None = None
    region: str | None = None

    @property
    def is_deployed(self) -> bool:
        """Whether it is on AWS."""
        return any((self.stack, self.bucket, self.profile, self.region))


@dataclass(frozen=True)
class Access:
    """Delivery streams, and readers of their objects and logs.

    Attributes
    ----------
    streams
        All streams, those of rejected events among them: an object is attributed with them in sight.
    chosen
        The streams that were asked for, by name.
    source, logs
        Readers.
    session
        The session of a deployed stack; None for a data directory.
    denials
        The rights that the last run of a data directory found missing.
    """

    streams: tuple[StreamLayout, ...]
    chosen: tuple[StreamLayout, ...]
    source: ObjectSource
    logs: LogReader
    denials: tuple[str, ...] = ()
    session: AwsSession | None = None

    @property
    def watched(self) -> list[StreamLayout]:
        """The streams that were asked for, and those of their rejected events."""
        names = {name for stream in self.chosen for name in (stream.name, stream.reject_stream)}
        return [stream for stream in self.streams if stream.name in names]


def access_to(target: Target) -> Access:
    """Readers of what a target names.

    Raises
    ------
    AwsError, CatalogError, StoreError
        If it is not there, or may not be read.
    click.UsageError
        If the stream is not among those of the stack or of the data directory.
    """
    if target.is_deployed:
        session = AwsSession(target.profile, target.region)
        found = _deployed(session, target)
        streams, source, logs = found.streams, EndpointSource(session.store()), LogGroups(session)
        return Access(streams, _chosen(streams, target), source, logs, session=session)
    from clickstream_local.cloudwatch_logs.logs import Logs

    catalog = Catalog.read(target.data_dir)
    here = (
        DirectorySource(target.data_dir / OBJECTS)
        if catalog.s3_endpoint is None
        else EndpointSource(EndpointStore(catalog.s3_endpoint))
    )
    denials = tuple(read_denials(target.data_dir))
    return Access(catalog.streams, _chosen(catalog.streams, target), here, Logs(target.data_dir), denials)


def window_of(since: str | None, until: str | None) -> Window:
    """The range that ``--since`` and ``--until`` name; raises ``click.BadParameter``."""
    try:
        return Window.of(since, until, datetime.now(UTC))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--since, --until") from None


class Reading:
    """Says how far reading is, on a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)
        self._objects = self._bytes = 0

    def __call__(self, found: FoundObject) -> None:
        """One more object was read."""
        self._objects += 1
        self._bytes += found.size
        if self._objects % 20 == 1:
            text = f"{self._objects:,} objects, {self._bytes / 1e6:,.1f} MB"
            self._progress.update(self._task, description=text)


@contextmanager
def reading() -> Iterator[Reading]:
    """Show on standard error how far reading is, where that is a terminal; nothing of it stays."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Reading(progress)


def _deployed(session: AwsSession, target: Target) -> Deployed:
    if target.stack:
        return deployed_stack(session, target.stack)
    if target.stream:
        return deployed_streams(session, [target.stream])
    if target.bucket:
        return bucket_by_hand(target.bucket)
    raise click.UsageError("--profile and --region need a --stack, a --stream or a --bucket")


def _chosen(streams: tuple[StreamLayout, ...], target: Target) -> tuple[StreamLayout, ...]:
    rejects = {stream.reject_stream for stream in streams}
    found = tuple(stream for stream in streams if stream.name not in rejects)
    if target.stream is None:
        return found
    found = tuple(stream for stream in found if stream.name == target.stream)
    if not found:
        names = ", ".join(stream.name for stream in streams) or "none"
        raise click.UsageError(f"--stream {target.stream}: no such delivery stream; there are {names}")
    return found
