"""The request size: larger requests where more waits than one holds and answers are slow, and only there."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from clickstream_producer import FullPolicy, Producer
from clickstream_producer.sending.request_size import SLOW, SLOW_WHILE_BUSY, TOO_SLOW, RequestSize
from support.producer.sink import Sink

EVENTS = [b'"%05d%s"' % (number, b"x" * 9_000) for number in range(1_500)]


def sizes_of_requests(sink: Sink, **options: Any) -> list[int]:
    """Send far more than a request holds; give back the raw size of each request."""
    sizes: list[int] = []
    sink.refuse = lambda records: sizes.append(sum(map(len, records)))
    with Producer(sink.target(), when_full=FullPolicy.block(60), **options) as producer:
        assert producer.put_many(EVENTS) == len(EVENTS)
        assert producer.close(60).complete
    assert list(sink.events) == EVENTS
    assert sink.copies() == 0
    assert sink.broken_limits == []
    return sizes


def test_requests_grow_while_much_waits_and_answers_are_slow(sink: Sink) -> None:
    # facts/goals.md#producer, S5: at 25 ms, requests of 1 MB of 500 B events are at most 80,000 events a second.
    sink.latency = 0.1
    sizes = sizes_of_requests(sink)
    assert max(sizes) > 3_500_000
    assert len(sizes) < 10


def test_a_size_that_was_chosen_is_kept(sink: Sink) -> None:
    sink.latency = 0.05
    assert max(sizes_of_requests(sink, batch_bytes=1_500_000)) <= 1_500_000


def test_a_small_buffer_has_no_large_requests(sink: Sink) -> None:
    # facts/goals.md#producer, S9: memory is bounded by what was configured.
    sink.latency = 0.05
    assert max(sizes_of_requests(sink, max_buffer_bytes=2 * 1024 * 1024)) <= 1_000_000


def grown() -> RequestSize:
    size = RequestSize(1_000_000, 4_000_000)
    size.note_taken(1_000_000, SLOW, SLOW)
    size.note_taken(2_000_000, SLOW, SLOW)
    assert size.bytes == 4_000_000
    return size


def test_the_largest_size_is_not_passed() -> None:
    size = grown()
    size.note_taken(4_000_000, SLOW, SLOW)
    assert size.bytes == 4_000_000


@pytest.mark.parametrize("waited", [0.0, SLOW * 0.9])
def test_quick_answers_leave_the_size_as_it_is(waited: float) -> None:
    size = RequestSize(1_000_000, 4_000_000)
    size.note_taken(1_000_000, waited, waited)
    assert size.bytes == 1_000_000


@pytest.mark.parametrize(("waited", "grows"), [(SLOW_WHILE_BUSY * 0.9, False), (SLOW_WHILE_BUSY, True)])
def test_waiting_for_the_interpreter_is_not_taken_for_a_long_way(waited: float, grows: bool) -> None:
    size = RequestSize(1_000_000, 4_000_000)
    size.note_taken(1_000_000, waited, 0.0)
    assert size.bytes == (2_000_000 if grows else 1_000_000)


def test_a_way_that_is_narrow_has_ordinary_requests() -> None:
    size = grown()
    size.note_taken(4_000_000, TOO_SLOW * 1.1, TOO_SLOW * 1.1)
    assert size.bytes == 1_000_000


def test_the_size_is_ordinary_again_when_little_waits() -> None:
    size = grown()
    size.note_taken(1_200_000, SLOW, SLOW)
    assert size.bytes == 1_000_000


@pytest.mark.parametrize("fault", [{"partial": 0.5}, {"error": 0.5}], ids=str)
def test_a_failure_makes_requests_ordinary_again(sink: Sink, fault: dict[str, float]) -> None:
    # facts/goals.md#producer, C3 and C5: what fails or is doubled is one request, so it should be a small one.
    sink.latency = 0.05
    with Producer(sink.target(), when_full=FullPolicy.block(60), retry_initial=0.01) as producer:
        size = producer._core._sender._size
        producer.put_many(EVENTS)
        assert producer.flush(60).complete
        size.bytes = 4_000_000
        for name, rate in fault.items():
            setattr(sink, name, rate * 2)
        producer.put(b"1")
        producer.flush(0.3)
        assert size.bytes == 1_000_000
        sink.partial = sink.error = 0.0


@pytest.mark.parametrize("busy", [True, False])
def test_time_in_which_other_threads_work_is_not_idle(sink: Sink, monkeypatch: pytest.MonkeyPatch, busy: bool) -> None:
    noted: list[tuple[float, float]] = []
    monkeypatch.setattr(RequestSize, "note_taken", lambda self, size, waited, idle: noted.append((waited, idle)))

    def work() -> None:
        end = time.thread_time() + 0.1
        while time.thread_time() < end:
            pass

    def hold_up(**_: object) -> None:
        if busy:
            worker = threading.Thread(target=work)
            worker.start()
            worker.join()
        else:
            time.sleep(0.1)

    with Producer(sink.target()) as producer:
        producer.client.meta.events.register("before-send", hold_up)
        producer.put(b"1")
        producer.flush(10)
    waited, idle = noted[0]
    assert waited >= 0.09
    assert idle >= 0.09 if not busy else idle <= waited - 0.09
