"""The target Amazon Kinesis Data Streams."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from clickstream_producer.errors import InvalidEvent, InvalidOption
from clickstream_producer.targets.aws_stream import AwsStream
from clickstream_producer.targets.put_operation import PUT_RECORDS, PutOperation

MAX_KEY_CHARACTERS: Final = 256
"""Longest partition key (facts/kinesis.md#put-records)."""

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")
_ARN = re.compile(r"arn:[a-z-]+:kinesis:(?P<region>[a-z0-9-]+):\d{12}:stream/(?P<name>[a-zA-Z0-9_.-]{1,128})")


@dataclass(eq=False)
class KinesisStream(AwsStream):
    """A Kinesis data stream, written with PutRecords.

    Each event is a record of its own by default, ended by a newline. With ``events_per_record`` above 1 the consumers
    have to split lines, and events are packed while their partition key stays the same. The identity needs
    ``kinesis:PutRecords`` on the stream.

    Parameters
    ----------
    name_or_arn
        Name of the stream (1 to 128 of letters, digits, ``_ . -``) or its ARN, whose region is then the default one.
    partition_key
        Where an event's key comes from when ``put`` is given none: the name of a member of a mapping, or a function of
        the event as it was put; 1 to 256 characters. By default, and for an event without that member, the key is
        random, which spreads events evenly over the shards. Events of one key keep their order, unless one of them had
        to be sent again.
    region, endpoint_url, profile, credentials, role_arn, client
        As for :class:`~clickstream_producer.FirehoseStream`.

    Raises
    ------
    InvalidOption
        Names the option, the value and the limit.
    """

    operation: ClassVar[PutOperation] = PUT_RECORDS
    default_events_per_record: ClassVar[int] = 1  # consumers of a stream expect an event in each record

    name_or_arn: str
    partition_key: str | Callable[[object], str] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Check the options."""
        text = self.name_or_arn if isinstance(self.name_or_arn, str) else ""
        arn = _ARN.fullmatch(text)
        if arn is None and not _NAME.fullmatch(text):
            raise InvalidOption(
                f"stream {self.name_or_arn!r} must be a name (1 to 128 letters, digits, `_`, `.` and `-`) or "
                "arn:aws:kinesis:<region>:<account>:stream/<name>"
            )
        source = self.partition_key
        if source is not None and not isinstance(source, str) and not callable(source):
            raise InvalidOption(f"partition_key={source!r} must be the name of a member or a function of the event")
        self.name = arn["name"] if arn else self.name_or_arn
        if arn and self.client is None:
            self.region = self.region or arn["region"]
        super().__post_init__()

    @property
    def request_members(self) -> Mapping[str, str]:
        """The members of a request that name the stream."""
        return {"StreamARN" if self.name_or_arn.startswith("arn:") else "StreamName": self.name_or_arn}

    @property
    def takes_key_from_event(self) -> bool:
        """Whether an event's key comes from the event."""
        return self.partition_key is not None

    def partition_key_of(self, event: object, given: str | None) -> str | None:
        """Give an event's partition key; None is a random one."""
        if given is not None:
            if not _is_key(given):
                raise InvalidOption(f"partition_key={given!r} must be text of 1 to {MAX_KEY_CHARACTERS} characters")
            return given
        source = self.partition_key
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
                f"the event's partition key is {type(key).__name__}{size}; it must be text of 1 to "
                f"{MAX_KEY_CHARACTERS} characters"
            )
        return key


def _is_key(key: object) -> bool:
    return isinstance(key, str) and 1 <= len(key) <= MAX_KEY_CHARACTERS


def _member(event: object, name: str) -> object:
    return event.get(name) if isinstance(event, Mapping) else None
