from __future__ import annotations

import json

from support.transform_harness import BAD_EVENT, GOOD_EVENT, Transform, rows_of


def test_metrics_count_records_events_and_bytes() -> None:
    transform = Transform()
    (answer, *_) = transform(GOOD_EVENT + BAD_EVENT + GOOD_EVENT, b"not json", BAD_EVENT)
    (metrics,) = transform.metrics
    counted = {name: value for name, value in metrics.items() if isinstance(value, int)}
    assert counted == {
        "RecordsIn": 3,
        "RecordsOk": 1,
        "RecordsDropped": 1,
        "RecordsFailed": 1,
        "RecordsFailed.invalid_json": 1,
        "RecordsRequeued": 0,
        "EventsIn": 4,
        "EventsOut": 1,
        "EventsRejected": 2,
        "EventsDeduplicated": 1,
        "BytesOut": len(json.dumps(rows_of(answer)[0], separators=(",", ":"))) + 1,
    }
    assert metrics["rejected_by_rule"] == {"type": 2}


def test_metrics_name_the_delivery_stream_and_declare_every_value() -> None:
    transform = Transform()
    transform(GOOD_EVENT)
    (metrics,) = transform.metrics
    (directive,) = metrics["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Clickstream/Transform"
    assert directive["Dimensions"] == [["DeliveryStreamName"]]
    assert metrics["DeliveryStreamName"] == "clicks"
    assert {one["Name"] for one in directive["Metrics"]} == {k for k, v in metrics.items() if isinstance(v, int)}
