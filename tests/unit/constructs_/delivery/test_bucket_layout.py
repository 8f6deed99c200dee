from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from cdk_clickstream import Retention, S3Prefix, SourceBackup
from support.stacks import new_stack, pipeline_refusal


def test_data_below_errors_is_refused() -> None:
    assert "Athena reads failed records" in pipeline_refusal(prefix=S3Prefix.hive("errors/events"))


def test_errors_outside_their_folder_are_refused() -> None:
    assert "is not below 'errors/'" in pipeline_refusal(error_prefix=S3Prefix("failed/"))


def test_errors_among_rejected_events_are_refused() -> None:
    assert "rejected events go" in pipeline_refusal(
        error_prefix=S3Prefix("errors/rejected/!{firehose:error-output-type}/")
    )


def test_an_expiry_of_backups_in_someone_elses_bucket_is_refused() -> None:
    bucket = s3.Bucket.from_bucket_name(new_stack(), "Lake", "lake")
    message = pipeline_refusal(bucket=bucket, backup=SourceBackup(expire_after=cdk.Duration.days(7)))
    assert "keeps its own lifecycle rules" in message
    assert "'backup/'" in message


def test_a_retention_for_somebody_elses_bucket_is_refused() -> None:
    lake = s3.Bucket.from_bucket_name(new_stack(), "Lake", "lake")
    message = pipeline_refusal(bucket=lake, retention=Retention())
    assert "retention='given': a bucket that is passed in keeps its own" in message
