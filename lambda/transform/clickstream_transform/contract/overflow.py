"""Records whose rows do not fit into the reply: split into smaller records that are requeued into the stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from clickstream_transform.contract.put import CHUNK_BYTES
from clickstream_transform.errors import UndecodableRecordError
from clickstream_transform.records.envelope import Envelope

MAX_EVENTS = 500
"""Events in a record that is requeued."""

MAX_GROWTH = 8
"""Bytes that may be requeued for each byte of a record: a log event repeats all that its document says of the log."""


class Chunk:
    """One record to put, and the owners of what is in it."""

    __slots__ = ("data", "lines", "owners")

    def __init__(self, header: bytes) -> None:
        self.data = bytearray(header)
        self.owners: list[int] = []
        self.lines = 0


def own_stream(event: Mapping[str, Any]) -> str | None:
    """The name of the delivery stream that a batch came from, None where PutRecord does not work on it.

    That is so with a Kinesis or MSK source. The name is taken from the event, because a function whose configuration
    named its stream could not be created before it.
    """
    if any(name in event for name in ("sourceKinesisStreamArn", "sourceMSKArn")):
        return None
    arn = event.get("deliveryStreamArn")
    if not isinstance(arn, str):
        return None
    _, mark, name = arn.partition(":deliverystream/")
    return name if mark and name else None


def split(envelope: Envelope, owner: int, token: str | None) -> list[Chunk]:
    """The events of a record as records of at most 500 events and 250 kB, one attempt further.

    Their context lines carry what the endpoint knew, the first time of receipt included, and the position of each
    event, so that ids derived from it stay the same; and the token by which they are believed.

    Raises
    ------
    UndecodableRecordError
        They would be more than ``MAX_GROWTH`` times the record.
    """
    if envelope.rows is None:
        kind, lines = "split", (envelope.raw(index) for index in range(envelope.events.count))
    else:
        kind, lines = "transformed", (line for line in envelope.rows.split(b"\n") if line)
    known = {"attempt": envelope.attempt + 1} | ({"token": token} if token else {})
    return pack(
        ((owner, line + b"\n") for line in _bounded(lines, MAX_GROWTH * envelope.size)),
        max_lines=MAX_EVENTS,
        header=lambda index: envelope.context_line(kind, index, **known),
    )


def _bounded(lines: Iterable[bytes], most: int) -> Iterator[bytes]:
    for line in lines:
        most -= len(line)
        if most < 0:
            raise UndecodableRecordError("overflow")
        yield line


def pack(
    lines: Iterable[tuple[int, bytes]],
    *,
    max_lines: int | None = None,
    header: Callable[[int], bytes] = lambda index: b"",
) -> list[Chunk]:
    """Pack lines, each given with its owner, into chunks of at most 250 kB and ``max_lines``.

    A line that is longer stands alone. ``header(index)`` begins each chunk, ``index`` being that of its first line.
    """
    chunks: list[Chunk] = []
    for index, (owner, line) in enumerate(lines):
        chunk = chunks[-1] if chunks else None
        if chunk is None or len(chunk.data) + len(line) > CHUNK_BYTES or chunk.lines == max_lines:
            chunk = Chunk(header(index))
            chunks.append(chunk)
        chunk.data += line
        chunk.lines += 1
        if not chunk.owners or chunk.owners[-1] != owner:
            chunk.owners.append(owner)
    return chunks
