"""What the streams of both services have in common as a target."""

from __future__ import annotations

from . import failures
from .aws_session import AwsSession
from .connection import AwsConnection
from .put_operation import PutOperation
from .target import Verdict


class AwsStream:
    """A stream that is written with a batch operation of an AWS service.

    Parameters
    ----------
    name
        Name of the stream.
    operation
        The batch operation, on this stream.
    session
        Where the stream is, and as whom to write to it.
    """

    def __init__(self, name: str, operation: PutOperation, session: AwsSession) -> None:
        self._name = name
        self._operation = operation
        self._session = session

    @property
    def name(self) -> str:
        """Name of the stream."""
        return self._name

    @property
    def spool_name(self) -> str:
        """Name of its directory in a durable spool."""
        return self._session.spool_name(self._operation.service, self._name)

    @property
    def has_keys(self) -> bool:
        """Whether its records have partition keys."""
        return self._operation.has_keys

    @property
    def action(self) -> str:
        """The IAM action that its identity needs."""
        return f"{self._operation.service}:{self._operation.name}"

    def connect(self) -> AwsConnection:
        """Make a boto3 client and what sends with it; reads the SDK's configuration."""
        return AwsConnection(self._session.client(self._operation.service), self._operation)

    def judge(self, error: Exception) -> Verdict:
        """Say what an error of a whole request means."""
        return failures.judge(error)

    def __repr__(self) -> str:
        where = f"region={self._session.region!r}, endpoint_url={self._session.endpoint_url!r}"
        return f"{type(self).__name__}({self._name!r}, {where})"
