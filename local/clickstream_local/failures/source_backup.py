"""Records of a stream's source backup: what the rows that did not fit the table were made from."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from clickstream_local.failures.objects import unzipped
from clickstream_local.s3.store import StoreError
from clickstream_local.wire.firehose_client import MAX_RECORD_BYTES

_NAME_TIME = re.compile(r"-(\d{4}(?:-\d\d){5})-[0-9a-f-]{36}(?:\.|$)")
_SECOND = 1_000
_GZIP_RECORD = b"\x1f\x8b\x08"
_CHUNK_BYTES = 1 << 14


def objects_of(files: Iterable[Path], arrivals: Iterable[int]) -> list[Path]:
    """The backup objects that hold the records which arrived then, in epoch milliseconds.

    An object is named after the arrival of its oldest record, to the second: it is the last one that is not younger.
    """
    begun = sorted((time, file) for file in files if (time := time_begun(file.name)) is not None)
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


def time_begun(key: str) -> int | None:
    """When the oldest record of an object arrived, in epoch milliseconds to the second, by its name; None without."""
    found = _NAME_TIME.search(key)
    if found is None:
        return None
    return int(datetime.strptime(found[1], "%Y-%m-%d-%H-%M-%S").replace(tzinfo=UTC).timestamp() * 1000)


def content_of(body: bytes, key: str) -> bytes:
    """The records of a backup object, whatever it is compressed by, and those inflated that are gzip themselves.

    What a log group sends is, and what some producers put.

    Raises
    ------
    StoreError
        If it is compressed by Snappy, which nothing here reads, or broken.
    """
    if key.endswith((".snappy", ".hsnappy")):
        raise StoreError(f"{key} is compressed by Snappy, which is not read here: compress the backup by GZIP or ZIP")
    try:
        if key.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                body = b"".join(archive.read(name) for name in archive.namelist())
        body = unzipped(body)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise StoreError(f"{key} cannot be read: {error}") from None
    return b"".join(_inflated_records(body))


def records_in(content: bytes, tokens: Collection[str] = ()) -> Iterator[bytes]:
    """The records in a backup object, which has nothing between them.

    A request ends with its boundary line. What else there is stays together, as far as it fits into one record. With
    tokens, a line that is not believed by any begins a request only where it takes in none of those that are: what a
    stranger had put by a producer may look like one.
    """
    lines = unzipped(content).splitlines(keepends=True)
    ends = _ends_of_requests(lines, tokens)
    bare: list[bytes] = []
    size = place = 0
    while place < len(lines):
        end = ends.get(place)
        if bare and (end is not None or size + len(lines[place]) > MAX_RECORD_BYTES):
            yield b"".join(bare)
            bare, size = [], 0
        if end is None:
            bare.append(lines[place])
            size += len(lines[place])
            place += 1
            continue
        yield b"".join(lines[place:end])
        place = end
    if bare:
        yield b"".join(bare)


def _inflated_records(body: bytes) -> Iterator[bytes]:
    """The pieces of a body: what is between records that are gzip as it is, those inflated."""
    place = 0
    while (begin := body.find(_GZIP_RECORD, place)) >= 0:
        yield body[place:begin]
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        pieces, place = [], begin
        try:
            while not inflater.eof and place < len(body):
                pieces.append(inflater.decompress(body[place : place + _CHUNK_BYTES]))
                place = min(place + _CHUNK_BYTES, len(body)) - len(inflater.unused_data)
        except zlib.error:  # three bytes that only look like the beginning of one
            place = begin + len(_GZIP_RECORD)
            pieces = [_GZIP_RECORD]
        yield b"".join(pieces)
    yield body[place:]


def _ends_of_requests(lines: Sequence[bytes], tokens: Collection[str]) -> dict[int, int]:
    """By the place of a context line, that behind its boundary line; behind all lines where it was cut off."""
    places: dict[bytes, list[int]] = {}
    for place, line in enumerate(lines):
        places.setdefault(line, []).append(place)
    requests = [(place, *found) for place, line in enumerate(lines) if (found := _request_in(line))]
    believed = [place for place, _, token in requests if not tokens or token in tokens]
    ends = {}
    for start, boundary, token in requests:
        closing = _following(places.get(boundary, []), start)
        if not tokens or token in tokens:
            ends[start] = len(lines) if closing is None else closing + 1
        elif closing is not None and closing < (_following(believed, start) or len(lines)):
            ends[start] = closing + 1
    return ends


def _following(places: Sequence[int], place: int) -> int | None:
    """The first of some places, in order, that is behind a place."""
    found = bisect_right(places, place)
    return places[found] if found < len(places) else None


def _request_in(line: bytes) -> tuple[bytes, str | None] | None:
    """The line that ends a record which begins with this context line, and its token; None where none begins."""
    if b'"clickstream"' not in line or b'"boundary"' not in line:
        return None
    try:
        context = json.loads(line)
    except ValueError:
        return None
    boundary = context.get("boundary") if isinstance(context, dict) else None
    if not isinstance(boundary, str) or not boundary:
        return None
    token = context.get("token")
    return f"{boundary}\n".encode(), token if isinstance(token, str) else None
