"""Packer and batcher: every record and every request stays within the limits, and nothing changes order."""

from __future__ import annotations

from collections import deque
from itertools import count, pairwise

from hypothesis import given
from hypothesis import strategies as st

from clickstream_producer.buffer.batching import take_batch
from clickstream_producer.buffer.record_builder import Packer
from clickstream_producer.spool.record import Record

sizes = st.lists(st.integers(min_value=1, max_value=60) | st.integers(min_value=1, max_value=3000), max_size=120)


def pack(events: list[bytes], max_events: int, target: int) -> list[Record]:
    packer = Packer(max_events, target, target, clock=map(float, count()).__next__)
    records: list[Record] = []
    for event in events:
        if not packer.takes(len(event) + 1, None):
            records += packer.seal()
        if packer.add(event, None):
            records += packer.seal()
    return [one for record in records + packer.seal() for one in record.single()]


@given(sizes, st.integers(min_value=1, max_value=20), st.integers(min_value=1, max_value=2000))
def test_records_hold_all_events_in_order_within_both_limits(sizes: list[int], max_events: int, target: int) -> None:
    events = [b"%d" % (10 ** (size - 1) + number) for number, size in enumerate(sizes)]
    records = pack(events, max_events, target)
    assert [event for record in records for event in record.split()] == events
    for record in records:
        assert 1 <= record.events <= max_events
        assert record.events == record.data.count(b"\n")
        assert len(record.data) <= target or record.events == 1


@given(sizes, st.integers(min_value=1, max_value=20), st.integers(min_value=100, max_value=2000))
def test_no_two_neighbours_would_have_fitted_into_one_record(sizes: list[int], max_events: int, target: int) -> None:
    records = pack([b"x" * size for size in sizes], max_events, target)
    for one, next_one in pairwise(records):
        first_of_next = len(next_one.split()[0]) + 1
        assert one.events == max_events or len(one.data) + first_of_next > target


def test_the_five_hundredth_event_seals_the_record() -> None:
    # aws-facts 1.3: above 500 sub-records the blob reaches the Lambda unsplit.
    packer = Packer(500, 250_000, 1_000_000)
    assert [packer.add(b"{}", None) for _ in range(500)] == [False] * 499 + [True]


def test_a_record_is_as_old_as_its_first_event() -> None:
    assert [record.created for record in pack([b"a", b"b", b"c"], 2, 1000)] == [0.0, 1.0]


def test_unpacked_events_have_a_record_each_with_the_key_of_each() -> None:
    packer = Packer(1, 250_000, 1_000_000)
    for event, key in ((b"1", None), (b"2", "a"), (b"3", None), (b"4", "b"), (b"5", None)):
        packer.add(event, key)
    assert [(record.data, record.key) for record in packer.seal(single=True)] == [
        (b"1\n", None),
        (b"2\n", "a"),
        (b"3\n", None),
        (b"4\n", "b"),
        (b"5\n", None),
    ]
    packer.add(b"6", None)
    assert [record.key for record in packer.seal(single=True)] == [None]


def test_packed_events_share_a_record_only_with_their_own_key() -> None:
    packer = Packer(500, 250_000, 1_000_000)
    packer.add(b"1", "a")
    assert packer.takes(2, "a")
    assert not packer.takes(2, "b")
    assert not packer.takes(2, None)


@given(
    st.lists(st.integers(min_value=1, max_value=400), max_size=80),
    st.integers(min_value=1, max_value=1000),
    st.integers(min_value=1, max_value=20),
)
def test_batches_hold_all_records_in_order_within_both_limits(lengths: list[int], target: int, most: int) -> None:
    records = [Record(b"x" * length, 1, 0.0) for length in lengths]
    waiting = deque(records)
    taken: list[Record] = []
    while waiting:
        batch = take_batch(waiting, target, most)
        assert 1 <= len(batch) <= most
        assert sum(len(record.data) for record in batch) <= target or len(batch) == 1
        taken += batch
    assert taken == records


def together(parts: list[bytes], keys: list[str | None]) -> Record:
    return Record.together(parts, keys, 0.0, sum(map(len, parts)) + len(parts))


@given(
    st.lists(st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=12), max_size=12),
    st.integers(min_value=41, max_value=200),  # the packer leaves a larger event alone
    st.integers(min_value=1, max_value=20),
)
def test_events_that_are_still_together_are_parted_where_the_request_is_full(
    blocks: list[list[int]], target: int, most: int
) -> None:
    # producers.md section 7, C1 at 50%: entries that failed would go alone otherwise, half as many each time.
    names = count()
    given = [[b"%0*d" % (length, next(names)) for length in block] for block in blocks]
    keys = [[event.decode()[-1] for event in block] for block in given]
    waiting = deque(together(block, key) for block, key in zip(given, keys, strict=True))
    batches = []
    while waiting:
        batches.append([one for record in take_batch(waiting, target, most) for one in record.single()])
    assert [(one.data[:-1], one.key) for batch in batches for one in batch] == [
        (event, event.decode()[-1]) for block in given for event in block
    ]
    for batch, following in pairwise(batches):
        size = sum(one.size for one in batch)
        assert len(batch) <= most
        assert size <= target or len(batch) == 1
        assert len(batch) == most or size + following[0].size > target


def test_what_is_parted_keeps_its_place_and_its_attempts() -> None:
    record = Record.together([b"1", b"2", b"3"], [], 7.0, 6)
    record.number, record.attempts = 5, 2
    waiting = deque([record])
    parts = [one for _ in range(3) for one in take_batch(waiting, 1_000, 1)]
    assert [(one.events, one.size, one.created, one.number, one.attempts) for one in parts] == [(1, 2, 7.0, 5, 2)] * 3


def test_a_batch_has_at_most_500_records() -> None:
    # aws-facts 1.3: Records holds 1 to 500.
    waiting = deque(Record(b"{}\n", 1, 0.0) for _ in range(501))
    assert len(take_batch(waiting, 1_000_000)) == 500
