"""What a case cost its process: CPU, time, memory."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Started:
    """Bytes resident, CPU seconds and the clock, before the run."""

    resident: int
    cpu: float
    wall: float


def measure(run: Callable[[], dict[str, float] | None]) -> None:
    """Run a case that is ready to send, print its costs as a line of JSON, and end the process."""
    started = ready()
    finish(started, run() or {})


def ready() -> Started:
    """What is so before the first event."""
    before = resident()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the imports
    return Started(before, cpu_seconds(), time.perf_counter())


def finish(started: Started, found: dict[str, float] | None = None) -> None:
    """Print what came of it. The process ends at once: what some libraries do at exit takes seconds."""
    wall, cpu = time.perf_counter() - started.wall, cpu_seconds() - started.cpu
    growth = (resident("VmHWM") - started.resident) / 1e6
    print(json.dumps({"wall": wall, "cpu": cpu, "growth": growth, **(found or {})}), flush=True)
    os._exit(0)


def cpu_seconds() -> float:
    """CPU of this process and its children so far, user and system."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def resident(line: str = "VmRSS") -> int:
    """Bytes of this process in memory; ``VmHWM`` is the most since the peak was cleared."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{line}:")[1].split()[0]) * 1_024
