"""The buffer: when a request is due, what a full one does, and how it is switched off and emptied."""

from __future__ import annotations

import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickstream_producer import BufferFull, DropReason, FirehoseStream, FullPolicy, Producer, ProducerClosed
from clickstream_producer.buffer import signal_lock
from clickstream_producer.buffer.event_buffer import EventBuffer
from clickstream_producer.options import Options
from clickstream_producer.spool import segment
from clickstream_producer.spool.disk_spool import DiskSpool
from support.producer.events import MIB, assert_adds_up, event, large_event, wait_until
from support.producer.interruptions import Interruptions
from support.producer.sink import Sink, running_sink


def test_a_full_batch_is_sent_without_waiting_for_linger(sink: Sink) -> None:
    with Producer(sink.target(), record_bytes=5_000, batch_bytes=20_000, linger=60) as producer:
        producer.put_many(event(number) for number in range(400))
        wait_until(lambda: producer.stats().sent > 0)
        # Only whole records went; what is left waits for company.
        assert 0 < producer.stats().pending < 400


def test_500_unpacked_events_are_a_full_batch(sink: Sink) -> None:
    with Producer(sink.target(), events_per_record=1, linger=60) as producer:
        producer.put_many(event(number) for number in range(501))
        wait_until(lambda: producer.stats().sent == 500)
        assert [count for _, count in sink.requests] == [500]
        assert producer.stats().pending == 1


def test_large_unpacked_events_stay_within_a_request(sink: Sink) -> None:
    # facts/firehose.md#put-records: 4 MiB of raw bytes.
    events = [b'"%d%s"' % (number, b"x" * 900_000) for number in range(12)]
    with Producer(sink.target(), events_per_record=1, batch_bytes=4 * 1024 * 1024, linger=60) as producer:
        producer.put_many(events)
        wait_until(lambda: producer.stats().sent >= 8)
    assert list(sink.events) == events
    assert [count for _, count in sink.requests] == [4, 4, 4]
    assert sink.broken_limits == []


def test_a_lone_event_is_sent_after_linger(sink: Sink) -> None:
    with Producer(sink.target(), linger=0.3) as producer:
        assert producer.client  # making it takes its time
        start = time.monotonic()
        producer.put(event(1))
        wait_until(lambda: producer.stats().sent == 1)
        assert 0.3 <= sink.requests[0][0] - start < 1.5


def test_events_that_come_within_linger_share_a_record(sink: Sink) -> None:
    with Producer(sink.target(), linger=0.3) as producer:
        for number in range(3):
            producer.put(event(number))
            time.sleep(0.02)
        wait_until(lambda: producer.stats().sent == 3)
    assert sink.records == [b"".join(event(number) + b"\n" for number in range(3))]


def test_a_failed_record_is_sent_again_before_its_linger_is_over(sink: Sink) -> None:
    sink.answer = fail_the_first_entry_once()
    with Producer(sink.target(), events_per_record=1, batch_bytes=1_000, linger=60) as producer:
        producer.put_many(event(number) for number in range(20))
        wait_until(lambda: producer.stats().records_retried == 1 and len(sink.requests) >= 2)


@pytest.mark.parametrize("kinesis", [False, True])
def test_failed_entries_are_sent_again_together_with_fresh_ones(sink: Sink, kinesis: bool) -> None:
    # facts/goals.md#producer, C1 at 50%: twice as many entries as events, and so twice as many requests. Where those
    # that failed go alone it is ten times as many: 500, 250, 125, ...
    sink.partial = 0.5
    sink.answer = without_throttling
    with Producer(sink.target(kinesis=kinesis), events_per_record=1, retry_cap=0.1) as producer:
        producer.put_many([event(number) for number in range(5_000)])
        assert producer.close(30).complete
    assert sink.events == dict.fromkeys(map(event, range(5_000)), 1)
    # The last block has nobody to travel with.
    assert len(sink.requests) <= 20 + 15


def test_collected_events_go_with_a_request_of_failed_ones(sink: Sink) -> None:
    sink.answer = fail_the_first_entry_once()
    with Producer(sink.target(), events_per_record=1, linger=60, retry_cap=0.1) as producer:
        producer.put_many([event(number) for number in range(510)])
        wait_until(lambda: producer.stats().sent == 510)
        assert [count for _, count in sink.requests] == [500, 11]


def without_throttling(answer: dict[str, Any]) -> dict[str, Any]:
    """Failures that do not ask for a slower pace, so that a test counts requests of the ordinary size."""
    name = "RequestResponses" if "RequestResponses" in answer else "Records"
    entries = [entry | {"ErrorCode": "InternalFailure"} if "ErrorCode" in entry else entry for entry in answer[name]]
    return answer | {name: entries}


