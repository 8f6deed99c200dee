"""Records of a stream's source backup: what the rows that did not fit the table were made from."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from clickstream_local.failures.objects import unzipped
from clickstream_local.wire.firehose_client import MAX_RECORD_BYTES

_NAME_TIME = re.compile(r"-(\d{4}(?:-\d\d){5})-[0-9a-f-]{36}(?:\.|$)")
_SECOND = 1_000


def objects_of(files: Iterable[Path], arrivals: Iterable[int]) -> list[Path]:
    """The backup objects that hold the records which arrived then, in epoch milliseconds.

    An object is named after the arrival of its oldest record, to the second: it is the last one that is not younger.
    """
    begun = sorted((time, file) for file in files if (time := _time_of(file)) is not None)
    times = [time for time, _ in begun]
    wanted: set[int] = set()
    for arrival in arrivals:
        last = bisect_right(times, arrival) - 1
        if last < 0:
            continue
        wanted.add(times[last])
        before = bisect_left(times, times[last]) - 1
        if before >= 0 and arrival - times[last] < _SECOND:  # of one second, the object before has the first part
            wanted.add(times[before])
    return [file for time, file in begun if time in wanted]


def records_in(content: bytes) -> Iterator[bytes]:
    """The records in a backup object, which has nothing between them.

    A request ends with its boundary line. What else there is stays together, as far as it fits into one record.
    """
    bare: list[bytes] = []
    size = 0
    lines = iter(unzipped(content).splitlines(keepends=True))
    for line in lines:
        boundary = _boundary_of(line)
        if bare and (boundary is not None or size + len(line) > MAX_RECORD_BYTES):
            yield b"".join(bare)
            bare, size = [], 0
        if boundary is None:
            bare.append(line)
            size += len(line)
            continue
        request = [line]
        for more in lines:
            request.append(more)
            if more == boundary:
                break
        yield b"".join(request)
    if bare:
        yield b"".join(bare)


def _time_of(file: Path) -> int | None:
    found = _NAME_TIME.search(file.name)
    if found is None:
        return None
    return int(datetime.strptime(found[1], "%Y-%m-%d-%H-%M-%S").replace(tzinfo=UTC).timestamp() * 1000)


def _boundary_of(line: bytes) -> bytes | None:
    """The line that ends a record which begins with this context line; None where it is none of a request."""
    if b'"clickstream"' not in line or b'"boundary"' not in line:
        return None
    try:
        context = json.loads(line)
    except ValueError:
        return None
    boundary = context.get("boundary") if isinstance(context, dict) else None
    return f"{boundary}\n".encode() if isinstance(boundary, str) and boundary else None
