"""When something fails: faults of the service, kill -9, signals (producers.md, section 7, C1 to C3, C5, C9)."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from support.producer.agents import agent, append, command, following, lines, numbers, wait_for
from support.producer.sink import Sink
from support.producer.soak import Tally, size


@pytest.fixture
def tail(sink: Sink, folder: Path) -> list[str]:
    """Arguments of the command that follows the folder's files."""
    return [
        *("tail", f"{folder}/app.log*", "--stream", "clicks", "--linger", "50ms", "--statistics", "0s"),
        *("--checkpoints", str(folder.parent / "state" / "checkpoints.db"), "--shutdown-timeout", "5s"),
    ]


def test_with_faults_of_every_kind_each_line_arrives_once(sink: Sink, tally: Tally, folder: Path) -> None:
    # C1: partial failures, throttling, errors and resets before the request was recorded: no line missing, no copy.
    total = size(3_000, 200_000)
    sink.partial, sink.throttle, sink.error, sink.reset_before = 0.1, 0.1, 0.1, 0.1
    (folder / "app.log").write_bytes(lines(*range(total)))
    with following(sink, folder, chunk_bytes=size(10_000, 100_000), record_bytes=1_000):
        wait_for(lambda: len(sink.events) == total, timeout=size(60, 1_800))
    tally("C9", events=total, lost=total - len(sink.events), copies=sink.copies())
    assert numbers(sink) == list(range(total))


def test_a_lost_answer_costs_copies_of_its_request_and_nothing_else(sink: Sink, folder: Path) -> None:
    sink.reset_after = 0.1  # C2
    (folder / "app.log").write_bytes(lines(*range(3000)))
    with following(sink, folder, chunk_bytes=10_000):
        wait_for(lambda: len(sink.events) == 3000, timeout=60)
    assert sink.copies() <= sink.reset_events.total()


def test_an_outage_is_waited_out_with_few_requests(sink: Sink, folder: Path) -> None:
    sink.down = True  # C3, in small
    (folder / "app.log").write_bytes(lines(*range(100)))
    with following(sink, folder, chunk_bytes=1_000):
        time.sleep(3)
        attempts = len(sink.attempts)
        sink.down = False
        wait_for(lambda: len(sink.events) == 100, timeout=40)
    assert attempts <= 20
    assert numbers(sink) == list(range(100))


def test_a_stream_that_refuses_is_asked_again_and_nothing_is_given_up(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink.refuse = lambda records: (400, "ResourceNotFoundException", "Firehose clicks under account 1 not found.")
    file = folder / "app.log"
    file.write_bytes(lines(*range(50)))
    with following(sink, folder):
        wait_for(lambda: "the stream refuses" in caplog.text)
        append(file, lines(50))
        sink.refuse = lambda records: None
        wait_for(lambda: len(sink.events) == 51)
    assert numbers(sink) == list(range(51))
    assert "Firehose clicks under account 1 not found." in caplog.text


def test_once_does_not_wait_for_a_stream_that_refuses(sink: Sink, folder: Path) -> None:
    sink.refuse = lambda records: (400, "AccessDeniedException", "no")
    (folder / "app.log").write_bytes(lines(1))
    assert agent(sink, folder).run(once=True) == 1
    sink.refuse = lambda records: None
    assert agent(sink, folder).run(once=True) == 0
    assert numbers(sink) == [1]


def test_what_is_not_acknowledged_when_it_stops_is_sent_at_the_next_start(sink: Sink, folder: Path) -> None:
    sink.down = True
    (folder / "app.log").write_bytes(lines(1, 2))
    stopped = agent(sink, folder)
    threading.Timer(0.3, stopped.stop).start()
    start = time.monotonic()
    assert stopped.run() == 1
    assert time.monotonic() - start < 10  # shutdown_timeout, and a little
    sink.down = False
    with following(sink, folder):
        wait_for(lambda: numbers(sink) == [1, 2])


def test_an_error_that_nobody_foresaw_ends_the_agent_and_not_only_its_flow(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # producers.md, section 3: the tailer thread of the Kinesis Agent died silently before 2.0.12.
    def broken(line: str) -> str:
        raise ZeroDivisionError

    (folder / "app.log").write_bytes(lines(1))
    assert agent(sink, folder, steps=(broken,)).run() == 1
    assert "stopped by an error; the agent ends" in caplog.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_answers_under_way(
    sink: Sink, folder: Path, tail: list[str], number: signal.Signals
) -> None:
    sink.latency = 0.3
    file = folder / "app.log"
    file.write_bytes(lines(1, 2))
    first = command(sink, *tail)
    wait_for(lambda: sink.requests)
    first.send_signal(number)
    _, errors = first.communicate(timeout=20)
    assert first.returncode == 0, errors
    assert "2 lines read (116 bytes), 2 acknowledged in 1 requests" in errors
    append(file, lines(3))
    second = command(sink, *tail, "--once")
    assert second.wait(20) == 0
    assert numbers(sink) == [1, 2, 3]


def test_killed_at_any_moment_no_line_is_lost(sink: Sink, tally: Tally, folder: Path, tail: list[str]) -> None:
    # C5 and C9: a writer that rotates by rename, and kill -9 in between.
    chance = random.Random(5)
    sink.latency = 0.02
    written = threading.Event()
    total = 0
    rounds = size(2, 200)
    kills = 0

    def write() -> None:
        nonlocal total
        file = folder / "app.log"
        while kills < rounds or total < 4_000:
            number = total
            append(file, lines(number))
            total += 1
            if number % 1000 == 999:
                file.rename(folder / f"app.log.{number}")
            time.sleep(0.0006)
        written.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not written.is_set():
        running = command(sink, *tail)
        time.sleep(0.6 + chance.random() * 0.5)
        running.kill()
        running.communicate()
        kills += 1
    writer.join()
    last = command(sink, *tail, "--once")
    _, errors = last.communicate(timeout=60)
    assert last.returncode == 0, errors
    # What a kill can repeat is the one chunk without a saved answer: here one request, no more.
    allowed = kills * max(record.count(b"\n") for record in sink.records)
    lost = total - len(sink.events)
    tally("C9", events=total, lost=lost, copies=max(0, sink.copies() - allowed), rounds=kills)
    assert set(numbers(sink)) == set(range(total))
    assert kills >= rounds
    assert sink.copies() <= allowed


def test_the_command_says_where_it_starts_and_what_it_did(sink: Sink, folder: Path, tail: list[str]) -> None:
    (folder / "app.log").write_bytes(lines(1) + b"no json\n")
    done: subprocess.Popen[str] = command(sink, *tail, "--once")
    _, errors = done.communicate(timeout=20)
    assert f"{folder}/app.log is read from byte 0 on" in errors
    assert "1 lines read (58 bytes), 1 acknowledged in 1 requests, 0 left out, 1 invalid" in errors
