"""An exception at each point of input and output, of a kind that was foreseen there or not: no event is lost by it.

The points are found by running once without a fault. Whatever is added to the package is among them.
"""

from __future__ import annotations

import errno
import gzip
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from clickstream_producer import InvalidOption, Producer
from clickstream_producer.cli.main import main
from support.producer.agents import agent, append, following, lines, numbers
from support.producer.events import assert_adds_up, event, wait_until
from support.producer.faults import Faults, Point, injected
from support.producer.sink import Sink
from support.producer.soak import FULL, Tally
from support.producer.spools import producer_at, segments, stop

Error = Callable[[], BaseException]

LEFT = 40
PUT = 60


def eio() -> OSError:
    return OSError(errno.EIO, "Input/output error")


class UnforeseenError(Exception):
    """Of a class that no code here knows."""


def leave_behind(sink: Sink, path: Path) -> None:
    """A spool of a dead process, with a damaged segment and a file of another kind."""
    sink.down = True
    producer = producer_at(sink, path, events_per_record=10)
    producer.put_many([event(number) for number in range(LEFT)])
    stop(producer, 0)
    sink.down = False
    (segment,) = segments(path)
    segment.with_name("notes.txt").write_text("mine")
    segment.with_name("00000002.seg").write_text("no segment")


def put_all(sink: Sink, path: Path, client: object) -> set[bytes]:
    """One life of a producer; give back what was put with success."""
    taken: set[bytes] = set()
    try:
        target = sink.target(region=None, endpoint_url=None, credentials=None, client=client)
        producer = Producer(target, spool=path, retry_initial=0.01, linger=0.01, events_per_record=10)
    except (InvalidOption, OSError, UnforeseenError):
        return taken  # told when it is made: nothing was put
    numbers = iter(range(LEFT, LEFT + PUT))
    for number in numbers:
        try:
            if producer.put(event(number)):
                taken.add(event(number))
            if number == LEFT + 20:
                producer.flush(20)
            if number == LEFT + 30:
                several = [event(next(numbers)) for _ in range(15)]
                if producer.put_many(several) == 15:
                    taken.update(several)
        except (OSError, UnforeseenError):
            continue  # told to the caller, whose event it still is
    assert producer.flush(20).complete
    assert_adds_up(producer.stats())
    producer.close(20)
    assert_adds_up(producer.stats())
    return taken


def lost_at(faults: Faults, point: Point, error: Error, sink: Sink, path: Path, client: object) -> set[bytes]:
    """What did not arrive, neither from the life with the fault nor from the next one."""
    sink.events.clear()
    with faults.at(point, error):
        taken = put_all(sink, path, client)
    with producer_at(sink, path) as later:
        assert later.flush(20).complete
    assert_adds_up(later.stats())
    return ({event(number) for number in range(LEFT)} | taken) - sink.events.keys()


def test_an_exception_at_any_point_of_input_and_output_loses_no_event(sink: Sink, tally: Tally, tmp_path: Path) -> None:
    errors: list[Error] = [eio, UnforeseenError]
    leave_behind(sink, tmp_path / "left")
    client = sink.target().connect().client
    with injected() as faults:
        shutil.copytree(tmp_path / "left", tmp_path / "none")
        put_all(sink, tmp_path / "none", client)
        points = list(faults.points)
        assert {point.call for point in points} >= {"os.open", "mmap", "flock", "os.pread", "socket.sendall"}
        lost = {}
        for number, point in enumerate(points):
            for error in errors if FULL else [errors[number % 2]]:
                path = tmp_path / f"{number} {error.__name__}"
                shutil.copytree(tmp_path / "left", path)
                if missing := lost_at(faults, point, error, sink, path, client):
                    lost[f"{error.__name__} in {point}"] = len(missing)
    events = len(points) * (LEFT + PUT)
    tally("C8", events=events, lost=sum(lost.values()), copies=0, rounds=len(points))
    assert lost == {}


def test_an_exception_at_any_point_of_send_ends_it_with_another_code_than_0_or_costs_no_line(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"".join(event(number) + b"\n" for number in range(PUT)))

    def send(state: str) -> int:
        sink.events.clear()
        where = ["--stream", "clicks", "--region", "eu-central-1", "--endpoint-url", sink.url]
        arguments = ["send", str(file), *where, "--no-progress", "--resume", str(tmp_path / state)]
        return status_of(lambda: main(arguments))

    with injected() as faults:
        assert send("none") == 0
        rooms = ("cli/", "agent/")
        points = [point for point in faults.points if point.line.startswith(rooms)]
        assert {point.call for point in points} >= {"open", "flock", "sqlite3.execute"}
        silent = []
        for number, point in enumerate(points):
            with faults.at(point, [eio, UnforeseenError][number % 2]):
                if send(str(number)) == 0 and len(sink.events) < PUT:
                    silent.append(str(point))
    assert silent == []


