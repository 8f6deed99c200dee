"""Log groups of CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clickstream_local.aws.session import AwsSession, NotFoundError
from clickstream_local.common.log_entry import LogEntry
from clickstream_local.common.window import Window


class LogGroups:
    """Reads log groups by ``FilterLogEvents``."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def entries(self, group: str, stream: str, window: Window, pattern: str) -> Iterator[LogEntry]:
        """The events of a log stream, of all for ``""``, that match a filter pattern; none where it is gone.

        Raises
        ------
        AwsError
            If the group may not be read.
        """
        wanted: dict[str, Any] = {"logGroupName": group, "startTime": max(0, window.since)}
        if stream:
            wanted["logStreamNames"] = [stream]
        if pattern:
            wanted["filterPattern"] = pattern
        if window.ends:
            wanted["endTime"] = window.until
        try:
            for page in self._session.pages("logs:FilterLogEvents", **wanted):
                for event in page["events"]:
                    yield LogEntry(event["timestamp"], event["message"])
        except NotFoundError:
            return
