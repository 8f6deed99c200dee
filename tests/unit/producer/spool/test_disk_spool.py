"""The durable spool: what it keeps, for whom, on a disk that is torn, full or failing, and within which bounds."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clickstream_producer import DropReason, FullPolicy, InvalidOption, Producer, SpoolBroken
from clickstream_producer._limits import SEGMENT_BYTES
from clickstream_producer.sending import sender
from clickstream_producer.spool import disk_spool, segment
from support.producer.events import MIB, assert_adds_up, event, wait_until
from support.producer.sink import Sink
from support.producer.spools import WRITER, producer_at, segments, stop


def test_what_close_could_not_send_is_sent_by_the_next_producer(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    lost: list[DropReason] = []
    producer = producer_at(sink, tmp_path, on_drop=lambda events, reason: lost.append(reason))
    producer.put_many(event(number) for number in range(1_000))
    result = stop(producer, 0.2)
    assert (result.sent, result.spooled, result.pending, result.dropped) == (0, 1_000, 0, 0)
    assert lost == []
    sink.down = False
    with producer_at(sink, tmp_path) as later:
        later.put(event(1_000))
        result = later.flush(10)
    assert (result.put, result.recovered, result.sent) == (1, 1_000, 1_001)
    assert_adds_up(later.stats())
    assert list(sink.events) == [event(number) for number in range(1_001)]
    assert sink.copies() == 0


def test_nothing_stays_on_the_disk_once_all_is_delivered(sink: Sink, tmp_path: Path) -> None:
    with producer_at(sink, tmp_path, when_full=FullPolicy.block(20)) as producer:
        producer.put_many(event(number) + b" " * 2_000 for number in range(10_000))  # more than two segments
        wait_until(lambda: producer.stats().sent == 10_000, 30)
        assert len(segments(tmp_path)) <= 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert sink.copies() == 0


def test_a_record_that_was_acknowledged_is_not_sent_again(sink: Sink, tmp_path: Path) -> None:
    producer = producer_at(sink, tmp_path, events_per_record=1)
    producer.put_many([b"1", b"2"])
    assert producer.flush(10).sent == 2
    sink.down = True
    producer.put(b"3")
    assert stop(producer).spooled == 1
    sink.down = False
    with producer_at(sink, tmp_path) as later:
        assert later.flush(10).recovered == 1
    assert sink.events == {b"1": 1, b"2": 1, b"3": 1}


def test_partition_keys_survive(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    producer = Producer(sink.target(kinesis=True), spool=tmp_path, retry_initial=0.01)
    producer.put(b"1", partition_key="k\u00e9y")
    producer.put(b"2")
    stop(producer)
    sink.down = False
    with Producer(sink.target(kinesis=True), spool=tmp_path) as later:
        assert later.flush(10).sent == 2
    assert sink.keys[0] == ("k\u00e9y", b"1\n")


def test_old_events_expire_by_the_wall_clock_across_processes(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    producer = producer_at(sink, tmp_path)
    producer.put(b"1")
    stop(producer, 0.05)
    time.sleep(0.3)
    sink.down = False
    with producer_at(sink, tmp_path, max_age=0.2) as later:
        result = later.flush(10)
    assert (result.recovered, result.dropped, result.sent) == (1, 1, 0)
    assert segments(tmp_path) == []


def test_events_of_the_largest_size_fit(sink: Sink, tmp_path: Path) -> None:
    big = [b'"%d%s"' % (number, b"x" * 1_023_990) for number in range(10)]
    with producer_at(sink, tmp_path) as producer:
        producer.put_many(big)
        assert producer.flush(20).sent == 10
    assert list(sink.events) == big


def test_a_living_process_keeps_what_is_its_own(sink: Sink, tmp_path: Path) -> None:
    first = producer_at(sink, tmp_path, linger=60)
    first.put(b"1")
    with producer_at(sink, tmp_path) as second:
        second.put(b"2")
        assert second.flush(10).recovered == 0
    assert sink.events == {b"2": 1}
    assert first.close().sent == 1


def test_records_never_reach_another_stream(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    producer = Producer(sink.target("one"), spool=tmp_path)
    producer.put(b"1")
    stop(producer)
    sink.down = False
    with Producer(sink.target("two"), spool=tmp_path) as other:
        other.put(b"2")
        assert other.flush(10).recovered == 0
    assert len(segments(tmp_path)) == 1


def test_a_forked_child_has_a_directory_of_its_own_and_leaves_the_parents_alone(sink: Sink, tmp_path: Path) -> None:
    producer = producer_at(sink, tmp_path, linger=60)
    producer.put(b"1")
    child = os.fork()
    if child == 0:
        producer.put(b"2")
        ok = producer.close(10).sent == 1
        os._exit(0 if ok else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert sink.events == {b"2": 1}
    assert producer.close().sent == 1
    assert sink.events == {b"1": 1, b"2": 1}


def test_a_child_that_lives_on_does_not_keep_the_lock_of_its_dead_parent(sink: Sink, tmp_path: Path) -> None:
    script = WRITER.split("number = start")[0] + (
        "import os, time\nproducer.put(b'1')\n"
        "if os.fork() == 0:\n    print(os.getpid(), flush=True)\n    time.sleep(60)\nos.kill(os.getpid(), 9)\n"
    )
    script = script.replace("linger=0.01", "linger=60")
    with subprocess.Popen(
        [sys.executable, "-c", script, sink.url, str(tmp_path), "0", "500"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        try:
            process.wait(10)
            with producer_at(sink, tmp_path) as later:
                assert later.flush(10).recovered == 1
        finally:
            os.kill(child, signal.SIGKILL)


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
    # A record whose header is right is counted; one whose header is gone cannot be.
    assert (result.dropped, lost) == ((0, []) if cut == "header" else (2, [([], DropReason.UNREADABLE)]))
    # The file is kept for whoever wants to look.
    assert [path.name for path in (tmp_path / "firehose-eu-central-1-clicks").iterdir()] == ["set-aside"]


def test_a_file_that_is_not_understood_is_set_aside_and_told(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    producer = producer_at(sink, tmp_path)
    producer.put(b"1")
    stop(producer)
    (segment,) = segments(tmp_path)
    segment.with_name("notes.txt").write_text("mine")
    segment.with_name("00000009.seg").write_text("CSF9")
    sink.down = False
    errors: list[Exception] = []
    with producer_at(sink, tmp_path, on_error=errors.append) as later:
        assert later.flush(10).sent == 1
    aside = sorted((tmp_path / "firehose-eu-central-1-clicks" / "set-aside").iterdir())
    assert sorted(path.name.split("-")[-1] for path in aside) == ["00000009.seg", "notes.txt"]
    assert {path.read_text() for path in aside} == {"mine", "CSF9"}
    said = " ".join(map(str, errors))
    assert "notes.txt" in said
    assert "00000009.seg" in said
    with producer_at(sink, tmp_path, on_error=errors.append) as third:
        third.flush(10)
    assert len(errors) == 3  # the damage, and each file that is kept; not again by the next process


def test_a_directory_without_its_lock_is_left_alone_and_told(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    producer = producer_at(sink, tmp_path)
    producer.put(b"1")
    stop(producer)
    (segment,) = segments(tmp_path)
    (segment.parent / "lock").unlink()
    sink.down = False
    errors: list[Exception] = []
    with producer_at(sink, tmp_path, on_error=errors.append) as later:
        assert later.flush(10).recovered == 0
    (error,) = errors
    assert "make an empty file `lock` there" in str(error)
    (segment.parent / "lock").touch()
    with producer_at(sink, tmp_path) as third:
        assert third.flush(10).sent == 1


@pytest.mark.parametrize("events_per_record", [1, 500])
@pytest.mark.parametrize("verb", ["put", "put_many"])
def test_a_segment_that_is_cut_short_while_it_is_written_costs_no_event(
    sink: Sink, tmp_path: Path, events_per_record: int, verb: str
) -> None:
    errors: list[Exception] = []
    with producer_at(
        sink, tmp_path, events_per_record=events_per_record, linger=60, on_error=errors.append
    ) as producer:
        producer.put(event(0))
        os.truncate(segments(tmp_path)[0], 0)
        for number in range(1, 1_000):
            if verb == "put":
                producer.put(event(number))
            elif number % 27 == 1:
                producer.put_many([event(one) for one in range(number, number + 27)])
        assert producer.flush(20).dropped == 0
        assert_adds_up(producer.stats())
    assert sink.events == {event(number): 1 for number in range(1_000)}
    assert "cut the file short" in str(errors[0])


@pytest.mark.parametrize("times", [2, 1_000])
def test_a_disk_that_cannot_be_read_costs_no_event_until_it_was_tried_often(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr(sender, "MAX_FAILED_READS", 3)
    sink.down = True
    producer = producer_at(sink, tmp_path)
    producer.put_many([b"1", b"2"])
    stop(producer)
    sink.down = False
    read, failing = segment.os.pread, [True] * times

    def fail(fd: int, length: int, offset: int) -> bytes:
        if length < SEGMENT_BYTES and failing:
            failing.pop()
            raise OSError(errno.EIO, "Input/output error")
        return read(fd, length, offset)

    errors: list[Exception] = []
    with producer_at(sink, tmp_path, on_error=errors.append) as later:
        monkeypatch.setattr(segment.os, "pread", fail)
        result = later.flush(30)
        monkeypatch.setattr(segment.os, "pread", read)
    assert "Input/output error" in str(errors[0])
    assert (result.sent, result.dropped) == ((2, 0) if times == 2 else (0, 2))
    kept = list((tmp_path / "firehose-eu-central-1-clicks").rglob("*.seg"))
    assert [path.parent.name for path in kept] == ([] if times == 2 else ["set-aside"])


@pytest.mark.parametrize("call", ["pwrite", "unlink"])
def test_a_disk_that_cannot_be_marked_is_told_and_what_was_sent_counts(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    errors: list[Exception] = []
    producer = producer_at(sink, tmp_path, on_error=errors.append)
    producer.put_many([b"1", b"2"])
    with monkeypatch.context() as patch:
        patch.setattr(segment.os, call, fail)
        assert producer.flush(20).sent == 2
        assert producer.close(10).complete
    assert_adds_up(producer.stats())
    wait_until(lambda: "a later process may repeat it" in " ".join(map(str, errors)))


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


def become_a_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("no directory")


def test_a_disk_that_fails_is_said_aloud_and_events_go_on_in_memory(sink: Sink, tmp_path: Path) -> None:
    errors: list[Exception] = []
    with Producer(sink.target(), spool=tmp_path / "spool", on_error=errors.append) as producer:
        become_a_file(tmp_path / "spool")
        producer.put_many(event(number) for number in range(100))
        assert producer.flush(10).sent == 100
    (error,) = errors
    assert isinstance(error, SpoolBroken)
    assert "Not a directory" in str(error)
    assert "events are kept in memory only" in str(error)
    assert sink.events == dict.fromkeys(map(event, range(100)), 1)


def test_without_a_disk_the_memory_bound_holds(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    producer = Producer(sink.target(), spool=tmp_path / "spool", max_buffer_bytes=MIB)
    become_a_file(tmp_path / "spool")
    while producer.put(b'"%s"' % (b"x" * 9_990)):
        pass
    assert producer.stats().pending_bytes <= MIB
    stop(producer, 0)


@pytest.mark.parametrize("events_per_record", [1, 500])
def test_a_disk_that_fails_for_a_while_costs_no_event_and_no_copy(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events_per_record: int
) -> None:
    monkeypatch.setattr(disk_spool, "RETRY_SECONDS", 0.0)
    reserve = segment._reserve
    failing = [True]

    def full(fd: int) -> None:
        if failing[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        reserve(fd)

    monkeypatch.setattr(segment, "_reserve", full)
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


def test_making_a_producer_leaves_no_file_on_the_disk(sink: Sink, tmp_path: Path) -> None:
    producer_at(sink, tmp_path / "spool")
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []


@pytest.mark.parametrize("path", ["file", "file/below", "link", "name" * 100])
def test_a_spool_that_cannot_be_written_is_told_when_the_producer_is_made(
    sink: Sink, tmp_path: Path, path: str
) -> None:
    (tmp_path / "file").write_text("no directory")
    (tmp_path / "link").symlink_to("link")
    with pytest.raises(InvalidOption, match=r"spool='.*' cannot be written .*: give a directory"):
        producer_at(sink, tmp_path / path)


def test_a_full_disk_is_no_reason_to_refuse_a_spool(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk_spool.tempfile, "TemporaryFile", full)
    with producer_at(sink, tmp_path) as producer:
        producer.put(b"1")
        assert producer.flush(10).sent == 1


def test_the_files_are_for_their_owner_only(sink: Sink, tmp_path: Path) -> None:
    producer = producer_at(sink, tmp_path / "spool", linger=60)
    producer.put(b"1")
    assert {path.stat().st_mode & 0o77 for path in (tmp_path / "spool").rglob("*")} == {0}
    assert segments(tmp_path)[0].stat().st_size == SEGMENT_BYTES
    producer.close()
