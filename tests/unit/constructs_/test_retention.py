"""How long a pipeline's own bucket and its logs keep things."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from cdk_clickstream import ApiAuth, ClickstreamPipeline, ConfigurationError, Retention
from support.stacks import Synthesized, new_stack


def made(**options: Any) -> Synthesized:
    stack = new_stack()
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.iam(), **options)
    return Synthesized(stack)


def rules(found: Synthesized) -> list[dict[str, Any]]:
    configuration = found.only("AWS::S3::Bucket", "PipelineBucket5")["LifecycleConfiguration"]["Rules"]
    return [rule for rule in configuration if "Prefix" in rule]


def test_events_are_kept_and_errors_and_backups_are_not(reference: Synthesized) -> None:
    days = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules(reference)}
    assert days == {"errors/": 90, "backup/": 30}


def test_events_and_errors_go_when_they_are_told_to_with_their_old_versions() -> None:
    found = rules(made(retention=Retention(events=cdk.Duration.days(395), errors=cdk.Duration.days(7))))
    days = {
        rule["Prefix"]: (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
        for rule in found
    }
    assert days == {"errors/": (7, 1), "events/": (395, 1), "backup/": (30, 1)}


def test_events_and_nothing_else_move_between_access_tiers() -> None:
    tiered = [rule for rule in rules(made(retention=Retention(intelligent_tiering=True))) if "Transitions" in rule]
    assert [(rule["Prefix"], rule["Transitions"]) for rule in tiered] == [
        ("events/", [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}])
    ]


@pytest.mark.parametrize("days", [0, 36_501])
@pytest.mark.parametrize("option", ["events", "errors"])
def test_a_time_outside_its_limits_is_refused(option: str, days: int) -> None:
    with pytest.raises(ConfigurationError, match=rf"retention\.{option}={days}: must be 1\.\.36500 days"):
        Retention(**{option: cdk.Duration.days(days)})


@pytest.mark.parametrize("days", [1, 36_500])
@pytest.mark.parametrize("option", ["events", "errors"])
def test_a_time_at_its_limits_is_not_refused(option: str, days: int) -> None:
    assert getattr(Retention(**{option: cdk.Duration.days(days)}), option).to_days() == days


def test_a_retention_for_somebody_elses_bucket_is_refused() -> None:
    lake = s3.Bucket.from_bucket_name(new_stack(), "Lake", "lake")
    with pytest.raises(ConfigurationError, match="retention='given': a bucket that is passed in keeps its own"):
        made(bucket=lake, retention=Retention())


def retentions(found: Synthesized) -> dict[str, int]:
    return {
        id_.removeprefix("Pipeline")[:-8]: one["Properties"]["RetentionInDays"]
        for id_, one in found.of_type("AWS::Logs::LogGroup").items()
    }


def test_each_log_has_its_own_time(reference: Synthesized) -> None:
    assert retentions(reference) == {
        "IngestAccessLog": 90,
        "RejectStreamErrorLogGroup": 90,
        "StreamErrorLogGroup": 90,
        "TransformLog": 30,
    }


def test_one_time_can_be_set_for_the_logs_of_streams_and_function() -> None:
    found = retentions(made(log_retention=logs.RetentionDays.ONE_WEEK))
    assert found == {
        "IngestAccessLog": 90,
        "RejectStreamErrorLogGroup": 7,
        "StreamErrorLogGroup": 7,
        "TransformLog": 7,
    }
