"""The caller's callbacks stop nothing."""

from __future__ import annotations

from clickstream_producer import Producer
from support.producer.sink import Sink


def test_a_callback_that_raises_stops_nothing(sink: Sink) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("of the caller")

    sink.refuse = lambda records: (400, "ValidationException", "no") if b"refused" in records[0] else None
    with Producer(sink.target(), events_per_record=1, on_drop=broken, on_error=broken) as producer:
        producer.put_many([b'"refused"', b'"good"'])
        result = producer.flush(10)
    assert (result.sent, result.dropped) == (1, 1)
