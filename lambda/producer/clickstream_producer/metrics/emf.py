"""The producer's counters as CloudWatch metrics, by lines in a log."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping

from clickstream_producer.errors import InvalidOption, are_texts, check_type
from clickstream_producer.metrics.metrics import METRICS
from clickstream_producer.stats import Stats


class EmfMetrics:
    """Writes the counters in the embedded metric format, which CloudWatch Logs turns into metrics.

    It has no timer: call it when it suits, at the end of a Lambda invocation or once a minute.

    >>> metrics = EmfMetrics(producer.stats, dimensions={"Stream": "clicks"})  # doctest: +SKIP
    >>> metrics.write()  # doctest: +SKIP

    Parameters
    ----------
    stats
        ``producer.stats``.
    namespace
        CloudWatch namespace.
    dimensions
        Names and values, at most 30.
    output
        Takes one line; by default standard output, which Lambda and the ECS log drivers hand on.
    """

    def __init__(
        self,
        stats: Callable[[], Stats],
        *,
        namespace: str = "Clickstream/Producer",
        dimensions: Mapping[str, str] | None = None,
        output: Callable[[str], object] = print,
    ) -> None:
        check_type("stats", stats, callable(stats), "a function, such as producer.stats")
        check_type("namespace", namespace, isinstance(namespace, str), "a text")
        check_type("dimensions", dimensions, dimensions is None or are_texts(dimensions), "a dict of texts by name")
        check_type("output", output, callable(output), "a function of a text, such as print")
        self._stats = stats
        self._namespace = namespace
        self._dimensions = dict(dimensions or {})
        if len(self._dimensions) > 30:
            raise InvalidOption(
                f"dimensions has {len(self._dimensions)} names; CloudWatch takes at most 30: leave some out"
            )
        self._output = output
        self._last: Stats | None = None

    def write(self) -> None:
        """Write one line: what was counted since the last one, and what is pending now."""
        stats, last = self._stats(), self._last
        self._last = stats
        values = {
            metric.cloudwatch: getattr(stats, metric.field)
            - (getattr(last, metric.field) if last and metric.grows else 0)
            for metric in METRICS
        }
        metrics = [
            {"Name": metric.cloudwatch, "Unit": "Bytes" if metric.unit == "byte" else "Count"} for metric in METRICS
        ]
        directive = {"Namespace": self._namespace, "Dimensions": [list(self._dimensions)], "Metrics": metrics}
        line = {
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
            **self._dimensions,
            **values,
        }
        self._output(json.dumps(line))
