"""The target Amazon Data Firehose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from clickstream_producer._limits import MAX_EVENTS_PER_RECORD
from clickstream_producer.errors import InvalidOption
from clickstream_producer.targets.aws_stream import AwsStream
from clickstream_producer.targets.put_operation import PutOperation
from clickstream_producer.targets.session import AwsSession

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,64}")


class FirehoseStream(AwsStream):
    """A delivery stream that takes direct puts.

    Making one reads no file and opens no connection: that happens when the first request is sent.

    Parameters
    ----------
    name
        Name of the stream: 1 to 64 of letters, digits, ``_ . -`` (aws-facts 1.3).
    region
        AWS region; by default that of the environment or the profile.
    endpoint_url
        Another endpoint, such as a VPC endpoint or the local runtime; by default the region's own.
    profile
        Profile of the AWS configuration files.
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

    def __init__(
        self,
        name: str,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        profile: str | None = None,
        credentials: Mapping[str, str] | None = None,
        role_arn: str | None = None,
        client: Any = None,
    ) -> None:
        if not _NAME.fullmatch(name):
            raise InvalidOption(f"stream name {name!r} is not 1 to 64 of letters, digits, `_`, `.` and `-`")
        operation = PutOperation(
            service="firehose",
            name="PutRecordBatch",
            method="put_record_batch",
            stream={"DeliveryStreamName": name},
            failed_count="FailedPutCount",
            answers="RequestResponses",
            has_keys=False,
        )
        session = AwsSession(region, endpoint_url, profile, credentials, role_arn)
        super().__init__(name, operation, session, client)

    @property
    def default_events_per_record(self) -> int:
        """500: events are packed."""
        return MAX_EVENTS_PER_RECORD

    @property
    def keys_from_events(self) -> bool:
        """False: Firehose has no partition keys."""
        return False

    def key_of(self, event: object, given: str | None) -> str | None:
        """Refuse a partition key."""
        if given is not None:
            raise InvalidOption(
                f"partition_key={given!r}: stream {self.name} has no partition keys, leave it out (KinesisStream has)"
            )
        return None
