"""Events to records: within both limits, in order, and with the key of each."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clickstream_producer import FirehoseStream
from clickstream_producer.buffer.record_builder import RecordBuilder
from clickstream_producer.buffer.signal_lock import at_once
from clickstream_producer.options import Options
from clickstream_producer.spool.record import Record

sizes = st.lists(st.integers(min_value=1, max_value=60) | st.integers(min_value=1, max_value=3000), max_size=120)


def builder(**options: Any) -> RecordBuilder:
    return RecordBuilder(Options(FirehoseStream("clicks"), **options), None)


def build(building: RecordBuilder) -> list[Record]:
    records = building.build()
    at_once(*building.empty())
    return records


def records_of(events: list[bytes], max_events: int, max_bytes: int) -> list[Record]:
    building = builder(events_per_record=max_events, record_bytes=max_bytes, batch_bytes=max_bytes)
    records: list[Record] = []
    for event in events:
        if not building.accepts(len(event) + 1, None):
            records += build(building)
        if building.add(event, None):
            records += build(building)
    return [one for record in records + build(building) for one in record.one_per_entry()]


@given(sizes, st.integers(min_value=1, max_value=20), st.integers(min_value=1, max_value=2000))
def test_records_hold_all_events_in_order_within_both_limits(sizes: list[int], max_events: int, max_bytes: int) -> None:
    events = [b"%d" % (10 ** (size - 1) + number) for number, size in enumerate(sizes)]
    records = records_of(events, max_events, max_bytes)
    assert [event for record in records for event in record.read_events()] == events
    for record in records:
        assert 1 <= record.events <= max_events
        assert record.events == record.data.count(b"\n")
        assert len(record.data) <= max_bytes or record.events == 1
    for one, next_one in pairwise(records):  # and no two neighbours would have fitted into one
        first_of_next = len(next_one.read_events()[0]) + 1
        assert one.events == max_events or len(one.data) + first_of_next > max_bytes
        assert one.created <= next_one.created


def test_the_five_hundredth_event_completes_the_record() -> None:
    # facts/firehose.md#put-records: above 500 sub-records the blob reaches the Lambda unsplit.
    building = builder()
    assert [building.add(b"{}", None) for _ in range(500)] == [False] * 499 + [True]


def test_unpacked_events_have_a_record_each_with_the_key_of_each() -> None:
    building = builder(events_per_record=1)
    for event, key in ((b"1", None), (b"2", "a"), (b"3", None), (b"4", "b"), (b"5", None)):
        building.add(event, key)
    (together,) = build(building)
    assert [(record.data, record.key) for record in together.one_per_entry()] == [
        (b"1\n", None),
        (b"2\n", "a"),
        (b"3\n", None),
        (b"4\n", "b"),
        (b"5\n", None),
    ]
    building.add(b"6", None)
    assert [record.key for record in build(building)] == [None]
