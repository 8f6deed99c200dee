"""One shard: retention and bounds (facts/kinesis.md#put-records)."""

from __future__ import annotations

from clickstream_local.kinesis.shard import BYTES_PER_READ, HELD_BYTES, Shard


class Clock:
    """Seconds that a test moves."""

    now = 1_795_262_400.0

    def __call__(self) -> float:
        return self.now


def shard(clock: Clock, retention: float = 3600) -> Shard:
    return Shard(0, (0, 1), retention_seconds=retention, limited=False, clock=clock)


def test_records_expire_after_the_retention() -> None:
    clock = Clock()
    kept = shard(clock)
    kept.put(b"old", "k")
    clock.now += 3601
    kept.put(b"new", "k")
    assert [record.data for record in kept.read(0, 10).records] == [b"new"]


def test_the_memory_of_a_shard_is_bounded() -> None:
    kept = shard(Clock())
    for _ in range(HELD_BYTES // 1_000_000 + 10):
        kept.put(bytes(1_000_000), "k")
    assert kept.oldest > 0
    assert kept.latest - kept.oldest <= HELD_BYTES // 1_000_000


def test_a_read_holds_at_most_ten_mebibytes() -> None:
    kept = shard(Clock())
    for _ in range(12):
        kept.put(bytes(1024 * 1024), "k")
    batch = kept.read(0, 100)
    assert len(batch.records) == BYTES_PER_READ // (1024 * 1024)
    assert len(kept.read(batch.next_position, 100).records) == 2
