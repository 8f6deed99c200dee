"""The stream of rejected events."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream.delivery.buffering import BufferingHints
from cdk_clickstream.delivery.delivery_stream import DeliveryStream
from cdk_clickstream.delivery.folders import Folders
from cdk_clickstream.delivery.permissions import Permissions
from cdk_clickstream.formats.output_format import Compression, OutputFormat
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.storage.encryption import Encryption


def reject_stream(
    scope: Construct,
    *,
    bucket: s3.IBucket,
    folders: Folders,
    encryption: Encryption,
    permissions: Permissions,
    log_group: logs.ILogGroup | None,
    log_retention: logs.RetentionDays,
    removal_policy: cdk.RemovalPolicy,
) -> DeliveryStream:
    """Make the small second stream of a pipeline: what its transform rejects, with the reasons, as JSON lines."""
    return DeliveryStream(
        scope,
        "RejectStream",
        bucket=bucket,
        prefix=S3Prefix(f"{folders.rejected}dt=!{{timestamp:yyyy-MM-dd}}/"),
        # Nothing fails on the way of this stream, yet a prefix with expressions demands an error prefix.
        error_prefix=S3Prefix(f"{folders.rejected}undelivered/!{{firehose:error-output-type}}/"),
        output=OutputFormat.raw(compression=Compression.GZIP),
        buffering=BufferingHints(interval=cdk.Duration.seconds(60)),
        encryption=encryption.of_rejected(),
        permissions=permissions,
        log_group=log_group,
        log_retention=log_retention,
        removal_policy=removal_policy,
    )
