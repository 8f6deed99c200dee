"""The target Amazon Kinesis Data Streams."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from clickstream_producer.errors import InvalidEvent, InvalidOption
from clickstream_producer.targets.aws_stream import AwsStream
from clickstream_producer.targets.put_operation import PutOperation
from clickstream_producer.targets.session import AwsSession

MAX_KEY_CHARACTERS: Final = 256
"""Longest partition key (aws-facts 1.7)."""

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")
_ARN = re.compile(r"arn:[a-z-]+:kinesis:(?P<region>[a-z0-9-]+):\d{12}:stream/(?P<name>[a-zA-Z0-9_.-]{1,128})")


class KinesisStream(AwsStream):
    """A Kinesis data stream, written with PutRecords.

    Each event is a record of its own by default, ended by a newline. With ``events_per_record`` above 1 the consumers
    have to split lines, and events are packed while their partition key stays the same.

    Parameters
    ----------
    name_or_arn
        Name of the stream (1 to 128 of letters, digits, ``_ . -``) or its ARN, whose region is then the default one.
    partition_key
        Where an event's key comes from when ``put`` is given none: the name of a member of a mapping, or a function of
        the event as it was put. By default, and for an event without that member, the key is random, which spreads
        events evenly over the shards. Events of one key keep their order, unless one of them had to be sent again.
    region, endpoint_url, profile, credentials, role_arn, client
        As for :class:`~clickstream_producer.FirehoseStream`. The identity needs ``kinesis:PutRecords``.

    Raises
    ------
    InvalidOption
        Names the option, the value and the limit.
    """

    def __init__(
        self,
        name_or_arn: str,
        *,
        partition_key: str | Callable[[object], str] | None = None,
        region: str | None = None,
        endpoint_url: str | None = None,
        profile: str | None = None,
        credentials: Mapping[str, str] | None = None,
        role_arn: str | None = None,
        client: Any = None,
    ) -> None:
        arn = _ARN.fullmatch(name_or_arn)
        if arn is None and not _NAME.fullmatch(name_or_arn):
            raise InvalidOption(
                f"stream {name_or_arn!r} is neither a name (1 to 128 of letters, digits, `_`, `.` and `-`) nor "
                "arn:aws:kinesis:<region>:<account>:stream/<name>"
            )
        if partition_key is not None and not isinstance(partition_key, str) and not callable(partition_key):
            raise InvalidOption(
                f"partition_key={partition_key!r} is neither the name of a member nor a function of the event"
            )
        self._partition_key = partition_key
        operation = PutOperation(
            service="kinesis",
            name="PutRecords",
            method="put_records",
            stream={"StreamARN" if arn else "StreamName": name_or_arn},
            failed_count="FailedRecordCount",
            answers="Records",
            has_keys=True,
        )
        own_region = region or (arn["region"] if arn and client is None else None)
        session = AwsSession(own_region, endpoint_url, profile, credentials, role_arn)
        super().__init__(arn["name"] if arn else name_or_arn, operation, session, client)

    @property
    def default_events_per_record(self) -> int:
        """1: consumers of a stream expect an event in each record."""
        return 1

    @property
    def keys_from_events(self) -> bool:
        """Whether an event's key comes from the event."""
        return self._partition_key is not None

    def key_of(self, event: object, given: str | None) -> str | None:
        """Give an event's partition key; None is a random one.

        Raises
        ------
        InvalidOption
            ``given`` is not 1 to 256 characters of text.
        InvalidEvent
            The key from the event is not.
        """
        if given is not None:
            if not _is_key(given):
                raise InvalidOption(f"partition_key={given!r} is not text of 1 to {MAX_KEY_CHARACTERS} characters")
            return given
        source = self._partition_key
        if source is None:
            return None
        key = _member(event, source) if isinstance(source, str) else source(event)
        if key is None:
            return None
        if isinstance(key, int) and not isinstance(key, bool):
            key = str(key)
        if not isinstance(key, str) or not _is_key(key):
            # The value may be personal: its type and length say enough.
            size = f" of {len(key)} characters" if isinstance(key, str) else ""
            raise InvalidEvent(
                f"the event's partition key is {type(key).__name__}{size}; it has to be text of 1 to "
                f"{MAX_KEY_CHARACTERS} characters"
            )
        return key


def _is_key(key: object) -> bool:
    return isinstance(key, str) and 1 <= len(key) <= MAX_KEY_CHARACTERS


def _member(event: object, name: str) -> object:
    return event.get(name) if isinstance(event, Mapping) else None
