"""What differs between the services that take records in batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PutOperation:
    """One service's batch operation, on one stream (aws-facts 1.3, 1.7).

    Attributes
    ----------
    service, name, method
        Name of the service, of the operation, and of the boto3 client's method.
    stream
        The request's members that name the stream.
    failed_count, answers
        Names of the answer's members: how many entries failed, and one answer an entry.
    has_keys
        Whether an entry has a partition key.
    """

    service: Literal["firehose", "kinesis"]
    name: str
    method: str
    stream: Mapping[str, str]
    failed_count: str
    answers: str
    has_keys: bool
