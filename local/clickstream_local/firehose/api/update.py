"""UpdateDestination: how a request changes a stream's properties (facts/firehose.md#streams)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clickstream_local.firehose.api.create import check_hints, compression_problems
from clickstream_local.firehose.api.describe import DESTINATION_ID
from clickstream_local.firehose.api.streams import ManagedStream
from clickstream_local.firehose.config.stream_config import partitions_dynamically
from clickstream_local.wire.aws_json import ApiError, ValidationError

_EXTENDED = "ExtendedS3DestinationConfiguration"
_PLAIN = "S3DestinationConfiguration"
_UPDATES = {"ExtendedS3DestinationUpdate": _EXTENDED, "S3DestinationUpdate": _PLAIN}


def updated_properties(request: Mapping[str, Any], managed: ManagedStream) -> dict[str, Any]:
    """The stream's properties after a request. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    _check_target(request, managed)
    given = [name for name in request if name.endswith("DestinationUpdate")]
    if len(given) != 1 or given[0] not in _UPDATES:
        message = f"give exactly one of {' and '.join(_UPDATES)}: other destinations do not run locally"
        raise ApiError("InvalidArgumentException", message)
    update = request[given[0]]
    problems = compression_problems(update, given[0][0].lower() + given[0][1:])
    if problems:
        raise ValidationError(problems)
    check_hints(update)
    properties = dict(managed.stream.properties)
    # A plain update of an extended destination changes the members that both have.
    target = _EXTENDED if _EXTENDED in properties else _UPDATES[given[0]]
    current = properties.pop(_EXTENDED, None) or properties.pop(_PLAIN)
    properties.pop(_PLAIN, None)
    properties[target] = _merged(current, update)
    return properties


def _check_target(request: Mapping[str, Any], managed: ManagedStream) -> None:
    current, specified = str(managed.pipeline.config.version), request["CurrentDeliveryStreamVersionId"]
    if specified != current:
        message = (
            f"Cannot update firehose: {managed.stream.name} since the current version id: {current} and specified "
            f"version id: {specified} do not match"
        )
        raise ApiError("ConcurrentModificationException", message)
    if request["DestinationId"] != DESTINATION_ID:
        raise ApiError("InvalidArgumentException", f"Destination Id {request['DestinationId']} not found")


def _merged(current: Mapping[str, Any], update: Mapping[str, Any]) -> dict[str, Any]:
    """Absent members keep their value; ProcessingConfiguration is replaced whole, conversion merges per member."""
    merged = {**current, **update}
    backup = merged.pop("S3BackupUpdate", None)
    if backup is not None:
        merged["S3BackupConfiguration"] = {**current.get("S3BackupConfiguration", {}), **backup}
    conversion = "DataFormatConversionConfiguration"
    if conversion in update and conversion in current:
        merged[conversion] = {**current[conversion], **update[conversion]}
    if current.get("S3BackupMode") == "Enabled" and merged.get("S3BackupMode") != "Enabled":
        raise ApiError("InvalidArgumentException", "Disabling S3 backup is not currently supported.")
    if partitions_dynamically(current) != partitions_dynamically(merged):
        message = (
            "DynamicPartitioningConfiguration.Enabled cannot be changed: dynamic partitioning is chosen when a "
            "delivery stream is created"
        )
        raise ApiError("InvalidArgumentException", message)
    return merged
