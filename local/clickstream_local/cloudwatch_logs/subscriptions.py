"""Subscription filters: log events on their way to a delivery stream (facts/sources.md#kinds, #cloudwatch-logs)."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import itertools
import logging
from collections.abc import Callable, Container, Sequence

import orjson

from clickstream_local.cloudwatch_logs.filter_pattern import FilterPatternError, compile_filter_pattern
from clickstream_local.cloudwatch_logs.logs import LogEvent
from clickstream_local.common.model import SubscriptionFilter, Unsupported
from clickstream_local.common.unforeseen import describe

_log = logging.getLogger(__name__)

RESOURCE_TYPE = "AWS::Logs::SubscriptionFilter"
BATCH_SECONDS = 1.0
RETRY_SECONDS = 10.0
BATCH_BYTES = 256 * 1024
_GZIP_LEVEL = 6

Send = Callable[[str, list[bytes]], bool]
"""Takes a delivery stream's name and records; false when there is no such stream."""


class Subscriptions:
    """Collects the events of each log stream for a second, and sends each collection as one gzip document.

    Parameters
    ----------
    filters
        From the template.
    account
        Named in each document as its ``owner``.
    send
        Where the documents go.
    denied
        The filters whose role may not put: their documents are dropped, which the service does not try again.
    """

    def __init__(
        self,
        filters: Sequence[SubscriptionFilter],
        *,
        account: str,
        send: Send,
        denied: Container[SubscriptionFilter] = (),
    ) -> None:
        self._account = account
        self._filters: dict[str, list[_Filter]] = {}
        self._unsupported: list[Unsupported] = []
        for subscription in filters:
            try:
                found = _Filter(subscription, account, _drop if subscription in denied else send)
            except FilterPatternError as error:
                self._unsupported.append(Unsupported(subscription.logical_id, RESOURCE_TYPE, str(error)))
                continue
            self._filters.setdefault(subscription.log_group, []).append(found)

    def start(self) -> None:
        """Send each destination the control message that a new filter begins with; name those that there are not."""
        for found in self._each():
            if not found.probe():
                reason = f"DestinationArn {found.destination_arn} is not a delivery stream that runs here"
                self._unsupported.append(Unsupported(found.logical_id, RESOURCE_TYPE, reason))

    def unsupported(self) -> list[Unsupported]:
        """The filters that do not run here, and why."""
        return [*self._unsupported]

    def take(self, event: LogEvent) -> None:
        """An event was written to a log."""
        for found in self._filters.get(event.group, ()):
            found.take(event)

    def flush(self) -> None:
        """Send what is collected now."""
        for found in self._each():
            found.flush()

    def _each(self) -> list[_Filter]:
        return [found for filters in self._filters.values() for found in filters]


def _drop(stream: str, documents: list[bytes]) -> bool:
    return True


class _Filter:
    """One filter, and the events that it has collected."""

    def __init__(self, subscription: SubscriptionFilter, account: str, send: Send) -> None:
        self.logical_id = subscription.logical_id
        self.destination_arn = subscription.destination_arn
        self._subscription = subscription
        self._account = account
        self._send = send
        self._match = compile_filter_pattern(subscription.pattern)
        self._events: dict[str, list[LogEvent]] = {}
        self._bytes = 0
        self._serial = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    def probe(self) -> bool:
        message = {"id": "", "timestamp": 0, "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose."}
        return self._put([self._document("CONTROL_MESSAGE", "", [message])])

    def take(self, event: LogEvent) -> None:
        if not self._match(event.message):
            return
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BATCH_SECONDS, self.flush)
        self._events.setdefault(event.stream, []).append(event)
        self._bytes += len(event.message)
        if self._bytes >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._events:
            return
        try:
            self._put([self._data_message(stream, events) for stream, events in self._events.items()])
        except Exception as error:  # they are sent with the next ones
            _log.error("subscription filter %s: %s; its events are kept", self._subscription.name, describe(error))
            self._timer = asyncio.get_running_loop().call_later(RETRY_SECONDS, self.flush)
        else:
            self._events, self._bytes = {}, 0

    def _put(self, documents: list[bytes]) -> bool:
        return self._send(self.destination_arn.rpartition("/")[2], documents)

    def _data_message(self, stream: str, events: list[LogEvent]) -> bytes:
        entries: list[dict[str, object]] = [
            {
                "id": self._id(event),
                "timestamp": event.timestamp,
                "message": event.message.encode(errors="replace").decode(),  # half of a surrogate pair
            }
            for event in events
        ]
        return self._document("DATA_MESSAGE", stream, entries)

    def _document(self, kind: str, stream: str, events: list[dict[str, object]]) -> bytes:
        control = kind == "CONTROL_MESSAGE"
        document = {
            "messageType": kind,
            "owner": "CloudwatchLogs" if control else self._account,
            "logGroup": "" if control else self._subscription.log_group,
            "logStream": stream,
            "subscriptionFilters": [] if control else [self._subscription.name],
            "logEvents": events,
        }
        return gzip.compress(orjson.dumps(document), _GZIP_LEVEL)

    def _id(self, event: LogEvent) -> str:
        """56 digits, like the service's."""
        place = f"{event.group}\0{event.stream}\0{event.timestamp}\0{next(self._serial)}"
        number = int.from_bytes(hashlib.sha256(place.encode()).digest()[:16], "big")
        return f"{event.timestamp:017}{number:039}"
