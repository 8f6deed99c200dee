"""What of a delivery stream the local runtime does not run."""

from __future__ import annotations

from clickstream_local.firehose.config import ConfigurationError, is_true, processors, s3_properties
from clickstream_local.model import DeliveryStream

RESOURCE_TYPE = "AWS::KinesisFirehose::DeliveryStream"


def unsupported_features(stream: DeliveryStream) -> list[str]:
    """A sentence for each feature that would be silently left out if the stream ran."""
    properties = stream.properties
    reasons = []
    source = properties.get("DeliveryStreamType", "DirectPut")
    if source != "DirectPut":
        reasons.append(f"DeliveryStreamType {source!r}: only DirectPut runs here")
    try:
        s3 = s3_properties(properties)
    except ConfigurationError as error:
        return [*reasons, str(error)]
    reasons += [
        f"ProcessingConfiguration has a processor of type {processor['Type']!r}: only Lambda runs here"
        for processor in processors(s3)
        if processor["Type"] != "Lambda"
    ]
    if is_true((s3.get("DynamicPartitioningConfiguration") or {}).get("Enabled", False)):
        reasons.append("DynamicPartitioningConfiguration is enabled: partitioning by keys does not run here")
    return reasons
