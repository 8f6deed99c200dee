"""The counts of an invocation, as one line in CloudWatch's embedded metric format."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

NAMESPACE = "Clickstream/Transform"

_BYTES = ("BytesOut",)


class Metrics:
    """The counts of one invocation.

    ``values`` are metrics: RecordsIn, RecordsOk, RecordsDropped, RecordsFailed, RecordsRequeued, EventsIn, EventsOut,
    EventsRejected, EventsDeduplicated, BytesOut, where there are any RowsWithUnknownMembers and
    RecordsWithUnknownToken, and ``RecordsFailed.<reason>`` for each reason that occurred.
    ``rejected_by_rule`` is a property of the same log line, to be queried with Logs Insights.
    """

    def __init__(self) -> None:
        self.values: Counter[str] = Counter()
        self.rejected_by_rule: Counter[str] = Counter()

    def line(self, stream: str, now: int) -> str:
        """The log line; ``now`` is in epoch milliseconds."""
        definitions = [{"Name": name, "Unit": "Bytes" if name in _BYTES else "Count"} for name in self.values]
        document: dict[str, Any] = {
            "_aws": {
                "Timestamp": now,
                "CloudWatchMetrics": [
                    {"Namespace": NAMESPACE, "Dimensions": [["DeliveryStreamName"]], "Metrics": definitions}
                ],
            },
            "DeliveryStreamName": stream,
            **self.values,
        }
        if self.rejected_by_rule:
            document["rejected_by_rule"] = dict(self.rejected_by_rule)
        return json.dumps(document)
