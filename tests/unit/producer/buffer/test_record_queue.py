"""Records to requests: within both limits, in order, and as full as they can be."""

from __future__ import annotations

from itertools import count, pairwise

from hypothesis import given
from hypothesis import strategies as st

from clickstream_producer.buffer.record_queue import RecordQueue
from clickstream_producer.buffer.signal_lock import at_once
from clickstream_producer.spool.record import Record


def queue_of(records: list[Record]) -> RecordQueue:
    queue = RecordQueue(1_000_000)
    at_once(*queue.append(records))
    return queue


def batches(queue: RecordQueue, max_records: int, max_bytes: int) -> list[list[Record]]:
    taken = []
    while queue:
        taken.append(queue.take_batch(max_records, max_bytes))
    return taken


@given(
    st.lists(st.integers(min_value=1, max_value=400), max_size=80),
    st.integers(min_value=1, max_value=1000),
    st.integers(min_value=1, max_value=20),
)
def test_batches_hold_all_records_in_order_within_both_limits(lengths: list[int], target: int, most: int) -> None:
    records = [Record(b"x" * length, 1, 0.0) for length in lengths]
    taken = batches(queue_of(records), most, target)
    assert [record for batch in taken for record in batch] == records
    for batch in taken:
        assert 1 <= len(batch) <= most
        assert sum(len(record.data) for record in batch) <= target or len(batch) == 1


@given(
    st.lists(st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=12), max_size=12),
    st.integers(min_value=41, max_value=200),  # a larger event is a record of its own
    st.integers(min_value=1, max_value=20),
)
def test_events_that_are_still_together_are_split_where_the_request_is_full(
    blocks: list[list[int]], target: int, most: int
) -> None:
    # facts/goals.md#producer, C1 at 50%: entries that failed would go alone otherwise, half as many each time.
    names = count()
    given = [[b"%0*d" % (length, next(names)) for length in block] for block in blocks]
    queue = queue_of(
        [
            Record.unpacked(block, [event.decode()[-1] for event in block], 0.0, sum(map(len, block)) + len(block))
            for block in given
        ]
    )
    taken = [[one for record in batch for one in record.one_per_entry()] for batch in batches(queue, most, target)]
    assert [(one.data[:-1], one.key) for batch in taken for one in batch] == [
        (event, event.decode()[-1]) for block in given for event in block
    ]
    for batch, following in pairwise(taken):
        size = sum(one.size for one in batch)
        assert len(batch) <= most
        assert size <= target or len(batch) == 1
        assert len(batch) == most or size + following[0].size > target


def test_what_is_split_keeps_its_number_and_its_attempts() -> None:
    record = Record.unpacked([b"1", b"2", b"3"], [], 7.0, 6)
    queue = queue_of([record])
    record.attempts = 2
    parts = [one for batch in batches(queue, 1, 1_000) for one in batch]
    assert [(one.events, one.size, one.created, one.number, one.attempts) for one in parts] == [(1, 2, 7.0, 1, 2)] * 3


def test_failed_records_return_to_the_front_of_the_queue() -> None:
    first, second, third = (Record(b"%d\n" % number, 1, 0.0) for number in range(3))
    queue = queue_of([first, second, third])
    queue.take_batch(2, 1_000)
    assert queue.oldest_number == 1
    queue.requeue([second])
    assert queue.oldest_number == 2
    assert queue.all_waiting() == [second, third]
    at_once(*queue.remove_all())
    assert queue.oldest_number == 4


def test_a_record_that_stands_aside_goes_last_and_returns_to_its_place() -> None:
    first, second, third = (Record(b"%d\n" % number, 1, 0.0) for number in range(3))
    queue = queue_of([first, second, third])
    queue.requeue(queue.take_batch(1, 1_000))
    assert queue.set_aside()
    assert queue.take_batch(1, 1_000) == [second]
    assert queue.oldest_number == 1
    queue.restore()
    queue.requeue([second])
    assert queue.all_waiting() == [first, second, third]


def test_records_that_stand_aside_wait_again_when_no_other_does() -> None:
    first, second = (Record(b"%d\n" % number, 1, 0.0) for number in range(2))
    queue = queue_of([first, second])
    queue.requeue(queue.take_batch(1, 1_000))
    assert queue.set_aside()
    taken = queue.take_batch(1, 1_000)
    assert queue.oldest is first
    queue.requeue(taken)
    assert queue.take_batch(2, 1_000) == [first, second]
    assert not queue
    alone = queue_of([first])
    assert not alone.set_aside()
    assert alone.take_batch(1, 1_000) == [first]
