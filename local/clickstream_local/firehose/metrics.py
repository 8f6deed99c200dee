"""A stream's CloudWatch metrics, counted since the start, as Prometheus text (facts/firehose.md#metrics)."""

from __future__ import annotations

import re
from collections.abc import Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

SUMS = (
    "IncomingBytes",
    "IncomingRecords",
    "IncomingPutRequests",
    "ThrottledRecords",
    "PutRecord.Bytes",
    "PutRecord.Requests",
    "PutRecordBatch.Bytes",
    "PutRecordBatch.Records",
    "PutRecordBatch.Requests",
    "DescribeDeliveryStream.Requests",
    "UpdateDeliveryStream.Requests",
    "DeliveryToS3.Bytes",
    "DeliveryToS3.Records",
    "DeliveryToS3.ObjectCount",
    "BackupToS3.Bytes",
    "BackupToS3.Records",
    "SucceedProcessing.Records",
    "SucceedProcessing.Bytes",
    "SucceedConversion.Records",
    "SucceedConversion.Bytes",
    "FailedConversion.Records",
    "FailedConversion.Bytes",
    "DataReadFromKinesisStream.Bytes",
    "DataReadFromKinesisStream.Records",
)
"""Metrics whose values add up."""

RATIOS = ("DeliveryToS3.Success", "BackupToS3.Success", "ExecuteProcessing.Success")
"""Shares of attempts that succeeded."""

DURATIONS = ("ExecuteProcessing.Duration", "JQProcessing.Duration")
"""Milliseconds, as sum and count."""

GAUGES = (
    "DeliveryToS3.DataFreshness",
    "BackupToS3.DataFreshness",
    "PartitionCount",
    "PartitionCountExceeded",
    "ActivePartitionsLimit",
    "KinesisMillisBehindLatest",
)
"""The last value."""


class StreamMetrics:
    """The metrics of one stream; names are CloudWatch's."""

    def __init__(self) -> None:
        self._sums = dict.fromkeys(SUMS, 0.0)
        self._ratios = {name: [0, 0] for name in RATIOS}
        self._durations = {name: [0.0, 0] for name in DURATIONS}
        self._gauges: dict[str, float] = {}

    def add(self, name: str, value: float = 1) -> None:
        """Add to a sum."""
        self._sums[name] += value

    def total(self, name: str) -> float:
        """A sum so far."""
        return self._sums[name]

    def attempt(self, name: str, *, succeeded: bool) -> None:
        """Count an attempt of a ratio."""
        counts = self._ratios[name]
        counts[0] += succeeded
        counts[1] += 1

    def took(self, name: str, seconds: float) -> None:
        """Count a duration."""
        total = self._durations[name]
        total[0] += seconds * 1000
        total[1] += 1

    def set(self, name: str, value: float) -> None:
        """Set a gauge."""
        self._gauges[name] = value

    def samples(self) -> dict[str, float]:
        """Prometheus name to value; ratios and gauges only once they have a value."""
        found = {f"{prometheus_name(name)}_total": value for name, value in self._sums.items()}
        for name, (succeeded, attempts) in self._ratios.items():
            if attempts:
                found[f"{prometheus_name(name)}_ratio"] = succeeded / attempts
        for name, (milliseconds, count) in self._durations.items():
            found[f"{prometheus_name(name)}_milliseconds_sum"] = milliseconds
            found[f"{prometheus_name(name)}_milliseconds_count"] = count
        return found | {prometheus_name(name): value for name, value in self._gauges.items()}


def prometheus_name(name: str) -> str:
    """``DeliveryToS3.Bytes`` is ``aws_firehose_delivery_to_s3_bytes``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=JQ)(?=[A-Z])", "_", name).replace(".", "_")
    return f"aws_firehose_{words.lower()}"


def render(streams: Mapping[str, StreamMetrics]) -> str:
    """The text that a Prometheus server scrapes; the label ``delivery_stream_name`` is the stream."""
    lines: dict[str, list[str]] = {}
    for stream, metrics in streams.items():
        for name, value in metrics.samples().items():
            lines.setdefault(name, []).append(f'{name}{{delivery_stream_name="{stream}"}} {value:.15g}')
    text = []
    for name, samples in lines.items():
        kind = "counter" if name.endswith(("_total", "_sum", "_count")) else "gauge"
        text += [f"# TYPE {name} {kind}", *samples]
    return "\n".join(text) + "\n"