def fail_the_first_entry_once() -> Any:
    seen: list[bool] = []

    def answer(taken: dict[str, Any]) -> dict[str, Any]:
        if seen:
            return taken
        seen.append(True)
        entries = [{"ErrorCode": "InternalFailure", "ErrorMessage": ""}, *taken["RequestResponses"][1:]]
        return {**taken, "FailedPutCount": 1, "RequestResponses": entries}

    return answer


@pytest.fixture
def stuck() -> Iterator[Sink]:
    """An endpoint that takes requests and does not answer before the end of the test."""
    with running_sink(hold=threading.Event()) as running:
        yield running


def fill(producer: Producer) -> int:
    number = 0
    while producer.put(large_event(number)):
        number += 1
    return number


def test_drop_newest_refuses_the_new_event_at_once_and_keeps_the_bound(stuck: Sink) -> None:
    lost: list[tuple[list[bytes], DropReason]] = []
    producer = Producer(
        stuck.target(), max_buffer_bytes=MIB, on_drop=lambda events, reason: lost.append((events, reason))
    )
    held = fill(producer)
    stats = producer.stats()
    assert (stats.pending, stats.dropped_by_reason) == (held, {DropReason.BUFFER_FULL: 1})
    assert MIB - len(large_event(0)) <= stats.pending_bytes <= MIB
    assert lost == [([large_event(held)], DropReason.BUFFER_FULL)]
    producer.close(0)


def test_drop_oldest_makes_room_with_the_oldest_records_that_wait(stuck: Sink) -> None:
    lost: list[bytes] = []
    producer = Producer(
        stuck.target(),
        max_buffer_bytes=MIB,
        record_bytes=10_000,
        batch_bytes=20_000,
        when_full=FullPolicy.drop_oldest(),
        on_drop=lambda events, reason: lost.extend(events),
    )
    assert producer.put_many(large_event(number) for number in range(40)) == 40
    while not stuck.requests:
        time.sleep(0.005)
    in_request = stuck.requests[0][1] * 9
    assert all(producer.put(large_event(number)) for number in range(40, 2_000))
    stats = producer.stats()
    assert stats.pending_bytes <= MIB
    assert stats.dropped == len(lost) > 0
    # The request under way keeps its events; from there on exactly the oldest are gone.
    assert lost == [large_event(number) for number in range(in_request, in_request + len(lost))]
    producer.close(0)


def test_drop_oldest_refuses_the_new_event_when_everything_is_under_way(stuck: Sink) -> None:
    producer = Producer(
        stuck.target(),
        max_buffer_bytes=MIB,
        record_bytes=600_000,
        batch_bytes=1_200_000,
        when_full=FullPolicy.drop_oldest(),
        linger=0.01,
    )
    big = b'"' + b"x" * 599_000 + b'"'
    assert producer.put(big)
    while not stuck.requests:
        time.sleep(0.005)
    assert not producer.put(big)
    producer.close(0)


def test_block_waits_for_room(sink: Sink) -> None:
    sink.latency = 0.05
    producer = Producer(
        sink.target(), max_buffer_bytes=MIB, record_bytes=50_000, batch_bytes=100_000, when_full=FullPolicy.block(20)
    )
    assert producer.put_many(large_event(number) for number in range(3_000)) == 3_000
    assert producer.close(20).sent == 3_000


@pytest.mark.parametrize("record_bytes", [50_000, 1_024_000])
def test_a_full_buffer_is_sent_even_when_it_is_smaller_than_a_request(sink: Sink, record_bytes: int) -> None:
    producer = Producer(
        sink.target(),
        max_buffer_bytes=MIB,
        record_bytes=record_bytes,
        batch_bytes=4 * MIB,
        linger=60,
        when_full=FullPolicy.block(20),
    )
    start = time.monotonic()
    assert producer.put_many(large_event(number) for number in range(3_000)) == 3_000
    assert producer.close(20).sent == 3_000
    assert time.monotonic() - start < 15


def test_a_first_list_larger_than_the_buffer_is_sent_while_the_caller_waits(sink: Sink) -> None:
    events = [b'"%03d%s"' % (number, b"x" * 10_000) for number in range(250)]
    with Producer(sink.target(), max_buffer_bytes=MIB, when_full=FullPolicy.block(5)) as producer:
        assert producer.put_many(events) == 250
    assert list(sink.events) == events


def test_block_gives_up_after_its_timeout(stuck: Sink) -> None:
    producer = Producer(stuck.target(), max_buffer_bytes=MIB, when_full=FullPolicy.block(0.2))
    start = time.monotonic()
    fill(producer)
    assert 0.2 <= time.monotonic() - start < 2
    assert producer.stats().dropped_by_reason == {DropReason.BUFFER_FULL: 1}
    producer.close(0)


