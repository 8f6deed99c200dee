"""What a target is: the service's side of the sender."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from clickstream_producer.spool.record import Record


class Failure(NamedTuple):
    """Why the service did not take one entry of a request."""

    code: str
    message: str


class Verdict(enum.Enum):
    """What to do after a request failed as a whole."""

    RETRY = "retry"
    """Trouble that passes: send the same again after a pause."""
    RECONNECT = "reconnect"
    """As RETRY, but with a new connection: this one will never have what it lacks."""
    ISOLATE = "isolate"
    """Something in the request is at fault: send smaller ones, to find the record."""
    GIVE_UP = "give up"
    """No request to this target can succeed as it is set up: these records are lost."""


class Connection(Protocol):
    """One sender's way to a stream; made, and used, in the process and thread that sends."""

    @property
    def client(self) -> Any:
        """The boto3 client under it."""

    def send(self, records: Sequence[Record]) -> Mapping[int, Failure]:
        """Send one request; give back the failed entries by index. Errors of the whole request are raised."""

    def close(self) -> None:
        """Let go of the client; nothing is sent any more."""


class Target(Protocol):
    """A stream of a service."""

    @property
    def name(self) -> str:
        """Name of the stream, for messages."""

    @property
    def default_events_per_record(self) -> int:
        """Most events in a record, where the producer's option does not say."""

    @property
    def spool_name(self) -> str:
        """Name of its directory in a durable spool."""

    @property
    def has_keys(self) -> bool:
        """Whether its records have partition keys."""

    @property
    def keys_from_events(self) -> bool:
        """Whether an event's key comes from the event, so that :meth:`key_of` has to see each."""

    @property
    def action(self) -> str:
        """What the identity has to be allowed, for messages."""

    def key_of(self, event: object, given: str | None) -> str | None:
        """Give an event's partition key; ``given`` is what the caller said.

        Raises
        ------
        InvalidOption
            The target has no partition keys, or ``given`` is not one.
        InvalidEvent
            The event's own is not one.
        """

    def connect(self) -> Connection:
        """Make a new connection; may read configuration, and raises the SDK's errors."""

    def judge(self, error: Exception) -> Verdict:
        """Say what an error of a whole request, or of connecting, means."""
