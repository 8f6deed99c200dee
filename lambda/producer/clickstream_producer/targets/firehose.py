"""The target Amazon Data Firehose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from clickstream_producer._limits import MAX_EVENTS_PER_RECORD
from clickstream_producer.errors import InvalidOption
from clickstream_producer.targets.aws_stream import AwsStream
from clickstream_producer.targets.put_operation import PUT_RECORD_BATCH, PutOperation

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,64}")


@dataclass(eq=False)
class FirehoseStream(AwsStream):
    """A delivery stream that takes direct puts.

    Making one reads no file and opens no connection. A producer made with it checks region and profile; credentials are
    looked for when the first request is sent. The identity needs ``firehose:PutRecordBatch`` on the stream.

    Parameters
    ----------
    name
        Name of the stream: 1 to 64 of letters, digits, ``_ . -`` (facts/firehose.md#put-records).
    region
        AWS region; by default ``AWS_DEFAULT_REGION`` (which boto3 reads), ``AWS_REGION`` or the profile's.
    endpoint_url
        Another endpoint, such as a VPC endpoint or the local runtime; by default the region's own.
    profile
        Profile of the AWS configuration files; not together with ``credentials``.
    credentials
        Explicit ones: ``access_key_id``, ``secret_access_key`` and, for temporary ones, ``session_token``. By default
        the SDK's standard chain. Never shown in messages.
    role_arn
        Role that is assumed (through STS, refreshed before it runs out) with the credentials above.
    client
        A boto3 client to send with, instead of one made by the options above: the application's own, or another
        producer's (``producer.client``), so that they share its connections and credentials.

    Raises
    ------
    InvalidOption
        Names the option, the value and the limit.
    """

    operation: ClassVar[PutOperation] = PUT_RECORD_BATCH
    default_events_per_record: ClassVar[int] = MAX_EVENTS_PER_RECORD

    name: str = field()

    def __post_init__(self) -> None:
        """Check the options."""
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise InvalidOption(f"stream name {self.name!r} must be 1 to 64 letters, digits, `_`, `.` and `-`")
        super().__post_init__()

    @property
    def request_members(self) -> Mapping[str, str]:
        """The members of a request that name the stream."""
        return {"DeliveryStreamName": self.name}

    def partition_key_of(self, event: object, given: str | None) -> str | None:
        """Refuse a partition key: Firehose has none."""
        if given is not None:
            raise InvalidOption(
                f"partition_key={given!r}: stream {self.name} has no partition keys, leave it out (KinesisStream has)"
            )
        return None
