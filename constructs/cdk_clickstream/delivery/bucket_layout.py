"""Folders in the bucket of a pipeline, and of several pipelines that share one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream._claims import claims_of, identity_of
from cdk_clickstream._validation import refuse
from cdk_clickstream.delivery.backup import SourceBackup
from cdk_clickstream.delivery.folders import BACKUP, ERRORS, Folders
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.storage.retention import Retention

_BACKUP_DAYS = 30


@dataclass(frozen=True)
class Written:
    """What a stream writes into a bucket under the prefix of an option; ``rows`` are read by their whole folder."""

    option: str
    prefix: S3Prefix
    rows: bool = False

    def overlaps(self, other: Written) -> bool:
        """Whether objects of one may lie among those of the other."""
        beginnings = [(one.prefix.folder,) if one.rows else one.prefix.beginnings for one in (self, other)]
        return any(a.startswith(b) or b.startswith(a) for a, b in itertools.product(*beginnings))


def check_apart(scope: Construct, bucket: s3.IBucket, written: Iterable[Written]) -> None:
    """Refuse to write where another stream of the app does, in the same bucket however it was passed."""
    claims = claims_of(scope, "bucket", identity_of(scope, bucket.bucket_name))
    for one in written:
        for owner, other in claims:
            if owner is not scope and one.overlaps(other):
                refuse(
                    one.option,
                    one.prefix.text,
                    f"overlaps {other.option} {other.prefix.text!r} of {owner.node.path}, which writes into the same "
                    "bucket",
                    "give each pipeline of a bucket but one a folder= of its own; a delivery stream takes prefix=, "
                    "error_prefix= and SourceBackup(prefix=...)",
                )


def claim_folders(scope: Construct, bucket: s3.IBucket, written: Iterable[Written]) -> None:
    """Keep the other streams of the app from writing there."""
    written = list(written)
    check_apart(scope, bucket, written)
    claims_of(scope, "bucket", identity_of(scope, bucket.bucket_name)).extend((scope, one) for one in written)


def expirations(
    prefix: S3Prefix, retention: Retention, backup: SourceBackup | None, folders: Folders
) -> dict[str, cdk.Duration]:
    """Return the folders of a pipeline's own bucket whose objects expire."""
    found = {ERRORS: retention.errors}
    if retention.events is not None:
        found[prefix.folder] = retention.events
    if backup is not None and backup.bucket is None:
        written = backup.effective_prefix
        # Of the pipelines that are given this bucket later, too.
        folder = BACKUP if written == folders.backup else written.folder
        found[folder] = backup.expire_after or cdk.Duration.days(_BACKUP_DAYS)
    return found


def check_folders(prefix: S3Prefix, error_prefix: S3Prefix, folders: Folders) -> None:
    """Keep errors out of the table's folder, and in the folder whose objects expire."""
    if not error_prefix.folder.startswith(ERRORS):
        refuse(
            "error_prefix",
            error_prefix.text,
            f"is not below {ERRORS!r}, where objects with raw payloads expire",
            f"begin it with {ERRORS!r}",
        )
    if error_prefix.folder.startswith(folders.rejected):
        refuse(
            "error_prefix",
            error_prefix.text,
            f"lies in {folders.rejected!r}, where rejected events go in a format of their own",
            f"give failed records another folder below {ERRORS!r}",
        )
    if prefix.folder.startswith(ERRORS) or ERRORS.startswith(prefix.folder):
        refuse(
            "prefix",
            prefix.text,
            f"overlaps {ERRORS!r}, or Athena reads failed records as rows",
            "give the data its own folder, such as 'events/'",
        )
    if prefix.folder.startswith(BACKUP):
        refuse(
            "prefix",
            prefix.text,
            f"is below {BACKUP!r}, where objects of a pipeline's bucket expire",
            "give the data its own folder, such as 'events/'",
        )


def check_expiry(retention: Retention | None, backup: SourceBackup | None, *, own_bucket: bool) -> None:
    """Refuse an expiry in a bucket whose lifecycle rules are somebody else's."""
    if retention is not None and not own_bucket:
        refuse(
            "retention",
            "given",
            "a bucket that is passed in keeps its own lifecycle rules",
            "leave it out and set the rules on the bucket",
        )
    if backup is None or backup.expire_after is None or (own_bucket and backup.bucket is None):
        return
    refuse(
        "backup.expire_after",
        backup.expire_after.to_human_string(),
        "a bucket that is passed in keeps its own lifecycle rules",
        f"leave it out and expire {backup.effective_prefix.folder!r} on the bucket",
    )