def test_close_frees_a_put_that_waits_for_room(stuck: Sink) -> None:
    producer = Producer(stuck.target(), max_buffer_bytes=MIB, when_full=FullPolicy.block(60))
    raised: list[BaseException] = []

    def put_until_it_raises() -> None:
        try:
            fill(producer)
        except ProducerClosed as error:
            raised.append(error)

    writer = threading.Thread(target=put_until_it_raises)
    writer.start()
    while producer.stats().pending_bytes < MIB - 2_000:
        time.sleep(0.005)
    producer.close(0.1)
    writer.join(5)
    assert len(raised) == 1


def test_error_raises_and_drops_nothing(stuck: Sink) -> None:
    lost: list[bytes] = []
    producer = Producer(
        stuck.target(),
        max_buffer_bytes=MIB,
        when_full=FullPolicy.error(),
        on_drop=lambda events, reason: lost.extend(events),
    )
    with pytest.raises(BufferFull, match=r"max_buffer_bytes=1,048,576.*put again later"):
        fill(producer)
    with pytest.raises(BufferFull):
        producer.put_many([large_event(0), event(1)])
    stats = producer.stats()
    assert (stats.put, stats.dropped, lost) == (stats.pending, 0, [])
    producer.close(0)


def test_events_expire_by_age_and_the_buffer_has_room_again() -> None:
    with running_sink(down=True) as down:
        lost: list[DropReason] = []
        producer = Producer(
            down.target(),
            linger=0.05,
            max_age=0.4,
            retry_initial=20,
            retry_cap=20,
            on_drop=lambda events, reason: lost.append(reason),
        )
        producer.put(large_event(0))
        deadline = time.monotonic() + 5
        while producer.stats().pending and time.monotonic() < deadline:
            time.sleep(0.01)
        assert producer.stats().dropped_by_reason == {DropReason.EXPIRED: 1}
        assert producer.stats().pending_bytes == 0
        producer.close(0)
        assert lost == [DropReason.EXPIRED]


