"""One Kinesis data stream: shards that divide the hash keys among them (facts/kinesis.md#put-records)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from clickstream_local.common.model import KinesisStream
from clickstream_local.kinesis.shard import Shard

MAX_HASH_KEY = 2**128 - 1
_HOUR_SECONDS = 3600


class DataStream:
    """A stream of the template, with a fixed number of shards."""

    def __init__(self, stream: KinesisStream, *, limited: bool, clock: Callable[[], float]) -> None:
        self.name = stream.name
        self.arn = stream.arn
        self.logical_id = stream.logical_id
        self.on_demand = stream.on_demand
        self.retention_hours = stream.retention_hours
        self.max_record_kib = stream.max_record_kib
        self.created = clock()
        width = (MAX_HASH_KEY + 1) // stream.shard_count
        self.shards = [
            Shard(
                number,
                (number * width, MAX_HASH_KEY if number == stream.shard_count - 1 else (number + 1) * width - 1),
                retention_seconds=stream.retention_hours * _HOUR_SECONDS,
                limited=limited,
                clock=clock,
            )
            for number in range(stream.shard_count)
        ]

    def shard_for(self, partition_key: str, explicit_hash_key: int | None) -> Shard:
        """The shard whose hash keys hold the MD5 of a partition key, or the hash key that is given instead."""
        hash_key = explicit_hash_key
        if hash_key is None:
            digest = hashlib.md5(partition_key.encode(), usedforsecurity=False).digest()
            hash_key = int.from_bytes(digest, "big")
        width = (MAX_HASH_KEY + 1) // len(self.shards)
        return self.shards[min(hash_key // width, len(self.shards) - 1)]

    def shard(self, shard_id: str) -> Shard | None:
        """The shard of an id."""
        return next((shard for shard in self.shards if shard.id == shard_id), None)
