from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from cdk_clickstream import ApiAuth, ClickstreamPipeline, DeliveryStream, Retention, S3Prefix, SourceBackup
from cdk_clickstream.delivery.bucket_layout import Written
from support.stacks import new_stack, pipeline, pipeline_refusal, refusal


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


def test_data_where_backups_expire_are_refused() -> None:
    assert "objects of a pipeline's bucket expire" in pipeline_refusal(prefix=S3Prefix("backup/events/"), backup=False)


def test_the_backups_of_all_pipelines_expire_in_the_bucket_of_one() -> None:
    """The bucket may be passed to others, whose folders lie beside."""
    found = pipeline(folder="app").only("AWS::S3::Bucket", "PipelineBucket5BC3F8EA")["LifecycleConfiguration"]
    assert [rule["Prefix"] for rule in found["Rules"] if "Prefix" in rule] == ["errors/", "backup/"]


def _written(option: str, text: str) -> Written:
    return Written(option, S3Prefix(text), rows=option == "prefix")


KINDS = "errors/!{firehose:error-output-type}/"
YEARS = "backup/!{timestamp:yyyy}/"


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (("prefix", "events/"), ("prefix", "events/"), True),
        (("prefix", "events/"), ("prefix", "events/app/"), True),
        (("prefix", "events/"), ("prefix", "events-app/"), False),
        # Of rows nothing else may lie in their folder, whatever its name begins with.
        (("prefix", "events/a=!{timestamp:yyyy}/"), ("prefix", "events/b=!{timestamp:yyyy}/"), True),
        (("prefix", "errors/app/"), ("error_prefix", KINDS), False),
        (("prefix", "errors/"), ("error_prefix", KINDS), True),
        # No kind of failure is called so.
        (("error_prefix", KINDS), ("error_prefix", "errors/app/"), False),
        (
            ("error_prefix", KINDS),
            ("error_prefix", "errors/processing-failed/"),
            True,
        ),
        (
            ("backup.prefix", "backup/dt=!{timestamp:yyyy}/"),
            ("backup.prefix", "backup/app/dt=!{timestamp:yyyy}/"),
            False,
        ),
        (("backup.prefix", "backup/"), ("backup.prefix", "backup/app/dt=!{timestamp:yyyy}/"), True),
        # A year is four digits.
        (("backup.prefix", YEARS), ("backup.prefix", "backup/app/"), False),
        (("backup.prefix", YEARS), ("backup.prefix", "backup/2026/"), True),
    ],
)
def test_prefixes_overlap_where_objects_of_one_may_lie_among_those_of_the_other(
    one: tuple[str, str], other: tuple[str, str], overlap: bool
) -> None:
    assert _written(*one).overlaps(_written(*other)) is overlap
    assert _written(*other).overlaps(_written(*one)) is overlap


def _two(first: dict[str, Any], second: dict[str, Any]) -> None:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Lake", "lake")
    for name, options in (("Web", first), ("App", second)):
        ClickstreamPipeline(stack, name, auth=ApiAuth.iam(), bucket=bucket, **options)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({}, {}, "prefix='events/event_date=!{timestamp:yyyy-MM-dd}/': overlaps prefix 'events/"),
        ({}, {"prefix": S3Prefix.hive("app")}, "error_prefix='errors/!{firehose:error-output-type}/"),
        ({"folder": "app"}, {"folder": "app"}, "prefix='app/events/"),
        (
            {},
            {"folder": "app", "backup": SourceBackup(prefix=S3Prefix("backup/dt=!{timestamp:yyyy}/"))},
            "backup.prefix=",
        ),
    ],
)
def test_a_second_pipeline_among_the_objects_of_the_first_is_refused_with_the_way_out(
    first: dict[str, Any], second: dict[str, Any], said: str
) -> None:
    message = refusal(lambda: _two(first, second))
    assert message.startswith(said)
    assert "of Test/Web/Stream, which writes into the same bucket" in message
    assert "folder=" in message


def test_a_pipeline_with_a_folder_lies_beside_one_that_was_there_alone() -> None:
    _two({}, {"folder": "app"})


def test_a_stream_among_the_objects_of_a_pipeline_is_refused() -> None:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Lake", "lake")
    ClickstreamPipeline(stack, "Web", auth=ApiAuth.iam(), bucket=bucket)
    assert "of Test/Web/Stream" in refusal(
        lambda: DeliveryStream(stack, "Raw", bucket=bucket, prefix=S3Prefix("events/"))
    )
