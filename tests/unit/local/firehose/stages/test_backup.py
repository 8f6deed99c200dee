"""Source backup (facts/firehose.md#backup)."""

from __future__ import annotations

from support.local_firehose import BACKUP, LocalFirehose


def test_the_backup_holds_every_record_as_it_was_received(local: LocalFirehose) -> None:
    """facts/firehose.md#backup: before any processing, with its own prefix and compression."""
    local.function("return answer(record, b'changed') if data != b'bad' else answer(record, b'', 'Dropped')")
    local.stream(**BACKUP, ProcessingConfiguration=local.processing())
    local.deliver(b"one\n", b"bad", b"two\n")
    assert local.bodies("raw/") == [b"one\nbadtwo\n"]
    assert local.bodies("data/") == [b"changedchanged"]


def test_a_backup_that_is_not_enabled_writes_nothing(local: LocalFirehose) -> None:
    local.stream(**BACKUP | {"S3BackupMode": "Disabled"})
    local.deliver(b"x")
    assert local.keys("raw/") == []
