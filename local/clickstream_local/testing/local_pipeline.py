"""A running pipeline as a test uses it."""

from __future__ import annotations

import asyncio
import http.client
import json
import sys
import tempfile
import warnings
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from clickstream_local.assembly.cloud_assembly import load_templates
from clickstream_local.cloudwatch_logs.logs import LogEvent, Logs
from clickstream_local.common.model import DeliveryStream
from clickstream_local.failures.objects import FailedRecord, failed_records, unzipped
from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.faults import Faults
from clickstream_local.firehose.stages.s3_delivery import DeliveryDeniedError
from clickstream_local.iam.rights import Denial, Rights
from clickstream_local.s3.delivered_objects import DeliveredObjects
from clickstream_local.s3.directory_store import StoredFile
from clickstream_local.serve.data_dir import DataDir
from clickstream_local.serve.runtime import ACCESS_KEY_ID, SECRET_ACCESS_KEY, Runtime
from clickstream_local.serve.serving import rights_report
from clickstream_local.tables.landed_tables import Dialect, LandedTables
from clickstream_local.tables.views import identifier
from clickstream_local.testing.clock import Clock, LoopThread

_STEP_SECONDS = 1.0
_REQUEST_SECONDS = 60.0


class LocalPipelineError(Exception):
    """The pipeline cannot do what was asked of it; the message says why and what to do."""


