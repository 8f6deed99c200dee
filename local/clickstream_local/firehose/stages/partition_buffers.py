"""The buffers of active partitions: one for each, with the destination's hints.

Source: facts/firehose.md#buffering, #dynamic-partitioning.
"""

from __future__ import annotations

from collections.abc import Callable

from clickstream_local.firehose.config.partitioning import Partition
from clickstream_local.firehose.stages.buffer import Buffer


class PartitionBuffers:
    """A partition is active from its first record until its buffer is delivered.

    Parameters
    ----------
    limit
        How many may be active at a time.
    new_buffer
        Makes the buffer of a partition.
    """

    def __init__(self, limit: int, new_buffer: Callable[[Partition], Buffer]) -> None:
        self._limit = limit
        self._new_buffer = new_buffer
        self._active: dict[str, Buffer] = {}
        self._under_way: dict[str, int] = {}

    @property
    def buffers(self) -> list[Buffer]:
        """The buffers of the active partitions."""
        return list(self._active.values())

    @property
    def count(self) -> int:
        """The number of active partitions."""
        return len(self._active)

    def find(self, partition: Partition) -> Buffer | None:
        """The buffer of a partition; none when one more would be too many."""
        buffer = self._active.get(partition.group)
        if buffer is None and len(self._active) < self._limit:
            buffer = self._active[partition.group] = self._new_buffer(partition)
        return buffer

    def delivery_began(self, partition: Partition) -> None:
        """A delivery of the partition begins."""
        self._under_way[partition.group] = self._under_way.get(partition.group, 0) + 1

    def delivery_ended(self, partition: Partition) -> None:
        """A delivery of the partition ended; a partition without records is no longer active."""
        unfinished = self._under_way.get(partition.group, 1) - 1
        if unfinished:
            self._under_way[partition.group] = unfinished
            return
        self._under_way.pop(partition.group, None)
        if not self._active[partition.group].records:
            del self._active[partition.group]
