"""The durable spool and its disk: torn, full, failing, and how much of it and of the memory is used."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from clickstream_producer import DropReason, FullPolicy, InvalidOption, Producer, SpoolBroken
from clickstream_producer._limits import SEGMENT_BYTES
from clickstream_producer.spool import disk_spool as journal
from clickstream_producer.spool import segment as frame
from support.producer.sink import Sink
from support.producer.spools import MIB, producer_at, segments, stop
from unit.producer.test_delivery import assert_adds_up, event


@pytest.mark.parametrize("cut", ["header", "data", "garbage"])
def test_a_torn_tail_costs_only_itself(sink: Sink, tmp_path: Path, cut: str) -> None:
    sink.down = True
    producer = producer_at(sink, tmp_path, events_per_record=2)
    producer.put_many([b"111", b"222", b"333", b"444"])
    stop(producer)
    (segment,) = segments(tmp_path)
    data = bytearray(segment.read_bytes())
    second = data.index(b"333\n")
    if cut == "header":
        del data[second - 10 :]
    elif cut == "data":
        del data[second + 2 :]
    else:
        data[second] ^= 0xFF
    segment.write_bytes(data)
    sink.down = False
    lost: list[tuple[list[bytes], DropReason]] = []
    with producer_at(sink, tmp_path, on_drop=lambda events, reason: lost.append((events, reason))) as later:
        result = later.flush(10)
    assert sink.events == {b"111": 1, b"222": 1}
    # What is there and wrong is counted; what is not there any more cannot be.
    assert (result.dropped, lost) == ((2, [([], DropReason.UNREADABLE)]) if cut == "garbage" else (0, []))


@pytest.mark.parametrize("policy", [FullPolicy.drop_newest(), FullPolicy.drop_oldest()], ids=lambda policy: policy.kind)
def test_beyond_the_byte_cap_exactly_what_the_policy_says_is_gone(
    sink: Sink, tmp_path: Path, policy: FullPolicy
) -> None:
    sink.down = True
    producer = producer_at(
        sink,
        tmp_path,
        max_spool_bytes=16 * MIB,
        max_buffer_bytes=MIB,
        when_full=policy,
        record_bytes=100_000,
        retry_cap=0.05,
    )
    events = [b'"%05d%s"' % (number, b"x" * 9_992) for number in range(2_000)]
    taken = [producer.put(one) for one in events]
    stats = producer.stats()
    assert_adds_up(stats)
    assert 15 * MIB < stats.pending_bytes <= 16 * MIB
    kept = stop(producer, 0).spooled
    assert kept == 2_000 - stats.dropped
    sink.down = False
    with producer_at(sink, tmp_path) as later:
        assert later.flush(20).sent == kept
    if policy.kind == "drop_newest":
        assert list(sink.events) == events[:kept]
        assert taken == [True] * kept + [False] * (2_000 - kept)
    else:
        # Those in the request that was under way stay; of the rest the newest are here.
        assert set(events[-(kept - 101) :]) <= set(sink.events)
        assert all(taken)


def test_memory_stays_bounded_while_the_disk_holds_more(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    producer = producer_at(sink, tmp_path, max_buffer_bytes=MIB, record_bytes=50_000)
    producer.put_many(b'"%s"' % (b"x" * 9_990) for _ in range(2_000))
    spool = producer._core.buffer
    assert producer.stats().pending_bytes > 15 * MIB
    # Records under way are in memory, too.
    assert sum(len(record.data) for record in spool._queue._waiting) <= 3 * MIB
    stop(producer, 0)


def test_a_disk_that_fails_is_said_aloud_and_events_go_on_in_memory(sink: Sink, tmp_path: Path) -> None:
    errors: list[Exception] = []
    tmp_path.joinpath("file").write_text("not a directory")
    with Producer(sink.target(), spool=tmp_path / "file", on_error=errors.append) as producer:
        producer.put_many(event(number) for number in range(100))
        assert producer.flush(10).sent == 100
    (error,) = errors
    assert isinstance(error, SpoolBroken)
    assert "Not a directory" in str(error)
    assert "events are kept in memory only" in str(error)
    assert sink.events == dict.fromkeys(map(event, range(100)), 1)


def test_without_a_disk_the_memory_bound_holds(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    tmp_path.joinpath("file").write_text("not a directory")
    producer = Producer(sink.target(), spool=tmp_path / "file", max_buffer_bytes=MIB)
    while producer.put(b'"%s"' % (b"x" * 9_990)):
        pass
    assert producer.stats().pending_bytes <= MIB
    stop(producer, 0)


@pytest.mark.parametrize("events_per_record", [1, 500])
def test_a_disk_that_fails_for_a_while_costs_no_event_and_no_copy(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events_per_record: int
) -> None:
    monkeypatch.setattr(journal, "RETRY_SECONDS", 0.0)
    reserve = frame._reserve
    failing = [True]

    def full(fd: int) -> None:
        if failing[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        reserve(fd)

    monkeypatch.setattr(frame, "_reserve", full)
    errors: list[Exception] = []
    producer = producer_at(
        sink, tmp_path, events_per_record=events_per_record, max_buffer_bytes=MIB, linger=60, on_error=errors.append
    )
    sink.down = True
    big = [b'"%03d%s"' % (number, b"x" * 9_990) for number in range(200)]
    taken = [one for one in big if producer.put(one)]
    assert len(taken) < 200
    assert "No space left on device" in str(errors[0])
    failing[0] = False
    producer.put_many(big)
    sink.down = False
    assert producer.flush(20).complete
    assert producer.close().complete
    assert sink.events == {one: 2 if one in taken else 1 for one in big}
    assert segments(tmp_path) == []


def test_making_a_producer_touches_no_disk(sink: Sink, tmp_path: Path) -> None:
    producer_at(sink, tmp_path / "spool")
    assert not (tmp_path / "spool").exists()


def test_the_files_are_for_their_owner_only(sink: Sink, tmp_path: Path) -> None:
    producer = producer_at(sink, tmp_path / "spool", linger=60)
    producer.put(b"1")
    assert {path.stat().st_mode & 0o77 for path in (tmp_path / "spool").rglob("*")} == {0}
    assert segments(tmp_path)[0].stat().st_size == SEGMENT_BYTES
    producer.close()


def test_a_cap_below_two_segments_is_refused(sink: Sink, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="max_spool_bytes=1000 is below 16,777,216"):
        producer_at(sink, tmp_path, max_spool_bytes=1_000)
