"""Memory and CPU time of the runtime and of its function processes, read from `/proc`."""

from __future__ import annotations

import os
import statistics
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """Resident memory in bytes and CPU seconds so far, and how many records were held at that moment."""

    runtime: int
    peak: int
    """The most that the runtime has held, between the samples, too."""
    functions: int
    runtime_cpu: float
    functions_cpu: float
    buffered: int


@dataclass(frozen=True)
class Spread:
    """The least, the middle and the most of some figures."""

    least: float
    median: float
    most: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        return cls(min(figures), statistics.median(figures), max(figures))


class Watch:
    """Takes a sample every so many seconds, in a thread, until it is stopped; prints each."""

    def __init__(self, pid: int, buffered: Callable[[], int], seconds: float) -> None:
        self.samples: list[Sample] = []
        self._pid = pid
        self._buffered = buffered
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            self.samples.append(self._sample())
            print(self.samples[-1], flush=True)

    def _sample(self) -> Sample:
        functions = _descendants(self._pid)
        return Sample(
            runtime=_resident(self._pid),
            peak=_peak(self._pid),
            functions=sum(map(_resident, functions)),
            runtime_cpu=_cpu(self._pid),
            functions_cpu=sum(map(_cpu, functions)),
            buffered=self._buffered(),
        )


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def _peak(pid: int) -> int:
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def _cpu(pid: int) -> float:
    fields = _stat(pid)
    return sum(map(int, fields[11:13])) / TICKS if fields else 0.0


def _stat(pid: int) -> list[str]:
    """The fields behind the command's name, which may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _descendants(pid: int) -> list[int]:
    parents = {int(path.name): _stat(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found, wanted = [], {pid}
    while wanted:
        wanted = {child for child, fields in parents.items() if fields and int(fields[1]) in wanted}
        found += wanted
    return found
