"""Source backup: every record as Firehose received it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import aws_cdk as cdk
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_clickstream._identity import key_behind
from cdk_clickstream._validation import amount, check_range, checked, refuse
from cdk_clickstream.delivery.buffering import BufferingHints
from cdk_clickstream.delivery.delivery_role import DeliveryRole
from cdk_clickstream.delivery.destination import S3Destination
from cdk_clickstream.delivery.folders import Folders
from cdk_clickstream.delivery.partitioning import check_unpartitioned
from cdk_clickstream.formats.output_format import Compression
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.storage.encryption import Encryption


@checked
@dataclass(frozen=True)
class SourceBackup:
    """Every record as received, also those that are dropped or fail later.

    A one-way door: backup can be switched on for an existing stream, never off (facts/firehose.md#backup). Backups
    hold raw IP
    addresses and whole payloads, so they expire.
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html

    Parameters
    ----------
    prefix:
        Of the objects; outside the data prefix, or Athena reads them as rows.
        Default: ``backup/dt=!{timestamp:yyyy-MM-dd}/``, of a pipeline with a ``folder`` below ``backup/<folder>/``.
    buffering:
        1..128 MiB and 60..900 s. Default: 5 MiB, 300 s.
    compression:
        Of the objects. Default: GZIP.
    bucket:
        An existing bucket for backups alone, such as one that fewer people may read. Default: the data's.
    key:
        KMS key of the backups. Default: that of the data.
    expire_after:
        Days until a backup is deleted, at least 1. A bucket that is passed in, to the pipeline or here, keeps its own
        lifecycle rules, so there this must stay unset. Default: 30 days in the pipeline's own bucket.
    """

    prefix: S3Prefix | None = None
    buffering: BufferingHints = field(default_factory=BufferingHints)
    compression: Compression = Compression.GZIP
    bucket: s3.IBucket | None = None
    key: kms.IKey | None = None
    expire_after: cdk.Duration | None = None

    def __post_init__(self) -> None:
        self.effective_prefix.check_as_data_prefix("backup.prefix")
        check_unpartitioned("backup.prefix", self.effective_prefix)
        self.resolve_buffering()
        if self.key is not None:
            object.__setattr__(self, "key", key_behind("backup.key", self.key))
        if self.expire_after is not None:
            days = amount("backup.expire_after", self.expire_after, "days")
            check_range("backup.expire_after", days, 1, 3650, "days", "choose whole days")

    @property
    def effective_prefix(self) -> S3Prefix:
        """Prefix of the objects."""
        return self.prefix or Folders().backup

    def with_folders(self, folders: Folders) -> SourceBackup:
        """Return the same, in a pipeline's own folder unless it has been told where."""
        return replace(self, prefix=self.prefix or folders.backup)

    def resolve_buffering(self) -> tuple[int, int]:
        """Return (MiB, seconds), checked. Zero buffering is not available for the backup.

        Source: facts/firehose.md#buffering.
        """
        return self.buffering.resolve("backup.buffering", shortest_interval=60)

    @property
    def longest_wait(self) -> int:
        """Seconds that a record waits at most."""
        return self.resolve_buffering()[1]

    @property
    def shared_folders(self) -> list[str]:
        """The folder of the backups, if they lie beside the data under the same key."""
        return [] if self.bucket or self.key else [self.effective_prefix.folder]

    def check(self, data: S3Destination, *, transforms_records: bool) -> None:
        """Refuse a backup of records that nothing changes, and one whose objects are among others."""
        if not transforms_records:
            refuse(
                "backup",
                "given",
                "Firehose backs up only what a transform or a conversion changes",
                "drop it: the delivered objects are the records as received",
            )
        if self.effective_bucket(data).bucket_name != data.bucket.bucket_name:
            return
        prefix = self.effective_prefix
        for option, other in (("prefix", data.prefix), ("error_prefix", data.error_prefix)):
            if prefix.overlaps(other):
                refuse(
                    "backup.prefix",
                    prefix.text,
                    f"overlaps {option} {other.text!r}, so that backups are read as its objects",
                    "give each its own folder, or the backup its own bucket",
                )

    def bind(
        self,
        role: DeliveryRole,
        logging: firehose.CfnDeliveryStream.CloudWatchLoggingOptionsProperty,
        *,
        data: S3Destination,
        encryption: Encryption,
    ) -> firehose.CfnDeliveryStream.S3DestinationConfigurationProperty:
        """Let the role write the backups, unless that of the data may already, and return their destination."""
        bucket = self.effective_bucket(data)
        destination = S3Destination(
            bucket=bucket,
            prefix=self.effective_prefix,
            # Nothing fails on the way to the backup, yet a prefix with expressions needs one
            # (facts/firehose.md#prefixes).
            error_prefix=data.error_prefix,
            buffering=self.resolve_buffering(),
            compression=self.compression,
            key=self.key or encryption.object_key_in(bucket),
        )
        if not self.shared_folders:
            destination.grant_write(role, [self.effective_prefix.folder], sid="Backup")
        return firehose.CfnDeliveryStream.S3DestinationConfigurationProperty(**destination.bind(role, logging))

    def effective_bucket(self, data: S3Destination) -> s3.IBucket:
        """Return where backups go."""
        return self.bucket or data.bucket
