"""Folders in the bucket of a pipeline."""

from __future__ import annotations

import aws_cdk as cdk

from cdk_clickstream._validation import refuse
from cdk_clickstream.delivery.backup import SourceBackup
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.storage.retention import Retention

ERRORS = "errors/"
"""Failed records and rejected events, with raw payloads."""

REJECTED = "errors/rejected/"
"""Events that broke the schema, in a format of their own."""

_BACKUP_DAYS = 30


def default_error_prefix() -> S3Prefix:
    """Return a folder per kind of failure, and one per day below it."""
    return S3Prefix(f"{ERRORS}!{{firehose:error-output-type}}/dt=!{{timestamp:yyyy-MM-dd}}/")


def expirations(prefix: S3Prefix, retention: Retention, backup: SourceBackup | None) -> dict[str, cdk.Duration]:
    """Return the folders of a pipeline's own bucket whose objects expire."""
    found = {ERRORS: retention.errors}
    if retention.events is not None:
        found[prefix.folder] = retention.events
    if backup is not None and backup.bucket is None:
        found[backup.prefix.folder] = backup.expire_after or cdk.Duration.days(_BACKUP_DAYS)
    return found


def check_folders(prefix: S3Prefix, error_prefix: S3Prefix) -> None:
    """Keep errors out of the table's folder, and in the folder whose objects expire."""
    if not error_prefix.folder.startswith(ERRORS):
        refuse(
            "error_prefix",
            error_prefix.text,
            f"is not below {ERRORS!r}, where objects with raw payloads expire",
            f"begin it with {ERRORS!r}",
        )
    if error_prefix.folder.startswith(REJECTED):
        refuse(
            "error_prefix",
            error_prefix.text,
            f"lies in {REJECTED!r}, where rejected events go in a format of their own",
            f"give failed records another folder below {ERRORS!r}",
        )
    if prefix.folder.startswith(ERRORS) or ERRORS.startswith(prefix.folder):
        refuse(
            "prefix",
            prefix.text,
            f"overlaps {ERRORS!r}, or Athena reads failed records as rows",
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
        f"leave it out and expire {backup.prefix.folder!r} on the bucket",
    )
