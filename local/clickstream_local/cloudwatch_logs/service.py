"""The part of CloudWatch Logs' wire API that writers of logs use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.http import Response
from clickstream_local.common.model import LogGroup
from clickstream_local.wire.aws_json import ApiError
from clickstream_local.wire.service import RequestMembers, ResponseMembers, WireApi

TARGET_PREFIX = "Logs_20140328."
MAX_EVENTS = 10_000
MAX_BATCH_BYTES = 1_048_576
_EVENT_OVERHEAD_BYTES = 26
_MAX_STREAMS_PER_PAGE = 50


class LogService:
    """Log groups of the template, and those that callers make; streams in them.

    Parameters
    ----------
    groups
        From the template.
    logs
        Where the events go; what is subscribed to is sent on from there.
    region, account
        Where the groups are said to be.
    """

    def __init__(self, groups: Sequence[LogGroup], *, logs: Logs, region: str, account: str) -> None:
        self._logs = logs
        self._arn = f"arn:aws:logs:{region}:{account}:log-group:"
        self._streams: dict[str, dict[str, int | None]] = {group.name: dict.fromkeys(group.streams) for group in groups}
        operations = {
            "CreateLogGroup": self._create_group,
            "CreateLogStream": self._create_stream,
            "DescribeLogGroups": self._describe_groups,
            "DescribeLogStreams": self._describe_streams,
            "PutLogEvents": self._put_events,
        }
        self._api = WireApi("logs", TARGET_PREFIX, operations)

    async def handle(self, target: str, body: bytes) -> Response:
        """Answer a call; ``target`` is the ``X-Amz-Target`` header."""
        return self._api.answer(target, body)

    def _create_group(self, request: RequestMembers) -> ResponseMembers:
        name = request["logGroupName"]
        if name in self._streams:
            raise ApiError("ResourceAlreadyExistsException", "The specified log group already exists")
        self._check(name, "stream")
        self._streams[name] = {}
        return {}

    def _create_stream(self, request: RequestMembers) -> ResponseMembers:
        group, stream = request["logGroupName"], request["logStreamName"]
        streams = self._group(group)
        if stream in streams:
            raise ApiError("ResourceAlreadyExistsException", "The specified log stream already exists")
        self._check(group, stream)
        streams[stream] = None
        return {}

    def _describe_groups(self, request: RequestMembers) -> ResponseMembers:
        prefix = request.get("logGroupNamePrefix", "")
        names = sorted(name for name in self._streams if name.startswith(prefix))
        return {"logGroups": [{"logGroupName": name, "arn": f"{self._arn}{name}:*"} for name in names]}

    def _describe_streams(self, request: RequestMembers) -> ResponseMembers:
        group = self._group_name(request)
        prefix, start = request.get("logStreamNamePrefix", ""), request.get("nextToken", "")
        streams = self._group(group)
        names = sorted(name for name in streams if name.startswith(prefix) and name > start)
        limit = request.get("limit", _MAX_STREAMS_PER_PAGE)
        if not 1 <= limit <= _MAX_STREAMS_PER_PAGE:
            raise ApiError("InvalidParameterException", f"limit is {limit}: it must be 1 to {_MAX_STREAMS_PER_PAGE}")
        listed = []
        for name in names[:limit]:
            entry: ResponseMembers = {"logStreamName": name, "arn": f"{self._arn}{group}:log-stream:{name}"}
            last = streams[name]
            listed.append(entry if last is None else entry | {"lastEventTimestamp": last})
        return {"logStreams": listed} | ({"nextToken": names[limit - 1]} if len(names) > limit else {})

    def _put_events(self, request: RequestMembers) -> ResponseMembers:
        group, stream = request["logGroupName"], request["logStreamName"]
        streams = self._group(group)
        if stream not in streams:
            raise ApiError("ResourceNotFoundException", "The specified log stream does not exist.")
        events = _events(request)
        for event in events:
            self._logs.write(group, stream, event["message"], timestamp=event["timestamp"])
        streams[stream] = max(event["timestamp"] for event in events)
        return {}

    def _group_name(self, request: RequestMembers) -> str:
        """DescribeLogStreams takes a name or an ARN."""
        identifier = request.get("logGroupIdentifier", "").removeprefix(self._arn)
        name = str(request.get("logGroupName") or identifier)
        if not name:
            raise ApiError("InvalidParameterException", "give logGroupName or logGroupIdentifier")
        return name

    def _group(self, name: str) -> dict[str, int | None]:
        if name not in self._streams:
            raise ApiError("ResourceNotFoundException", "The specified log group does not exist.")
        return self._streams[name]

    def _check(self, group: str, stream: str) -> None:
        try:
            self._logs.path(group, stream)
        except ValueError as error:
            raise ApiError("InvalidParameterException", str(error)) from error


def _events(request: RequestMembers) -> list[Mapping[str, Any]]:
    """The events of PutLogEvents, within the service's limits."""
    events: list[Mapping[str, Any]] = request["logEvents"]
    if not 1 <= len(events) <= MAX_EVENTS:
        raise ApiError("InvalidParameterException", f"logEvents must hold 1 to {MAX_EVENTS} events")
    size = 0
    last = 0
    for event in events:
        if not event["message"]:
            raise ApiError("InvalidParameterException", "each of logEvents needs a message of at least one character")
        if event["timestamp"] < last:
            message = "Log events in a single PutLogEvents request must be in chronological order."
            raise ApiError("InvalidParameterException", message)
        last = event["timestamp"]
        size += len(event["message"].encode(errors="replace")) + _EVENT_OVERHEAD_BYTES
    if size > MAX_BATCH_BYTES:
        message = f"Upload too large: {size} bytes exceeds limit of {MAX_BATCH_BYTES}"
        raise ApiError("InvalidParameterException", message)
    return events
