"""What the streams of both services have in common as a target."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from clickstream_producer.errors import InvalidOption, check_type
from clickstream_producer.targets.connection import AwsConnection
from clickstream_producer.targets.put_operation import PutOperation
from clickstream_producer.targets.session import AwsSession


@dataclass(eq=False, kw_only=True)
class AwsStream(AwsSession, ABC):
    """A stream that is written with a batch operation of an AWS service.

    Attributes
    ----------
    name
        Name of the stream.
    client
        A boto3 client of the application's that is used in place of a new one.
    operation
        The batch operation.
    default_events_per_record
        Most events in a record, where the producer's option does not say.

    Raises
    ------
    InvalidOption
        The client is one of another service, or options of the session are given beside it.
    """

    operation: ClassVar[PutOperation]
    default_events_per_record: ClassVar[int]

    name: str = field(init=False)
    client: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Check the options."""
        super().__post_init__()
        self._process = os.getpid()
        if self.client is None:
            return
        is_client = hasattr(getattr(self.client, "meta", None), "service_model")
        wanted = f'a client of boto3, such as boto3.client("{self.operation.service}")'
        check_type("client", self.client, is_client, wanted, secret=True)
        service = self.client.meta.service_model.service_name
        if service != self.operation.service:
            raise InvalidOption(
                f"client is one for {service}, and {self.name} is a stream of {self.operation.service}: "
                f'make it with boto3.client("{self.operation.service}")'
            )
        if given := self.given_session_options():
            raise InvalidOption(
                f"client and {', '.join(given)} are both given: the client says already where to send, and as whom"
            )
        self.region, self.endpoint_url = self.client.meta.region_name, self.client.meta.endpoint_url

    @property
    @abstractmethod
    def request_members(self) -> Mapping[str, str]:
        """The members of a request that name the stream."""

    @property
    def takes_key_from_event(self) -> bool:
        """Whether an event's partition key comes from the event, so that :meth:`partition_key_of` has to see each."""
        return False

    @abstractmethod
    def partition_key_of(self, event: object, given: str | None) -> str | None:
        """Give an event's partition key; None is a random one, where there are any.

        Parameters
        ----------
        event
            As it was put.
        given
            What the caller of ``put`` said.

        Raises
        ------
        InvalidOption
            The service has no partition keys, or ``given`` is not one.
        InvalidEvent
            The event's own is not one.
        """

    def check(self) -> None:
        """Refuse what cannot work; a client that was given has been checked by boto3."""
        if self.client is None:
            super().check()

    @property
    def spool_name(self) -> str:
        """Name of its directory in a durable spool; the region belongs to it."""
        return "-".join(part for part in (self.operation.service, self.region, self.name) if part)

    @property
    def action(self) -> str:
        """The IAM action that its identity needs."""
        return f"{self.operation.service}:{self.operation.name}"

    def connect(self) -> AwsConnection:
        """Make a boto3 client, unless one was given, and what sends with it; reads the SDK's configuration."""
        client = self.client
        if client is None:
            client = self.make_client(self.operation.service)
        elif self._process != os.getpid():
            # A fork: its open connections are the parent's. Closing them here does not end them there.
            client.close()
            self._process = os.getpid()
        return AwsConnection(client, self.operation, self.request_members)
