"""The README's table of metrics is that of the code."""

from __future__ import annotations

import re

from clickstream_producer.metrics.metrics import METRICS
from support.checkout import CHECKOUT


def test_the_readme_lists_every_metric() -> None:
    readme = (CHECKOUT / "lambda" / "producer" / "README.md").read_text(encoding="utf-8")
    for metric in METRICS:
        assert re.search(rf"\| `{metric.cloudwatch}` \| `{metric.otel}`.* \| `{metric.field}`", readme), metric.field
