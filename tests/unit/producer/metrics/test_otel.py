"""Counters as OpenTelemetry metrics, read by the real SDK."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_producer import DropReason, InvalidOption, OtelMetrics, Producer, Stats
from clickstream_producer.metrics.metrics import METRICS
from support.producer.sink import Sink

sdk = pytest.importorskip("opentelemetry.sdk.metrics", reason="opentelemetry-sdk is not installed")

export = pytest.importorskip("opentelemetry.sdk.metrics.export", reason="opentelemetry-sdk is not installed")


def observed(stats: Callable[[], Stats], **options: Any) -> Callable[[], dict[str, list[tuple[Any, dict[str, str]]]]]:
    """Give a function that collects: name to values with their attributes."""
    reader = export.InMemoryMetricReader()
    OtelMetrics(stats, meter_provider=sdk.MeterProvider([reader]), **options)

    def collect() -> dict[str, list[tuple[Any, dict[str, str]]]]:
        (resource,) = reader.get_metrics_data().resource_metrics
        (scope,) = resource.scope_metrics
        assert scope.scope.name == "clickstream_producer"
        return {
            metric.name.removeprefix("clickstream.producer."): [
                (point.value, dict(point.attributes)) for point in metric.data.data_points
            ]
            for metric in scope.metrics
        }

    return collect


def test_every_figure_is_that_of_stats(sink: Sink) -> None:
    sink.partial = 0.3
    with Producer(sink.target(), events_per_record=1, retry_initial=0.01, linger=60) as producer:
        collect = observed(producer.stats, attributes={"stream": "clicks"})
        producer.put_many(b"%d" % number for number in range(200))
        producer.flush(10)
        producer.disable()
        producer.put(b"1")
        producer.enable()
        producer.put(b"2")
        stats, values = producer.stats(), collect()
    assert stats.partial_requests
    assert stats.records_retried
    for metric in METRICS:
        if metric.field != "dropped":
            assert values[metric.otel] == [(getattr(stats, metric.field), {"stream": "clicks"})], metric.field
    assert values["events.dropped"] == [(1, {"stream": "clicks", "reason": DropReason.DISABLED})]


def test_counters_and_what_is_so_now_are_told_apart(sink: Sink) -> None:
    reader = export.InMemoryMetricReader()
    with Producer(sink.target()) as producer:
        OtelMetrics(producer.stats, meter_provider=sdk.MeterProvider([reader]))
        metrics = reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
    kinds = {metric.name.removeprefix("clickstream.producer."): type(metric.data).__name__ for metric in metrics}
    assert {name for name, kind in kinds.items() if kind == "Gauge"} == {"events.pending", "bytes.pending"}
    assert kinds["events.sent"] == "Sum"


def test_the_rate_is_there_while_the_stream_throttles(sink: Sink) -> None:
    with Producer(sink.target(), events_per_record=1, linger=0.1) as producer:
        collect = observed(producer.stats)
        assert "rate_limit" not in collect()
        sink.records_per_second, sink.tokens = 500.0, 100.0
        producer.put_many(b"%d" % number for number in range(9_000))
        end = time.monotonic() + 30
        while "rate_limit" not in (seen := collect()):
            assert time.monotonic() < end, producer.stats()
            time.sleep(0.02)
        producer.clear()
    [(records_per_second, attributes)] = seen["rate_limit"]
    assert records_per_second >= 1
    assert attributes == {}


def test_opentelemetry_is_not_imported_unless_asked_for() -> None:
    script = "import sys, clickstream_producer; sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_without_opentelemetry_the_message_says_what_to_install(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(InvalidOption, match=r"pip install clickstream-producer\[otel\]"):
        OtelMetrics(Producer(sink.target()).stats)
