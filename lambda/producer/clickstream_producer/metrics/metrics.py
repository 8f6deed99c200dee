"""The counters that are handed to monitoring, by each system's own name."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Unit = Literal["event", "record", "request", "byte"]


class Metric(NamedTuple):
    """One figure of :class:`~clickstream_producer.Stats`.

    Attributes
    ----------
    field
        Its name there.
    cloudwatch, otel
        What CloudWatch and OpenTelemetry call it.
    unit
        What is counted.
    grows
        Whether it counts up; else it is what is so now.
    """

    field: str
    cloudwatch: str
    otel: str
    unit: Unit
    grows: bool = True


METRICS: Final = (
    Metric("put", "EventsPut", "events.put", "event"),
    Metric("recovered", "EventsRecovered", "events.recovered", "event"),
    Metric("sent", "EventsSent", "events.sent", "event"),
    Metric("spooled", "EventsSpooled", "events.spooled", "event"),
    Metric("dropped", "EventsDropped", "events.dropped", "event"),
    Metric("records_sent", "RecordsSent", "records.sent", "record"),
    Metric("bytes_sent", "BytesSent", "bytes.sent", "byte"),
    Metric("records_retried", "RecordsRetried", "records.retried", "record"),
    Metric("requests", "Requests", "requests", "request"),
    Metric("failed_requests", "RequestsFailed", "requests.failed", "request"),
    Metric("partial_requests", "RequestsPartial", "requests.partial", "request"),
    Metric("pending", "EventsPending", "events.pending", "event", grows=False),
    Metric("pending_bytes", "BytesPending", "bytes.pending", "byte", grows=False),
)
