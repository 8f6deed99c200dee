"""How a day's events become requests and records, and what Firehose bills them as."""

from __future__ import annotations

import math
from dataclasses import dataclass

from clickstream_local.cost.endpoint import Endpoint
from clickstream_local.cost.errors import CostError
from clickstream_local.wire.firehose_client import MAX_RECORD_BYTES

DAYS = 30
"""Of a month."""
GIGABYTE = 2**30
"""As the example on Firehose's pricing page has it, from memory: by 10^9 the same bytes are 7 % more of them."""
MEGABYTE = 2**20
RECORD_STEP = 5 * 1024
"""Firehose bills each record rounded up to 5 KB (facts/prices.md#what-is-billed); its pricing page says 5,120 bytes."""
PACKED_BYTES = 250_000
"""The producer's ``record_bytes``: what a packed record does not pass."""


@dataclass(frozen=True)
class Events:
    """What comes a day."""

    per_day: int
    bytes_each: int


@dataclass(frozen=True)
class Traffic:
    """A day's events on their way into the stream.

    ``way`` is endpoint, producer, rule or subscription. ``per_request`` is None where there are no requests to an
    endpoint. ``how`` says what a record is made of. ``rounded`` is false for log records, which Firehose bills as they
    are.
    """

    events: Events
    way: str
    records: int
    record_bytes: int
    how: str
    per_request: int | None = None
    requests: int = 0
    rounded: bool = True

    @property
    def carried_bytes(self) -> int:
        """What goes through the stream a day."""
        return self.records * self.record_bytes

    @property
    def unpacked_bytes(self) -> int:
        """The same without the compression that log events come in."""
        return self.carried_bytes if self.rounded else self.events.per_day * self.events.bytes_each

    @property
    def billed_record_bytes(self) -> int:
        """What one record is billed as."""
        return billed_bytes(self.record_bytes) if self.rounded else self.record_bytes

    @property
    def billed_gigabytes(self) -> float:
        """What Firehose bills a month."""
        return self.records * self.billed_record_bytes * DAYS / GIGABYTE


def billed_bytes(record_bytes: int) -> int:
    """A record rounded up to 5 KB: 3 KB are 5, 12 KB are 15 (facts/prices.md#what-is-billed)."""
    return max(1, math.ceil(record_bytes / RECORD_STEP)) * RECORD_STEP


def most_per_request(events: Events, endpoint: Endpoint, wanted: int) -> int:
    """How many events a request can have, at most ``wanted`` and at least 1."""
    passes = endpoint.most(wanted)
    return passes if endpoint.record_per_event else max(1, min(passes, _fitting(events, endpoint)))


def _fitting(events: Events, endpoint: Endpoint) -> int:
    # An array: brackets, and a comma between two.
    return (MAX_RECORD_BYTES - endpoint.added_bytes - 1) // (events.bytes_each + 1)


def through_endpoint(events: Events, endpoint: Endpoint, per_request: int) -> Traffic:
    """Events in requests of ``per_request``, each with what the endpoint adds.

    Raises
    ------
    CostError
        The endpoint refuses so many, or no record holds them; the message says how many it takes.
    """
    most = endpoint.most(per_request)
    if most < per_request:
        raise CostError(f"{endpoint.path} takes at most {most} {_noun(most)} a request")
    size = events.bytes_each
    requests = math.ceil(events.per_day / per_request)
    if endpoint.record_per_event:
        record, records, how = size, events.per_day, f"{size:,} of an event"
    else:
        record = size if per_request == 1 else per_request * (size + 1) + 1
        records, how = requests, f"{per_request:,} {_noun(per_request)} of {size:,}"
    added = endpoint.added_bytes
    if record + added > MAX_RECORD_BYTES:
        fits = _fitting(events, endpoint)
        if fits < 1:
            raise CostError(
                f"a record holds {MAX_RECORD_BYTES:,} bytes, {added:,} of them the endpoint's: --event-bytes may "
                f"be {MAX_RECORD_BYTES - added:,} at most"
            )
        raise CostError(
            f"a record holds {MAX_RECORD_BYTES:,} bytes, and these make {record + added:,}: at most {fits:,} "
            f"{_noun(fits)} of {size:,} bytes a request"
        )
    return Traffic(
        events=events,
        way="endpoint",
        per_request=per_request,
        requests=requests,
        records=records,
        record_bytes=record + added,
        how=f"{how}, {added:,} that the endpoint adds",
    )


def by_producer(events: Events) -> Traffic:
    """Events packed into records by the producer, a newline after each."""
    size = events.bytes_each + 1
    packed = min(max(1, PACKED_BYTES // size), events.per_day)
    return Traffic(
        events=events,
        way="producer",
        records=math.ceil(events.per_day / packed),
        record_bytes=packed * size,
        how=f"{packed:,} {_noun(packed)} packed by the producer",
    )


def by_rule(events: Events) -> Traffic:
    """Each event a record, as EventBridge and IoT put them."""
    return Traffic(
        events=events,
        way="rule",
        records=events.per_day,
        record_bytes=events.bytes_each,
        how="a record for each event",
    )


def by_subscription(events: Events, compressed_share: float) -> Traffic:
    """Log events as CloudWatch Logs sends them: gzip, not rounded (facts/prices.md#what-is-billed)."""
    return Traffic(
        events=events,
        way="subscription",
        records=events.per_day,
        record_bytes=max(1, round(events.bytes_each * compressed_share)),
        how=f"estimate: gzip makes {compressed_share:g} of a log event",
        rounded=False,
    )


def _noun(events: int) -> str:
    return "event" if events == 1 else "events"
