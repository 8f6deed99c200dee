"""The deployed pipelines, and what every check does with them: send, wait, read rows and backups."""

from __future__ import annotations

import base64
import gzip
import io
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pyarrow.parquet as pq

from integ.environment import Environment
from integ.http_post import HttpAnswer, post
from integ.names import Names
from integ.outcome import NotHereError, NotSoError

Found = TypeVar("Found")
DeliveredRow = Mapping[str, Any]


@dataclass(frozen=True)
class BackupRecord:
    """A record of an endpoint as the source backup holds it."""

    context: Mapping[str, Any]
    body: bytes


@dataclass
class Deployment:
    """Pipelines in an environment.

    Parameters
    ----------
    environment:
        Where they run.
    outputs:
        Outputs by stack, as ``cdk deploy --outputs-file`` writes them.
    run:
        Stands in every event's id, so that nothing of another run is taken for this one's.
    """

    environment: Environment
    outputs: Mapping[str, Mapping[str, str]]
    run: str
    _sent_at: float | None = None
    _objects: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False)
    _keys: dict[str, str] = field(default_factory=dict, repr=False)

    def names(self, pipeline: str) -> Names:
        """Return the names of a pipeline.

        Raises
        ------
        NotHereError
            If it does not run here.
        """
        for outputs in self.outputs.values():
            if found := Names.of(pipeline, outputs):
                return found
        raise NotHereError(f"the pipeline {pipeline} does not run here")

    def event_id(self, name: str) -> str:
        """Return an id that no other run has."""
        return f"{self.run}-{name}"

    def post(
        self,
        pipeline: str,
        body: Any,
        *,
        path: str = "/events",
        headers: Mapping[str, str] | None = None,
        with_key: bool = True,
        base: str = "",
        family: str = "",
    ) -> HttpAnswer:
        """Post to the endpoint of a pipeline.

        Parameters
        ----------
        pipeline:
            Its name.
        body:
            Bytes as they are, anything else as JSON.
        path:
            Below the stage.
        headers:
            Beside or instead of ``Content-Type: application/json`` and the API key.
        with_key:
            Whether the API key is sent.
        base:
            Another address instead of the stage's own.
        family:
            As in :func:`~integ.http_post.post`.
        """
        names = self.names(pipeline)
        sent = {"Content-Type": "application/json"}
        if with_key and names.key_id:
            if names.key_id not in self._keys:
                self._keys[names.key_id] = self.environment.api_key(names.key_id)
            sent["x-api-key"] = self._keys[names.key_id]
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return post((base or names.stage_url).rstrip("/") + path, content, sent | dict(headers or {}), family=family)

    def put(self, pipeline: str, *records: bytes) -> None:
        """Put records straight into the delivery stream of a pipeline."""
        entries = [{"Data": record} for record in records]
        answer = self.environment.client("firehose").put_record_batch(
            DeliveryStreamName=self.names(pipeline).stream, Records=entries
        )
        if answer["FailedPutCount"]:
            codes = sorted({one["ErrorCode"] for one in answer["RequestResponses"] if "ErrorCode" in one})
            raise NotSoError(f"{answer['FailedPutCount']} of {len(records)} records were refused: {', '.join(codes)}")

    def everything_is_sent(self) -> None:
        """Let the time run within which things have to arrive: it is the same for all checks."""
        self._sent_at = time.monotonic()

    def wait(self, what: str, look: Callable[[], Found | None]) -> Found:
        """Look, at least once, until there is something or the environment has no patience left.

        Raises
        ------
        NotSoError
            If there is nothing in the end.
        """
        since = time.monotonic() if self._sent_at is None else self._sent_at
        while True:
            self.environment.before_looking()
            if (found := look()) is not None:
                return found
            if time.monotonic() >= since + self.environment.patience:
                raise NotSoError(f"{what}: not within {self.environment.patience:.0f} s")
            time.sleep(self.environment.pause)

    def keys(self, pipeline: str, prefix: str) -> list[str]:
        """Return the keys of the objects in the bucket of a pipeline that begin with ``prefix``."""
        return self.environment.keys(self.names(pipeline).bucket, prefix)

    def content(self, pipeline: str, prefix: str) -> list[bytes]:
        """Return what the objects below a prefix hold, unzipped. Objects never change, so each is read once."""
        bucket = self.names(pipeline).bucket
        for key in self.environment.keys(bucket, prefix):
            if (bucket, key) not in self._objects:
                self._objects[bucket, key] = _unzipped(self.environment.read(bucket, key))
        return [held for (its, key), held in self._objects.items() if its == bucket and key.startswith(prefix)]

    def rows(self, pipeline: str) -> list[DeliveredRow]:
        """Return the rows of this run that are delivered so far, read from the Parquet objects themselves."""
        rows: list[DeliveredRow] = []
        for held in self.content(pipeline, "events/"):
            # Not read as a file system path: its folders would become columns.
            rows += pq.ParquetFile(io.BytesIO(held)).read().to_pylist()
        return [row for row in rows if str(row["event_id"]).startswith(self.run)]

    def wait_for_rows(self, pipeline: str, event_ids: Sequence[str]) -> dict[str, DeliveredRow]:
        """Wait for the rows of all these events, and return them by id."""
        wanted = set(event_ids)

        def look() -> dict[str, DeliveredRow] | None:
            found = {row["event_id"]: row for row in self.rows(pipeline) if row["event_id"] in wanted}
            return found if set(found) == wanted else None

        try:
            return self.wait(f"{len(wanted)} rows of the pipeline {pipeline}", look)
        except NotSoError as error:
            codes = ", ".join(self.logged_codes(pipeline)) or "nothing"
            raise NotSoError(f"{error}; logged by the stream: {codes}") from None

    def logged_codes(self, pipeline: str) -> list[str]:
        """Return the error codes that the delivery stream has logged (facts/firehose.md#error-log), and nothing else
        of its log.
        """
        return sorted({code_of(line) for line in self.environment.log_lines(self.names(pipeline).log_group)})

    def wait_for_record(self, pipeline: str, request_id: str) -> BackupRecord:
        """Wait for the backup of one request to ``POST /events``, found by the boundary that it was answered."""

        def look() -> BackupRecord | None:
            found = (record_of(held, request_id) for held in self.content(pipeline, "backup/"))
            return next(filter(None, found), None)

        return self.wait(f"the source backup of a request to the pipeline {pipeline}", look)

    def wait_for_rejected(self, pipeline: str, event_id: str) -> Mapping[str, Any]:
        """Wait for the line that keeps a rejected event, found by the id in its raw bytes."""

        def look() -> Mapping[str, Any] | None:
            lines = (line for held in self.content(pipeline, "errors/rejected/") for line in held.splitlines())
            return next((line for line in map(json.loads, lines) if event_id.encode() in raw_of(line)), None)

        return self.wait(f"a rejected event of the pipeline {pipeline}", look)


def record_of(backup: bytes, request_id: str) -> BackupRecord | None:
    """Find the record of a request in a backup object, where records stand one after the other.

    Raises
    ------
    NotSoError
        If there is a record with that boundary whose context line is not JSON.
    """
    boundary = f'"boundary":"{request_id}"'.encode()
    before, found, after = backup.partition(boundary)
    if not found:
        return None
    start = before.rfind(b"\n") + 1
    line = before[start:] + found + after.partition(b"\n")[0]
    body, _, _ = after.partition(b"\n")[2].partition(f"\n{request_id}\n".encode())
    try:
        return BackupRecord(json.loads(line), body)
    except ValueError:
        raise NotSoError("a context line is not JSON") from None


def code_of(line: str) -> str:
    """Return the error code of an entry in a delivery stream's log."""
    try:
        return str(json.loads(line)["errorCode"])
    except (ValueError, KeyError, TypeError):
        return "an entry without errorCode"


def raw_of(rejected: Mapping[str, Any]) -> bytes:
    """Return the bytes of a rejected event as they came."""
    return _unzipped(base64.b64decode(rejected["rawData"]))


def _unzipped(content: bytes) -> bytes:
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