@pytest.mark.parametrize("faulty", ["down", "stuck"])
def test_put_stays_quick_while_the_endpoint_is_down_or_stuck(faulty: str) -> None:
    # facts/goals.md#producer, S4: put never waits for the endpoint. The bound is wide for a busy machine.
    with running_sink(down=faulty == "down", hold=threading.Event() if faulty == "stuck" else None) as sink:
        producer = Producer(sink.target(), linger=0.01, retry_initial=0.01)
        durations = []
        for number in range(5_000):
            start = time.perf_counter()
            producer.put(large_event(number))
            durations.append(time.perf_counter() - start)
        durations.sort()
        assert durations[len(durations) // 2] < 0.0005
        assert durations[int(len(durations) * 0.99)] < 0.05
        producer.close(0)


def test_disabled_it_drops_new_events_and_sends_those_it_has(sink: Sink) -> None:
    lost: list[DropReason] = []
    with Producer(sink.target(), on_drop=lambda events, reason: lost.append(reason)) as producer:
        producer.put(b"1")
        producer.disable()
        assert producer.put(b"2") is False
        assert producer.put_many([b"3", b"4"]) == 0
        assert producer.flush(10).sent == 1
        producer.enable()
        assert producer.put(b"5")
        stats = producer.stats()
        assert (stats.put, stats.dropped_by_reason) == (5, {DropReason.DISABLED: 3})
        assert_adds_up(stats)
    assert sink.events == {b"1": 1, b"5": 1}
    assert lost == []


def test_disabling_before_the_first_event_works_too(sink: Sink) -> None:
    with Producer(sink.target()) as producer:
        producer.disable()
        assert not producer.put(b"1")
    assert sink.attempts == []


@pytest.mark.parametrize("events_per_record", [1, 500])
def test_clear_drops_what_waits(sink: Sink, events_per_record: int) -> None:
    producer = Producer(sink.target(), linger=60, events_per_record=events_per_record)
    producer.put_many(b"%d" % number for number in range(700 if events_per_record == 500 else 300))
    count = producer.stats().pending
    assert producer.clear() == count > 0
    stats = producer.stats()
    assert (stats.pending, stats.pending_bytes, stats.dropped_by_reason) == (0, 0, {DropReason.CLEARED: count})
    producer.put(b'"after"')
    assert producer.close().sent == 1
    assert sink.events == {b'"after"': 1}


def test_clear_leaves_the_request_that_is_under_way() -> None:
    with running_sink(hold=threading.Event()) as sink:
        producer = Producer(sink.target(), linger=0.01)
        producer.put(b"1")
        while not sink.requests:
            time.sleep(0.005)
        producer.put(b"2")
        assert producer.clear() == 1
        assert sink.hold is not None
        sink.hold.set()
        assert producer.close().sent == 1


def test_clear_empties_the_disk_too(sink: Sink, tmp_path: Path) -> None:
    producer = Producer(sink.target(), linger=60, spool=tmp_path)
    producer.put_many([b"1", b"2"])
    assert producer.clear() == 2
    producer.close()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("fault", ["down", "partial"])
def test_max_retries_gives_up_by_count(sink: Sink, fault: str) -> None:
    setattr(sink, fault, 1.0)
    lost: list[tuple[list[bytes], DropReason]] = []
    with Producer(
        sink.target(),
        max_retries=2,
        retry_initial=0.01,
        retry_cap=0.02,
        on_drop=lambda events, reason: lost.append((events, reason)),
    ) as producer:
        producer.put_many([b"1", b"2"])
        result = producer.flush(10)
        assert (result.dropped, result.complete) == (2, True)
        assert producer.stats().requests == 3
    assert lost == [([b"1", b"2"], DropReason.RETRIES)]


LIVES: dict[str, dict[str, Any]] = {
    "packed": {"events_per_record": 3},
    "with keys": {"events_per_record": 3, "record_bytes": 200},
    "unpacked": {"events_per_record": 1, "batch_bytes": 400},
    "full": {"events_per_record": 2, "max_buffer_bytes": 400, "when_full": FullPolicy.drop_oldest()},
    "on the disk": {"events_per_record": 3, "spool": True},
    "unpacked on the disk": {"events_per_record": 1, "batch_bytes": 400, "spool": True},
}


@pytest.mark.parametrize("life", LIVES)
def test_a_signal_handler_that_raises_costs_no_event_that_was_put(
    life: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal_lock, "LOOK_AFTER", 0.001)
    monkeypatch.setattr(segment, "SEGMENT_BYTES", 4096)
    step = 0
    while live(life, tmp_path / str(step), step):
        step += 151
    assert step > 1_000  # the last one came to its end


def live(life: str, path: Path, step: int) -> bool:
    """A life of a buffer that is interrupted at one step; False: it has fewer of them."""
    given = {"record_bytes": 1_000, "batch_bytes": 1_000, "max_buffer_bytes": 10_000, **LIVES[life]}
    disk = DiskSpool(path, "clicks") if given.pop("spool", None) else None
    options = Options(FirehoseStream("clicks"))
    for name, value in given.items():  # below what Options takes, so that few events meet much
        setattr(options, name, value)
    buffer = EventBuffer(options, disk)
    interruptions = Interruptions(("buffer", "spool"), step)
    run = interruptions.run
    put: set[bytes] = set()

    def put_some(begin: int) -> None:
        for number in range(begin, begin + 8):
            key = f"k-{number // 5}" if life in ("with keys", "unpacked") else None
            if run(buffer.add, event(number), key):
                put.add(event(number))

    put_some(0)
    buffer._aside.append((event(8), None))  # put by another handler
    put.add(event(8))
    several = [event(9), event(10)]
    if run(buffer.add_fast_path, several.copy()) == 2:
        put.update(several)
    run(buffer.flush, 0.0)
    put_some(11)
    assert_adds_up(buffer.stats())
    if disk is not None:
        assert put <= on_disk(path)
    arrived = Counter(sent(buffer))
    put_some(19)
    run(buffer.flush, 0.0)
    run(buffer.close_async)
    arrived.update(sent(buffer))
    result = run(buffer.finish_close, 0.0) or buffer.finish_close(0.0)[0]
    stats = buffer.stats()
    assert_adds_up(stats)
    assert (result[0] if isinstance(result, tuple) else result).pending == stats.pending == 0
    assert stats.put - stats.dropped == stats.sent == arrived.total()
    assert len(put - arrived.keys()) <= stats.dropped_by_reason.get("buffer_full", 0) == stats.dropped
    assert set(arrived.values()) == {1}
    return interruptions.raised


def sent(buffer: EventBuffer) -> Iterator[bytes]:
    """Settle everything that waits as sent; give it back."""
    buffer.flush(0.0)
    while (task := buffer.next_task(500, MIB, time.monotonic())) is not None:
        for record in task.batch:
            yield from record.read_events()
        buffer.settle(task.batch, [], 0.0, rate_limit=None)


def on_disk(path: Path) -> set[bytes]:
    """What a later process would find, if this one were killed now."""
    copy = path.with_name(f"{path.name} killed")
    shutil.copytree(path, copy)
    later = DiskSpool(copy, "clicks")
    found = {one for record in later.recover() for one in record.read_events()}
    later.close()
    shutil.rmtree(copy)
    return found
