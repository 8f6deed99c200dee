"""The agent when something fails: faults of the service, kill -9 (facts/goals.md#producer, C1 to C3, C5, C9)."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest

from support.producer.agents import append, command, following, lines, numbers
from support.producer.events import wait_until
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
        wait_until(lambda: len(sink.events) == total, timeout=size(60, 1_800))
    tally("C9", events=total, lost=total - len(sink.events), copies=sink.copies())
    assert numbers(sink) == list(range(total))


def test_a_lost_answer_costs_copies_of_its_request_and_nothing_else(sink: Sink, folder: Path) -> None:
    sink.reset_after = 0.1  # C2
    (folder / "app.log").write_bytes(lines(*range(3000)))
    with following(sink, folder, chunk_bytes=10_000):
        wait_until(lambda: len(sink.events) == 3000, timeout=60)
    assert sink.copies() <= sink.reset_events.total()


def test_an_outage_is_waited_out_with_few_requests(sink: Sink, folder: Path) -> None:
    sink.down = True  # C3, in small
    (folder / "app.log").write_bytes(lines(*range(100)))
    with following(sink, folder, chunk_bytes=1_000):
        time.sleep(3)
        attempts = len(sink.attempts)
        sink.down = False
        wait_until(lambda: len(sink.events) == 100, timeout=40)
    assert attempts <= 20
    assert numbers(sink) == list(range(100))


def test_killed_at_any_moment_no_line_is_lost(sink: Sink, tally: Tally, folder: Path, tail: list[str]) -> None:
    # C5 and C9: a writer that rotates by rename, and kill -9 in between.
    chance = random.Random(5)
    sink.latency = 0.02
    requests: list[list[bytes]] = []  # the lines of each
    sink.refuse = lambda records: requests.append(b"".join(records).splitlines())
    written = threading.Event()
    total = 0
    rounds = size(2, 200)
    kills = 0
    under_way: set[int] = set()  # the last request before each kill

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
        running, before = command(sink, *tail), len(sink.requests)
        if kills % 5:  # the others while it starts
            wait_until(lambda before=before: len(sink.requests) > before, timeout=60)
        time.sleep(chance.random() * 0.5)
        running.kill()
        running.communicate()
        wait_until(lambda: len(requests) == len(sink.requests))
        under_way.add(len(requests) - 1)
        kills += 1
    writer.join()
    last = command(sink, *tail, "--once")
    _, errors = last.communicate(timeout=60)
    assert last.returncode == 0, errors
    # What a kill repeats is the one request whose answer was not saved, and nothing else.
    came = {line: number for number, request in enumerate(requests) for line in request}
    unexplained = [
        line
        for number, request in enumerate(requests)
        for line in request
        if came[line] != number and number not in under_way
    ]
    tally("C9", events=total, lost=total - len(sink.events), copies=len(unexplained), rounds=kills)
    assert set(numbers(sink)) == set(range(total))
    assert kills >= rounds
    assert unexplained == []
    assert all(len(set(request)) == len(request) for request in requests)
