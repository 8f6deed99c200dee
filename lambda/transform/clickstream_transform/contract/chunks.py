"""Lines packed into records of bounded size, remembering where each came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from clickstream_transform.contract.put import CHUNK_BYTES


class Chunk:
    """One record to put, and the owners of what is in it."""

    __slots__ = ("data", "lines", "owners")

    def __init__(self, header: bytes) -> None:
        self.data = bytearray(header)
        self.owners: list[int] = []
        self.lines = 0


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
