"""Where the objects and logs of a delivery stream lie, deployed or in the local runtime."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

REJECT_STREAM = "CLICKSTREAM_REJECT_STREAM"
"""Variable of the function that names the stream of its rejected events."""

_DEFAULT_INTERVAL = 300
_DEFAULT_FUNCTION_INTERVAL = 60
"""Seconds (facts/firehose.md#buffering, #function-calls)."""

_NAME = re.compile(r"(?P<stream>[^/]+)-\d+-\d{4}(?:-\d\d){5}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.[^/]*)?$")


@dataclass(frozen=True)
class StreamLayout:
    """A delivery stream and what belongs to it.

    Locations are ``<bucket>/<key prefix>``, the literal beginning of a prefix up to its last slash.

    Attributes
    ----------
    name
        Name of the delivery stream.
    data, errors, backup
        Locations of the objects, of the failed records and of the source backup; ``""`` where there is none.
    reject_stream
        Name of the delivery stream that gets the events which the function rejects; ``""`` for none.
    function, function_log
        Name of the function and of its log group; ``""`` for none.
    error_logs
        Log groups and log streams of the delivery errors.
    dynamic
        Whether objects are grouped by values of the records, so that a date in a key need not be that of arrival.
    longest_wait, longest_backup_wait
        Seconds that a record waits at most in a healthy stream, for its object and for its backup.
    """

    name: str
    data: str
    errors: str = ""
    backup: str = ""
    reject_stream: str = ""
    function: str = ""
    function_log: str = ""
    error_logs: tuple[tuple[str, str], ...] = ()
    dynamic: bool = False
    longest_wait: int = 0
    longest_backup_wait: int = 0

    @classmethod
    def of(cls, name: str, destination: Mapping[str, Any], **more: Any) -> StreamLayout:
        """The layout of a stream, by its destination as CloudFormation or ``DescribeDeliveryStream`` gives it."""
        backup = destination.get("S3BackupConfiguration") or destination.get("S3BackupDescription") or {}
        backup = backup if destination.get("S3BackupMode") == "Enabled" and "BucketARN" in backup else {}
        logs = [part.get("CloudWatchLoggingOptions", {}) for part in (destination, backup)]
        return cls(
            name,
            location_of(destination, "Prefix"),
            location_of(destination, "ErrorOutputPrefix") if destination.get("ErrorOutputPrefix") else "",
            location_of(backup, "Prefix") if backup else "",
            error_logs=tuple(
                (str(one["LogGroupName"]), str(one["LogStreamName"]))
                for one in logs
                if str(one.get("Enabled", "")).lower() == "true"
                and one.get("LogGroupName")
                and one.get("LogStreamName")
            ),
            dynamic=_enabled(destination.get("DynamicPartitioningConfiguration")),
            # Behind a function the destination's buffer starts anew (facts/firehose.md#buffering).
            longest_wait=_interval(destination) + _function_interval(destination),
            longest_backup_wait=_interval(backup),
            **more,
        )


def location_of(destination: Mapping[str, Any], prefix: str) -> str:
    """Bucket and literal beginning of a prefix of a destination: what stands before its first expression."""
    literal = str(destination.get(prefix) or "").split("!{", 1)[0].rpartition("/")
    return f"{bucket_of(destination)}/{literal[0]}{literal[1]}"


def bucket_of(destination: Mapping[str, Any]) -> str:
    """The bucket of a destination."""
    return str(destination["BucketARN"]).rpartition(":")[2]


def function_of(destination: Mapping[str, Any]) -> str:
    """The ARN of the function that a destination's processors call, ``""`` for none: Firehose takes one at most."""
    return _parameter(destination, "LambdaArn", "")


def failure_locations(streams: Sequence[StreamLayout]) -> list[str]:
    """The locations of failed records and rejected events, none within another."""
    rejects = {stream.reject_stream for stream in streams} - {""}
    found = {stream.errors for stream in streams} | {stream.data for stream in streams if stream.name in rejects}
    return outermost(found - {""})


def outermost(locations: set[str]) -> list[str]:
    """The locations that lie in no other: one stream's errors may lie in a folder of another's."""
    outer: list[str] = []
    for location in sorted(locations):
        if not outer or not location.startswith(outer[-1]):
            outer.append(location)
    return outer


def pipeline_of(streams: Sequence[StreamLayout], bucket: str, key: str) -> str:
    """The name of the stream that an object of failures belongs to; for a rejected event, of the one that took it."""
    owner, _ = origin_of(streams, bucket, key)
    return next((stream.name for stream in streams if stream.reject_stream == owner != ""), owner)


def origin_of(streams: Sequence[StreamLayout], bucket: str, key: str) -> tuple[str, str]:
    """The name of the stream that wrote an object, and the innermost location that it lies in; ``""`` for none.

    Firehose names an object after its stream; one named otherwise belongs to the stream at whose location it is.
    """
    place = f"{bucket}/{key}"
    location, owner = max(
        (
            (location, stream.name)
            for stream in streams
            for location in (stream.errors, stream.data, stream.backup)
            if location and place.startswith(location)
        ),
        default=("", ""),
    )
    named = found["stream"] if (found := _NAME.search(key)) else ""
    return (named if any(stream.name == named for stream in streams) else owner), location


def _enabled(options: Any) -> bool:
    return str((options or {}).get("Enabled", "")).lower() == "true"


def _interval(destination: Mapping[str, Any]) -> int:
    hints = destination.get("BufferingHints") or {}
    return int(hints.get("IntervalInSeconds", _DEFAULT_INTERVAL))


def _function_interval(destination: Mapping[str, Any]) -> int:
    if not function_of(destination):
        return 0
    return int(_parameter(destination, "BufferIntervalInSeconds", str(_DEFAULT_FUNCTION_INTERVAL)))


def _parameter(destination: Mapping[str, Any], name: str, default: str) -> str:
    processing = destination.get("ProcessingConfiguration") or {}
    parameters = [one for processor in processing.get("Processors", ()) for one in processor.get("Parameters", ())]
    return next((str(one["ParameterValue"]) for one in parameters if one["ParameterName"] == name), default)
