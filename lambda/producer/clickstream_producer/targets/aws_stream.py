"""What the streams of both services have in common as a target."""

from __future__ import annotations

import os
from typing import Any

from clickstream_producer.errors import InvalidOption
from clickstream_producer.targets import error_classification as failures
from clickstream_producer.targets.connection import AwsConnection
from clickstream_producer.targets.put_operation import PutOperation
from clickstream_producer.targets.session import AwsSession
from clickstream_producer.targets.target import Verdict


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
    client
        A boto3 client of the application's that says both instead.

    Raises
    ------
    InvalidOption
        The client is one of another service, or options of the session are given beside it.
    """

    def __init__(self, name: str, operation: PutOperation, session: AwsSession, client: Any) -> None:
        if client is not None:
            service = client.meta.service_model.service_name
            if service != operation.service:
                raise InvalidOption(
                    f"client is one for {service}, and {name} is a stream of {operation.service}: "
                    f'make it with boto3.client("{operation.service}")'
                )
            if session != AwsSession():
                raise InvalidOption(
                    f"client and {session.given} are both given: the client says already where to send, and as whom"
                )
            session = AwsSession(client.meta.region_name, client.meta.endpoint_url)
        self._name = name
        self._operation = operation
        self._session = session
        self._client = client
        self._process = os.getpid()

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
        """Make a boto3 client, unless one was given, and what sends with it; reads the SDK's configuration."""
        if self._client is None:
            return AwsConnection(self._session.client(self._operation.service), self._operation)
        if self._process != os.getpid():
            # A fork: its open connections are the parent's. Closing them here does not end them there.
            self._client.close()
            self._process = os.getpid()
        return AwsConnection(self._client, self._operation)

    def judge(self, error: Exception) -> Verdict:
        """Say what an error of a whole request means."""
        return failures.judge(error)

    def __repr__(self) -> str:
        where = f"region={self._session.region!r}, endpoint_url={self._session.endpoint_url!r}"
        return f"{type(self).__name__}({self._name!r}, {where})"
