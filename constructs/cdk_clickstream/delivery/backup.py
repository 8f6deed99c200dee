"""Backup of the records as they were received."""

from __future__ import annotations

from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_clickstream._validation import check_range
from cdk_clickstream.delivery.buffering import BufferingHints
from cdk_clickstream.delivery.partitioning import check_unpartitioned
from cdk_clickstream.formats.output_format import Compression
from cdk_clickstream.partitions.prefix import S3Prefix


@dataclass(frozen=True)
class SourceBackup:
    """Every record as received, also those that are dropped or fail later.

    A one-way door: backup can be switched on for an existing stream, never off (aws-facts 8.1). Backups hold raw IP
    addresses and whole payloads, so they expire.

    Parameters
    ----------
    prefix:
        Where the objects lie; outside the data prefix, or Athena would read them as rows.
        Default: ``backup/dt=!{timestamp:yyyy-MM-dd}/``.
    buffering:
        1..128 MiB and 60..900 s. Default: 5 MiB, 300 s.
    compression:
        Of the objects. Default: GZIP.
    bucket:
        An existing bucket of their own, such as one that fewer people may read. Default: the data's.
    key:
        What encrypts them. Default: what encrypts the data.
    expire_after:
        Days until a backup is deleted, at least 1. A bucket that is passed in, to the pipeline or here, keeps its own
        lifecycle rules, so there this must stay unset. Default: 30 days in the pipeline's own bucket.
    """

    prefix: S3Prefix = field(default_factory=lambda: S3Prefix("backup/dt=!{timestamp:yyyy-MM-dd}/"))
    buffering: BufferingHints = field(default_factory=BufferingHints)
    compression: Compression = Compression.GZIP
    bucket: s3.IBucket | None = None
    key: kms.IKey | None = None
    expire_after: cdk.Duration | None = None

    def __post_init__(self) -> None:
        """Check prefix, buffering and expiry."""
        self.prefix.check_as_data_prefix("backup.prefix")
        check_unpartitioned("backup.prefix", self.prefix)
        self.resolve_buffering()
        if self.expire_after is not None:
            check_range("backup.expire_after", self.expire_after.to_days(), 1, 3650, "days", "choose whole days")

    def resolve_buffering(self) -> tuple[int, int]:
        """Return (MiB, seconds), checked. Zero buffering is not available for the backup (aws-facts 2.1)."""
        return self.buffering.resolve("backup.buffering", shortest_interval=60)

    def effective_bucket(self, data: s3.IBucket) -> s3.IBucket:
        """Return where the backups lie, given the bucket of the data."""
        return self.bucket or data

    def effective_key(self, object_key: kms.IKey | None, data: s3.IBucket) -> kms.IKey | None:
        """Return what encrypts the backups, given the key that was chosen for objects and the bucket of the data."""
        return self.key or object_key or self.effective_bucket(data).encryption_key

    @property
    def longest_wait(self) -> int:
        """Seconds that a record waits at most."""
        return self.resolve_buffering()[1]
