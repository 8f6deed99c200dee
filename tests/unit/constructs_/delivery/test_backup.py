from __future__ import annotations

import pytest

from cdk_clickstream import OutputFormat, S3Prefix, SourceBackup, TableReference
from support.stacks import Synthesized, destination_of, stream_refusal

TABLE = TableReference("clicks", "events")


def test_the_backup_is_compressed_and_lies_apart(reference: Synthesized) -> None:
    found = destination_of(reference)
    backup = found["S3BackupConfiguration"]
    assert found["S3BackupMode"] == "Enabled"
    assert backup["Prefix"] == "backup/dt=!{timestamp:yyyy-MM-dd}/"
    assert backup["CompressionFormat"] == "GZIP"
    assert backup["BufferingHints"] == {"SizeInMBs": 5, "IntervalInSeconds": 300}


def test_a_backup_of_what_nothing_changes_is_refused() -> None:
    """facts/firehose.md#backup: available with Lambda transform or conversion."""
    assert "backs up only what" in stream_refusal(backup=SourceBackup())


@pytest.mark.parametrize("prefix", ["backup/", "backup/events/!{timestamp:yyyy}/"])
def test_a_backup_inside_the_datas_folder_is_refused(prefix: str) -> None:
    message = stream_refusal(output=OutputFormat.parquet(), table=TABLE, prefix=S3Prefix(prefix), backup=SourceBackup())
    assert "overlaps prefix" in message


def test_a_backup_inside_the_errors_folder_is_refused() -> None:
    backup = SourceBackup(prefix=S3Prefix("errors/backup/"))
    assert "overlaps error_prefix" in stream_refusal(output=OutputFormat.parquet(), table=TABLE, backup=backup)
