"""The local runtime as the environment of a deployment: a rehearsal of the checks, which needs no account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3

from clickstream_local.assembly.cloud_assembly import load_stacks
from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.demo.runtime_process import RuntimeProcess
from clickstream_producer import FirehoseStream
from integ.outcome import NotHereError

_SERVICES = ("firehose", "kinesis", "logs")
# The runtime takes any key; it opens nothing else.
_KEY = {"access_key_id": "LOCAL", "secret_access_key": "local"}


class LocalRuntime:
    """A running ``clickstream local``. Implements :class:`~integ.environment.Environment`.

    Parameters
    ----------
    runtime:
        The process.
    assembly:
        What it runs.
    data_dir:
        Where its objects and logs are.
    """

    pause = 0.2

    def __init__(self, runtime: RuntimeProcess, assembly: Path, data_dir: Path, *, patience: float = 30) -> None:
        self._runtime = runtime
        self._data_dir = data_dir
        self.patience = patience
        stacks = load_stacks(assembly)
        self.region = stacks[0].region
        self._api_keys = {key.id: key.value for stack in stacks for api in stack.rest_apis for key in api.api_keys}

    def client(self, service: str) -> Any:
        """Return a client of a service that runs here."""
        if service not in _SERVICES:
            raise NotHereError(f"the service {service} does not run on this machine")
        return boto3.client(
            service,  # type: ignore[call-overload] # the stubs know services by literal names only
            region_name=self.region,
            endpoint_url=self._runtime.url,
            aws_access_key_id=_KEY["access_key_id"],
            aws_secret_access_key=_KEY["secret_access_key"],
        )

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Return the names of the files in the bucket's folder."""
        root = self._data_dir / "s3" / bucket
        names = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        return sorted(name for name in names if name.startswith(prefix))

    def read(self, bucket: str, key: str) -> bytes:
        """Return the content of the file."""
        return (self._data_dir / "s3" / bucket / key).read_bytes()

    def producer_target(self, stream: str) -> FirehoseStream:
        """Return the stream, at the runtime's address."""
        return FirehoseStream(stream, region=self.region, endpoint_url=self._runtime.url, credentials=_KEY)

    def api_key(self, key_id: str) -> str:
        """Return the value that the runtime made for the key."""
        return self._api_keys[key_id]

    def log_lines(self, group: str) -> list[str]:
        """Return the messages in the files of the group."""
        return [event.message for event in Logs(self._data_dir).events(group)]

    def before_looking(self) -> None:
        """Deliver what is buffered."""
        self._runtime.flush()
