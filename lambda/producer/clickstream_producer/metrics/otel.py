"""The producer's counters as OpenTelemetry metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from clickstream_producer.errors import InvalidOption, are_texts, check_type
from clickstream_producer.metrics.metrics import METRICS, Metric
from clickstream_producer.stats import Stats

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation

_UNITS = {"event": "{event}", "record": "{record}", "request": "{request}", "byte": "By"}


class OtelMetrics:
    """Offers the counters to OpenTelemetry, which reads them whenever it exports.

    Needs ``opentelemetry-api`` (``pip install clickstream-producer[otel]``); it is imported here and nowhere else. The
    application chooses SDK and exporter. Make one for each producer, once; it reads ``stats()`` and costs an event
    nothing.

    >>> OtelMetrics(producer.stats, attributes={"stream": "clicks"})  # doctest: +SKIP

    Parameters
    ----------
    stats
        ``producer.stats``.
    attributes
        Put on every figure, such as the name of the stream; needed where a process has several producers.
    meter_provider
        By default the global one.

    Raises
    ------
    InvalidOption
        ``opentelemetry-api`` is not installed.
    """

    def __init__(
        self,
        stats: Callable[[], Stats],
        *,
        attributes: Mapping[str, str] | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        check_type("stats", stats, callable(stats), "a function, such as producer.stats")
        check_type("attributes", attributes, attributes is None or are_texts(attributes), "a dict of texts by name")
        provider = meter_provider is None or hasattr(meter_provider, "get_meter")
        check_type("meter_provider", meter_provider, provider, "a MeterProvider of opentelemetry, or left out")
        try:
            from opentelemetry import metrics
        except ImportError:
            raise InvalidOption(
                "OtelMetrics needs opentelemetry-api, which is not installed: pip install clickstream-producer[otel]"
            ) from None
        self._stats = stats
        self._attributes = dict(attributes or {})
        self._observation: type[Observation] = metrics.Observation
        meter = metrics.get_meter("clickstream_producer", meter_provider=meter_provider)
        for metric in METRICS:
            make = meter.create_observable_counter if metric.grows else meter.create_observable_gauge
            read = self._read_drops if metric.field == "dropped" else self._reader(metric)
            make(f"clickstream.producer.{metric.otel}", [read], unit=_UNITS[metric.unit])
        meter.create_observable_gauge(
            "clickstream.producer.rate_limit",
            [self._read_limit],
            unit="{record}/s",
            description="Set while the stream throttles",
        )

    def _reader(self, metric: Metric) -> Callable[[CallbackOptions], Iterator[Observation]]:
        def read(_: Any) -> Iterator[Observation]:
            yield self._observation(getattr(self._stats(), metric.field), self._attributes)

        return read

    def _read_drops(self, _: Any) -> Iterator[Observation]:
        for reason, events in self._stats().dropped_by_reason.items():
            yield self._observation(events, {**self._attributes, "reason": str(reason)})

    def _read_limit(self, _: Any) -> Iterator[Observation]:
        limit = self._stats().rate_limit
        if limit is not None:
            yield self._observation(limit, self._attributes)
