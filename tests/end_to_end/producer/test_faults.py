"""An exception at each point of input and output, of a kind that was foreseen there or not: no event is lost by it.

The points are found by running once without a fault. Whatever is added to the package is among them.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from clickstream_producer import InvalidOption, Producer
from clickstream_producer.cli.main import main
from support.producer.events import assert_adds_up, event
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
        with suppress(OSError, UnforeseenError):  # the interpreter would end with 1
            return main(["send", str(file), *where, "--no-progress", "--resume", str(tmp_path / state)])
        return 1

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
