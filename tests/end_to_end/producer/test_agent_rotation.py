"""Random lives of a log: appended to, cut in the middle of lines, renamed, copied and truncated, compressed, while the
agent comes and goes (facts/goals.md#producer, C9)."""

from __future__ import annotations

import gzip
import random
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clickstream_producer.agent import Agent
from support.producer.agents import agent, append, lines, numbers
from support.producer.events import wait_until
from support.producer.sink import Sink
from support.producer.soak import Tally, size

ROUNDS = size(4, 200)

STEPS = 40


class Life:
    """A log, its writer, its rotation, and the agent on it."""

    def __init__(self, sink: Sink, folder: Path, chance: random.Random) -> None:
        self.sink, self.folder, self.chance = sink, folder, chance
        self.file = folder / "app.log"
        self.file.touch()
        self.written = 0
        self.rest = b""
        self.running: tuple[Agent, threading.Thread, list[int]] | None = None

    def append(self) -> None:
        count = self.chance.randrange(1, 6)
        append(self.file, self.rest + lines(*range(self.written, self.written + count)))
        self.rest = b""
        self.written += count

    def append_half_a_line(self) -> None:
        if not self.rest:
            line = lines(self.written)
            self.written += 1
            cut = self.chance.randrange(1, len(line))
            append(self.file, line[:cut])
            self.rest = line[cut:]

    def finish_line(self) -> None:
        if self.rest:
            append(self.file, self.rest)
            self.rest = b""

    def rename(self) -> None:
        self.finish_line()
        if self.file.stat().st_size:
            self.shift()
            self.file.rename(self.folder / "app.log.1")
            self.file.touch()

    def copy_and_truncate(self) -> None:
        self.finish_line()
        if self.file.stat().st_size:
            self.shift()
            shutil.copyfile(self.file, self.folder / "app.log.1")
            with self.file.open("r+b") as log:
                log.truncate(0)

    def shift(self) -> None:
        for number in range(STEPS, 0, -1):
            for ending in ("", ".gz"):
                old = self.folder / f"app.log.{number}{ending}"
                if old.exists():
                    old.rename(self.folder / f"app.log.{number + 1}{ending}")

    def compress(self) -> None:
        plain = [path for path in sorted(self.folder.glob("app.log.*")) if path.suffix != ".gz"]
        if plain and self.running:
            self.caught_up()
            path = self.chance.choice(plain)
            Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()

    def caught_up(self) -> None:
        wait_until(lambda: len(self.sink.events) >= self.written - bool(self.rest))

    def start_or_stop(self) -> None:
        if self.running is None:
            options = {"chunk_bytes": self.chance.choice([500, 5_000, 1_000_000])}
            # The end of each run has to be a clean one, however busy the machine is.
            started, status = agent(self.sink, self.folder, shutdown_timeout=15, **options), []
            thread = threading.Thread(target=lambda: status.append(started.run()), daemon=True)
            thread.start()
            self.running = (started, thread, status)
        else:
            started, thread, status = self.running
            started.stop()
            thread.join(20)
            assert status == [0]
            self.running = None

    def wait(self) -> None:
        time.sleep(self.chance.random() * 0.1)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_whatever_happens_to_a_log_each_line_arrives_once(sink: Sink, tally: Tally, folder: Path, seed: int) -> None:
    life = Life(sink, folder, random.Random(seed))
    happenings: list[tuple[Callable[[], None], float]] = [
        (life.append, 6),
        (life.append_half_a_line, 2),
        (life.rename, 1.5),
        (life.copy_and_truncate, 1.5),
        (life.compress, 1),
        (life.start_or_stop, 2),
        (life.wait, 3),
    ]
    for happening in life.chance.choices(*zip(*happenings, strict=True), k=STEPS):
        happening()
    life.finish_line()
    if life.running is None:
        life.start_or_stop()
    life.caught_up()
    life.start_or_stop()
    tally("C9", events=life.written, lost=life.written - len(sink.events), copies=sink.copies())
    assert numbers(sink) == list(range(life.written))
