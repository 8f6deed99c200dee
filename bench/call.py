"""What one invocation of the click transform takes: reply, memory and processor time: ``python -m bench call``.

Each case runs in a process of its own: a batch of the named size twice, because the first call compiles and fills the
caches. ``growth`` is the reply against the buffer, which may be 4.5 at 1 MiB (facts/firehose.md#function-calls).
Lambda gives a function
one processor at 1,769 MiB and a share of it below: the last columns are the time of a call and the part of its memory
that it uses at 512 MiB, the default.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator

from transform import Context, click_harness, request, shapes, to_batches, workload

MIB = 1 << 20
MEMORY = 512
WHOLE_PROCESSOR = 1_769
"""MiB of memory at which a function has one whole processor."""


def page_views(size: int) -> list[bytes]:
    """Requests of one page view each, with everything that a tracker sends."""
    return list(until(iter(shapes(workload(10_000))["requests of 1"]), size))


def smallest(size: int) -> list[bytes]:
    """Requests of one smallest event each, whose row is many times as large."""
    agent = workload(1)[0][2]
    records = (request(number, [({"event_name": "click"}, "203.0.113.9", agent)]) for number in range(1_000_000))
    return list(until(records, size))


def packed(size: int) -> list[bytes]:
    """Smallest events by the hundred: what grows most."""
    agent = workload(1)[0][2]
    visits = [({"event_name": "click"}, "203.0.113.9", agent)] * 100
    return list(until((request(number, visits) for number in range(1_000_000)), size))


def rejected(size: int) -> list[bytes]:
    """Events that are all rejected, by the thousand, until an invocation rejects no more."""
    return list(until((b'{"a":1}\n' * 1_000 for _ in range(1_000_000)), size))


def compressed(size: int) -> list[bytes]:
    """Gzip that inflates up to the bound of a call: four records of 16 MiB."""
    text = b"[" + b",".join([b'{"event_name":"click","page_title":"%b"}' % (b"x" * 1_900)] * 8_000) + b"]"
    return [gzip.compress(text, 9)] * 4


def until(records: Iterator[bytes], size: int) -> Iterator[bytes]:
    for record in records:
        size -= len(record)
        if size < 0:
            return
        yield record


CASES: list[tuple[str, Callable[[int], list[bytes]], int]] = [
    ("page views, 1 MiB (the default)", page_views, MIB),
    ("page views, 3 MiB (the most)", page_views, 3 * MIB),
    ("smallest events, one a request, 1 MiB", smallest, MIB),
    ("smallest events, 100 a request, 1 MiB", packed, MIB),
    ("only rejected events, 1 MiB", rejected, MIB),
    ("gzip up to the bound of a call", compressed, MIB),
]


def measured(make: Callable[[int], list[bytes]], size: int) -> tuple[int, float, float, float]:
    """Records, growth, seconds of processor time and MiB of memory at the most."""
    records = make(size)
    (event,) = to_batches(records, len(records))
    harness = click_harness(overflow="fail")
    for _ in range(2):
        start = time.process_time()
        reply = harness.handle(event, Context())
        seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return len(records), len(json.dumps(reply)) / size, seconds, memory


def main() -> None:
    """Print the table."""
    print(f"{'batch':42}{'records':>9}{'growth':>8}{'CPU s':>8}{'MiB':>7}{f's at {MEMORY} MiB':>14}{'of memory':>11}")
    for name, make, size in CASES:
        with multiprocessing.get_context("spawn").Pool(1) as process:
            records, growth, seconds, memory = process.apply(measured, (make, size))
        slower = seconds * WHOLE_PROCESSOR / MEMORY
        print(
            f"{name:42}{records:>9,}{growth:>8.1f}{seconds:>8.2f}{memory:>7.0f}{slower:>14.1f}{memory / MEMORY:>11.0%}"
        )


if __name__ == "__main__":
    main()