class Logs:
    """A folder of logs that were read in part, and then rotated in several ways; a copy of it for each fault."""

    def __init__(self, sink: Sink, root: Path) -> None:
        self._sink = sink
        client = sink.target().connect().client
        target = sink.target(region=None, endpoint_url=None, credentials=None, client=client)
        self._options: dict[str, Any] = {"target": target, "chunk_bytes": 600}
        self._numbers = itertools.count()
        self._template = self._made(root / "template")
        before = {name: [next(self._numbers) for _ in range(12)] for name in ("moved", "copied", "packed")}
        for name, several in before.items():
            (self._template / f"{name}.log").write_bytes(lines(*several))
        assert self.run(self._template) == 0
        self._inodes = {path.stat().st_ino: path for path in self._template.iterdir()}
        self.unread: set[int] = set()
        for name in before:
            self._append(f"{name}.log")
        (self._template / "moved.log").rename(self._template / "moved.log.1")
        self._append("moved.log")
        shutil.copyfile(self._template / "copied.log", self._template / "copied.log.1")
        os.truncate(self._template / "copied.log", 0)
        self._append("copied.log")
        packed = self._template / "packed.log"
        (self._template / "packed.log.1.gz").write_bytes(gzip.compress(packed.read_bytes()))
        packed.unlink()
        self._append("fresh.log")

    def copy(self, root: Path) -> Path:
        """Make a folder like it, whose files have the positions of those that they are copies of."""
        folder = self._made(root)
        shutil.copytree(self._template.parent, root, dirs_exist_ok=True)
        names = {path.name: path.stat() for path in self._template.iterdir()}
        device = self._template.stat().st_dev
        with closing(sqlite3.connect(root / "state" / "checkpoints.db")) as database, database:
            database.execute(
                "UPDATE clickstream_file SET path = replace(cast(path AS TEXT), ?, ?)",
                (str(self._template), str(folder)),
            )
            for name, status in names.items():
                became = (folder / name).stat()
                database.execute(
                    "UPDATE clickstream_file SET file = ? WHERE file = ?",
                    (f"{became.st_dev}:{became.st_ino}", f"{device}:{status.st_ino}"),
                )
        return folder

    def run(self, folder: Path) -> int:
        """Send everything that is there; the exit status."""
        self._sink.events.clear()
        return agent(self._sink, folder, "*.log*", **self._options).run(once=True)

    def follow(self, folder: Path) -> None:
        """Follow the files until everything has arrived."""
        self._sink.events.clear()
        with following(self._sink, folder, "*.log*", **self._options):
            wait_until(lambda: len(self._sink.events) >= len(self.unread))

    def _append(self, name: str) -> None:
        several = [next(self._numbers) for _ in range(12)]
        append(self._template / name, lines(*several))
        self.unread.update(several)

    def _made(self, root: Path) -> Path:
        (root / "logs").mkdir(parents=True)
        return root / "logs"


def test_an_exception_at_any_point_of_the_agent_loses_no_line_and_repeats_none(
    sink: Sink, tally: Tally, tmp_path: Path
) -> None:
    logs = Logs(sink, tmp_path)
    unread = sorted(logs.unread)
    wrong: dict[str, object] = {}
    with injected() as faults:
        assert logs.run(logs.copy(tmp_path / "none")) == 0
        assert numbers(sink) == unread
        points = [point for point in faults.points if point.line.startswith("agent/")]
        assert {point.call for point in points} >= {"os.open", "os.pread", "os.stat", "os.listdir", "sqlite3.execute"}
        # Once, so that it goes on, and from then on for as long as it runs.
        cases = list(itertools.product([eio, UnforeseenError], [1, 1_000_000]))
        taken = itertools.cycle(cases)
        for number, point in enumerate(points):
            for error, times in cases if FULL else [next(taken)]:
                what = f"{number} {error.__name__} {times}"
                folder = logs.copy(tmp_path / what)
                with faults.at(point, error, times):
                    status = status_of(lambda folder=folder: logs.run(folder))
                first = numbers(sink)
                again = logs.run(folder)
                if again or sorted(first + numbers(sink)) != unread or (first != unread and status == 0):
                    wrong[f"{what} in {point}"] = (status, first, again, numbers(sink))
                if FULL and times == 1:
                    folder = logs.copy(tmp_path / f"{what} followed")
                    with faults.at(point, error):
                        logs.follow(folder)
                    if numbers(sink) != unread:
                        wrong[f"followed {what} in {point}"] = numbers(sink)
    tally("C9", events=len(points) * len(unread), lost=len(wrong), copies=0, rounds=len(points))
    assert wrong == {}


def status_of(run: Callable[[], int]) -> int:
    """The exit status that the interpreter would have."""
    with suppress(OSError, UnforeseenError):
        return run()
    return 1
