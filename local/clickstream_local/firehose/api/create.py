"""CreateDeliveryStream: a request to a stream (facts/firehose.md#put-records, #streams)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clickstream_local.common.model import DeliveryStream
from clickstream_local.firehose.api.streams import name_problems
from clickstream_local.firehose.config.compression import COMPRESSIONS
from clickstream_local.wire.aws_json import ApiError, ValidationError, constraint

_S3 = ("ExtendedS3DestinationConfiguration", "S3DestinationConfiguration")
_COMPRESSION_ENUM = "[ZIP, HADOOP_SNAPPY, Snappy, GZIP, UNCOMPRESSED]"


def requested_stream(request: Mapping[str, Any], *, region: str, account: str) -> DeliveryStream:
    """The stream that a request describes. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    problems = name_problems(request.get("DeliveryStreamName"))
    for name in _S3:
        if name in request:
            problems += compression_problems(request[name], name[0].lower() + name[1:])
    if problems:
        raise ValidationError(problems)
    destinations = [name for name in request if name.endswith("DestinationConfiguration")]
    if len(destinations) != 1:
        message = "Exactly one destination configuration is supported for a Firehose"
        raise ApiError("InvalidArgumentException", message)
    if destinations[0] not in _S3:
        message = f"{destinations[0]} does not run locally: only {' and '.join(_S3)} do"
        raise ApiError("InvalidArgumentException", message)
    check_hints(request[destinations[0]])
    name = str(request["DeliveryStreamName"])
    arn = f"arn:aws:firehose:{region}:{account}:deliverystream/{name}"
    return DeliveryStream("", name, arn, dict(request))


def compression_problems(s3: Mapping[str, Any], path: str) -> list[str]:
    """The constraint that the compression of an S3 destination breaks, in the service's words."""
    if s3.get("CompressionFormat", "UNCOMPRESSED") in COMPRESSIONS:
        return []
    rule = f"Member must satisfy enum value set: {_COMPRESSION_ENUM}"
    return [constraint("Value", f"{path}.compressionFormat", rule)]


def check_hints(s3: Mapping[str, Any]) -> None:
    """Refuse one of the two buffering hints without the other (facts/firehose.md#buffering)."""
    hints = s3.get("BufferingHints") or {}
    if len(hints) == 1:
        (given,) = hints
        message = f"BufferingHints has {given} only: give SizeInMBs and IntervalInSeconds, or neither"
        raise ApiError("InvalidArgumentException", message)