@dataclass(frozen=True)
class Answer:
    """The answer of an endpoint.

    Attributes
    ----------
    status
        HTTP status.
    headers
        By their names in lower case.
    body
        As it came; :meth:`json` reads it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class LocalPipeline:
    """The pipelines of a stack, running on a free port of 127.0.0.1 until the ``with`` block ends.

    >>> with LocalPipeline("cdk.out") as pipeline:  # doctest: +SKIP
    ...     pipeline.post({"event_name": "click"})
    ...     pipeline.flush()
    ...     assert pipeline.rows()[0]["event_name"] == "click"

    Time runs as always, and :meth:`advance` moves it on: buffers deliver by their template's own hints, and no test
    sleeps for them.

    Parameters
    ----------
    source
        A CDK stack (it is synthesized with its whole app, which can then not be changed any more), an app, a cloud
        assembly, or the path of a cloud assembly or of one template in JSON or YAML.
    stack
        Name of the one stack to run. By default that of the given stack object, otherwise all.
    parameters
        Values for template parameters; others take their default.
    data_dir
        Where objects and logs go. By default a temporary folder that is removed at the end.
    now
        What the pipeline's clock shows at first, with a time zone; by default the real time. Functions run in
        processes of their own and see the real time.
    allow_unsupported
        Whether to run templates that hold something the runtime does not run; what it is, is in :attr:`unsupported`.
    faults
        Shares of puts that fail on purpose, to test a sender: ``Faults(throttle=0.5, seed=1)``.
    disagreements
        What to follow where sources on Firehose's behaviour disagree: ``Disagreements(active_partitions=2)``.
    s3_endpoint
        Where objects go instead of ``data_dir``: ``http://host:port``, such as of moto's server or MinIO, or ``aws``.
        What this class gives of them is fetched from there.
    iam
        Whether rights are judged as IAM does: a call that the templates' policies deny fails with AWS's error, and
        :attr:`denials` names it.

    Raises
    ------
    AssemblyError
        If the assembly or template cannot be read.
    StoreError
        If the S3 endpoint, its credentials or a bucket cannot be used.
    LocalPipelineError
        If it holds something that does not run here.
    TypeError
        If the source is none of these.
    """

    def __init__(
        self,
        source: Any,
        *,
        stack: str | None = None,
        parameters: Mapping[str, str] | None = None,
        data_dir: Path | None = None,
        now: datetime | None = None,
        allow_unsupported: bool = False,
        faults: Faults = Faults(),  # noqa: B008 - frozen
        disagreements: Disagreements = Disagreements(),  # noqa: B008 - frozen
        s3_endpoint: str | None = None,
        iam: bool = True,
    ) -> None:
        if now is not None and now.tzinfo is None:
            raise ValueError(f"now={now!r} has no time zone; give one, such as datetime(…, tzinfo=UTC)")
        path, named = _assembly_of(source)
        self._clock = Clock(now)
        self._resources = ExitStack()
        try:
            if data_dir is None:
                data_dir = Path(self._resources.enter_context(tempfile.TemporaryDirectory(prefix="clickstream-")))
            directory = DataDir(data_dir)
            loaded = load_templates(path, stack=stack or named, parameters=parameters, deployment=directory.deployment)
            self._stacks = tuple(read for _, read in loaded)
            rights = Rights(template for template, _ in loaded) if iam else Rights()
            for line in rights_report(rights, judged=iam):
                print(line, file=sys.stderr)
            self.data_dir = self._resources.enter_context(directory).resolve()
            self._loop = LoopThread(self._clock)
            self._resources.callback(self._loop.close)
            started = Runtime.start(
                self._stacks,
                data_dir=self.data_dir,
                clock=self._clock,
                faults=faults,
                disagreements=disagreements,
                s3_endpoint=s3_endpoint,
                rights=rights,
            )
            self._runtime = self._loop.run(started)
            self._delivered = DeliveredObjects(self.data_dir, s3_endpoint)
            self._resources.callback(lambda: self._loop.run(self._runtime.close()))
            self.unsupported = self._runtime.unsupported()
            if self.unsupported and not allow_unsupported:
                named_ones = "; ".join(f"{found.logical_id}: {found.reason}" for found in self.unsupported)
                raise LocalPipelineError(
                    f"the template holds what does not run here: {named_ones}; pass allow_unsupported=True to run the "
                    "rest"
                )
        except BaseException:
            self.stop()
            raise

    # Sending

    @property
    def url(self) -> str:
        """The address of the runtime: the endpoint URL for AWS SDKs."""
        return self._runtime.url

    @property
    def endpoints(self) -> dict[str, str]:
        """URL of the stage of each REST API, by logical id."""
        found: dict[str, str] = self._runtime.state()["endpoints"]
        return found

    @property
    def endpoint(self) -> str:
        """URL of the one REST API's stage."""
        return _only("REST API", self.endpoints)

    def post(
        self,
        events: bytes | str | Mapping[str, Any] | Sequence[Any],
        *,
        path: str = "/events",
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
        endpoint: str | None = None,
    ) -> Answer:
        """Send a request to an endpoint.

        Parameters
        ----------
        events
            The body: text and bytes as they are, anything else as JSON.
        path
            Path below the stage.
        headers
            Beside ``Content-Type: application/json``, which they may replace.
        method
            HTTP method.
        endpoint
            One of :attr:`endpoints`, where there are several.
        """
        address = urlsplit(endpoint or self.endpoint)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_REQUEST_SECONDS)
        given = {"content-type": "application/json"} | {name.lower(): text for name, text in (headers or {}).items()}
        try:
            connection.request(method, address.path + path, _encoded(events), given)
            answer = connection.getresponse()
            found = {name.lower(): text for name, text in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def put(self, *records: bytes | str | Mapping[str, Any] | Sequence[Any], stream: str | None = None) -> None:
        """Put records into a delivery stream, as a program with IAM rights does.

        Parameters
        ----------
        records
            Text and bytes as they are, anything else as a line of JSON.
        stream
            Name of the stream; see :attr:`stream` for the default.

        Raises
        ------
        LocalPipelineError
            If the stream refuses any.
        """
        entries = [
            {"Data": b64encode(_encoded(record) + (b"" if isinstance(record, bytes | str) else b"\n")).decode()}
            for record in records
        ]
        answer = self.post(
            {"DeliveryStreamName": stream or self.stream, "Records": entries},
            path="/",
            endpoint=self.url,
            headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Firehose_20150804.PutRecordBatch"},
        )
        document = answer.json()
        if answer.status != 200:
            raise LocalPipelineError(f"{document.get('__type')}: {document.get('message')}")
        if failed := document["FailedPutCount"]:
            codes = {entry["ErrorCode"] for entry in document["RequestResponses"] if "ErrorCode" in entry}
            raise LocalPipelineError(f"{failed} of {len(records)} records were refused: {', '.join(sorted(codes))}")

    def client(self, service: str, *, role: str | None = None) -> Any:
        """Make a boto3 client, such as of ``firehose``, that talks to this pipeline.

        Parameters
        ----------
        service
            As boto3 names it.
        role
            Name of a role of the template, whose rights it then has. By default it may do everything.
        """
        import boto3

        return boto3.client(
            service,  # type: ignore[call-overload] # the stubs know services by literal names only
            region_name=self._stacks[0].region,
            endpoint_url=self.url,
            aws_access_key_id=role or ACCESS_KEY_ID,
            aws_secret_access_key=SECRET_ACCESS_KEY,
        )

    # Time

    @property
    def now(self) -> datetime:
        """The time of the pipeline's clock, in UTC."""
        return datetime.fromtimestamp(self._clock(), UTC)

    def advance(self, by: float | timedelta) -> None:
        """Let time pass at once: seconds, or a timedelta. What comes due is delivered when this returns."""
        self._loop.run(self._advance(by.total_seconds() if isinstance(by, timedelta) else by))

    async def _advance(self, seconds: float) -> None:
        await self._runtime.settle()
        while seconds > 0:
            # In small steps, since what one buffer delivers may start another's interval.
            step = min(seconds, _STEP_SECONDS)
            seconds -= step
            self._clock.moved += step
            for _ in range(2):  # the loop looks at its timers after the one that waits here
                await asyncio.sleep(0)
            await self._runtime.settle()

    def flush(self) -> None:
        """Deliver everything that is buffered, and what comes of it, without moving the clock.

        Raises
        ------
        DeliveryError
            If an object cannot be written.
        """
        self._loop.run(self._runtime.flush())

    # Looking

    @property
    def stream(self) -> str:
        """Name of the one delivery stream, or of the one with a Lambda processor."""
        streams = {stream.name: stream for stack in self._stacks for stream in stack.delivery_streams}
        with_function = {name: name for name, stream in streams.items() if _has_processor(stream)}
        return _only("delivery stream", with_function if len(streams) > 1 else {name: name for name in streams})

    def counts(self, stream: str | None = None) -> dict[str, Any]:
        """The counts of a stream, as in ``GET /_local/state``."""
        found: dict[str, Any] = self._runtime.state()["delivery_streams"][stream or self.stream]
        return found

    def rows(self, table: str | None = None, *, database: str | None = None) -> list[dict[str, Any]]:
        """Rows of a Glue table, by default of the only one; of several with one name, that of a database.

        Raises
        ------
        LocalPipelineError
            If several are meant.
        """
        tables = [found for stack in self._stacks for found in stack.tables]
        names = {found.name: found.name for found in tables}
        databases = sorted(found.database for found in tables if found.name == table)
        if database is None and len(databases) > 1:
            raise LocalPipelineError(
                f"table {table!r} is in the databases {', '.join(databases)}; name the one that is meant with database="
            )
        return self.query(f"SELECT * FROM {identifier(table or _only('table', names))}", database=database)

    def query(self, sql: str, *, dialect: Dialect = "athena", database: str | None = None) -> list[dict[str, Any]]:
        """Rows of a query; tables go by their Glue names.

        Parameters
        ----------
        sql
            The query, or the name of one that the template saves in Athena.
        dialect
            ``athena``, as far as docs/athena-sql.md lists it, or ``duckdb`` for all of DuckDB's SQL.
        database
            Where tables are looked up that are named without one. Default: in all.

        Raises
        ------
        QueryError
            If it fails, or would not give here what it gives on Athena.
        """
        with closing(LandedTables(self.data_dir, database=database)) as tables:
            saved = {query.name for query in tables.saved_queries}
            columns, rows = tables.query(tables.saved_query(sql) if sql in saved else sql, dialect=dialect)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def objects(self, prefix: str = "", *, bucket: str | None = None) -> list[StoredFile]:
        """Objects whose keys begin with ``prefix``, of one bucket or of all."""
        buckets = [bucket] if bucket is not None else self._runtime.state()["buckets"]
        return [found for name in buckets for found in self._delivered.objects(name, prefix)]

    def errors(self, kind: str | None = None) -> list[FailedRecord]:
        """Failed records and rejected events, all or of one kind, such as ``processing-failed`` or ``rejected``."""
        return [record for record in failed_records(self.data_dir) if kind in (None, record.kind)]

    def backups(self, stream: str | None = None) -> list[bytes]:
        """The source backup of a stream: the content of each object, unzipped, the oldest first."""
        name = stream or self.stream
        (found,) = (item for stack in self._stacks for item in stack.delivery_streams if item.name == name)
        backup = found.properties.get("ExtendedS3DestinationConfiguration", {}).get("S3BackupConfiguration")
        if backup is None:
            raise LocalPipelineError(f"delivery stream {name} has no source backup")
        literal = str(backup.get("Prefix", "")).split("!{", 1)[0]
        bucket = str(backup["BucketARN"]).rpartition(":")[2]
        objects = self.objects(literal, bucket=bucket)
        objects.sort(key=lambda item: item.path.stat().st_mtime_ns)
        return [unzipped(item.path.read_bytes()) for item in objects]

    @property
    def denials(self) -> list[Denial]:
        """The calls that IAM denies: those of the template's own parts, and those that were tried."""
        return self._runtime.denials

    def logs(self, group: str | None = None) -> list[LogEvent]:
        """Log events of one group, or of all groups of the template and of its functions."""
        groups = {found.name for stack in self._stacks for found in stack.log_groups}
        groups |= {function.log_group for stack in self._stacks for function in stack.functions}
        logs = Logs(self.data_dir)
        return [event for name in ([group] if group else sorted(groups)) for event in logs.events(name)]

    def stop(self) -> None:
        """Deliver what is buffered and stop; stopping again does nothing.

        Records that a role may not deliver are told by a warning; :attr:`denials` has the reason, :meth:`flush` raises.

        Raises
        ------
        DeliveryError
            If an object cannot be written.
        """
        try:
            self._resources.close()
        except DeliveryDeniedError as error:
            warnings.warn(str(error), stacklevel=2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _assembly_of(source: Any) -> tuple[Path, str | None]:
    """Path of an assembly or template, and the name of the one stack that is meant.

    CDK objects are told by their methods, so that nothing of the CDK is imported: a stack is synthesized with its whole
    app, an app or stage as a whole, a cloud assembly is taken as it lies.
    """
    if isinstance(source, str | Path):
        return Path(source), None
    if hasattr(source, "directory"):
        return Path(source.directory), None
    if hasattr(source, "stack_name"):
        return Path(source.node.root.synth().directory), str(source.stack_name)
    if hasattr(source, "synth"):
        return Path(source.synth().directory), None
    raise TypeError(
        f"a pipeline starts from a CDK stack or app, a cloud assembly, or the path of an assembly or template; "
        f"{type(source).__name__} is none of these"
    )


def _only(what: str, found: Mapping[str, str]) -> str:
    """The one there is."""
    if len(found) != 1:
        raise LocalPipelineError(
            f"the template has {len(found)} of the kind {what!r} ({', '.join(sorted(found)) or 'none'}); name the one "
            "that is meant"
        )
    return next(iter(found.values()))


def _encoded(value: bytes | str | Mapping[str, Any] | Sequence[Any]) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode()


def _has_processor(stream: DeliveryStream) -> bool:
    destination = stream.properties.get("ExtendedS3DestinationConfiguration", {})
    return bool(destination.get("ProcessingConfiguration", {}).get("Processors"))
