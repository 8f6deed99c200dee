"""Contents that were read in part and are no longer in their file: cut off by truncation, or gone with it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Set
from typing import Final

from clickstream_producer.agent.checkpoints import Position
from clickstream_producer.agent.content_index import ContentIndex
from clickstream_producer.agent.fingerprint import NOTHING, Fingerprint
from clickstream_producer.agent.rotated_copy import bytes_needed

_ANY: Final = b"any"
"""The beginning of all: the first bytes of what is gone are only known by their digest."""

_CUT_KEPT: Final = 3600.0
"""Seconds that a copy of what was cut off a file is looked for: compressing a large one takes a while."""


class FormerContents:
    """Positions without a file, until one is found that holds what was read before them."""

    def __init__(self) -> None:
        self._positions: dict[str, Position] = {}
        self._earlier: dict[str, Fingerprint] = {}
        self._index = ContentIndex()

    def add(self, position: Position, earlier: Fingerprint | None = None) -> None:
        """Take in a position.

        Parameters
        ----------
        position
            How far the content was read.
        earlier
            An earlier position in it. A copy that was made between the two is shorter than what was read.
        """
        self._positions[position.file] = position
        self._index.put(position.file, position.path, position.fingerprint, _ANY)
        if earlier is not None and 0 < earlier.length < position.offset:
            self._earlier[position.file] = earlier

    def remove(self, file: str) -> None:
        """Forget one."""
        self._positions.pop(file, None)
        self._earlier.pop(file, None)
        self._index.remove(file)

    @property
    def files(self) -> Set[str]:
        """What they are positions in."""
        return self._positions.keys()

    def expired(self) -> list[str]:
        """Give those that were cut off too long ago."""
        return [
            file
            for file, position in self._positions.items()
            if position.state == "cut" and time.time() - _cut_at(file) > _CUT_KEPT
        ]

    def find(self, path: str, descriptor: int) -> tuple[Position, int] | None:
        """Find the one whose content a file holds, and where the file goes on after what was read."""
        if not self._positions:
            return None
        size = os.fstat(descriptor).st_size
        whole = Fingerprint.read(descriptor, size)
        if whole is None:
            return None
        for file in self._index.candidates(path, whole, _ANY):
            position = self._positions[file]
            needed = 1 if path == position.path else bytes_needed(path, position.path)
            if needed is None or position.offset < needed or (needed > 1 and position.state != "cut"):
                continue  # of what is gone, only a file of the same name or family is expected to go on
            if position.fingerprint.is_of(descriptor):
                return position, position.offset
            earlier = self._earlier.get(file)
            if earlier is not None and size < position.offset and earlier.is_of(descriptor):
                return position, size
        return None

    def packed_in(self, path: str) -> Iterator[Position]:
        """Give those whose rest a compressed file may hold; of few others of its folder, only its content can tell."""
        for file in list(self._index.candidates(path, NOTHING, _ANY)):
            position = self._positions[file]
            needed = 1 if path == position.path else bytes_needed(path, position.path)
            if position.state != "finished" and needed is not None and position.offset >= needed:
                yield position

    def __bool__(self) -> bool:
        """Whether there is something to be looked for in compressed files."""
        return any(position.state != "finished" for position in self._positions.values())


def _cut_at(file: str) -> float:
    return int(file.rsplit(":", 1)[1]) / 1e9
