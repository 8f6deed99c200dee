"""What of a delivery stream the local runtime does not run."""

from __future__ import annotations

from clickstream_local.common.model import DeliveryStream
from clickstream_local.firehose.config.config import s3_properties
from clickstream_local.firehose.config.values import ConfigurationError

RESOURCE_TYPE = "AWS::KinesisFirehose::DeliveryStream"
SOURCES = ("DirectPut", "KinesisStreamAsSource")


def unsupported_features(stream: DeliveryStream) -> list[str]:
    """A sentence for each feature that would be silently left out if the stream ran."""
    properties = stream.properties
    reasons = []
    source = properties.get("DeliveryStreamType", "DirectPut")
    if source not in SOURCES:
        reasons.append(f"DeliveryStreamType {source!r}: only {' and '.join(SOURCES)} run here")
    try:
        s3_properties(properties)
    except ConfigurationError as error:
        reasons.append(str(error))
    return reasons
