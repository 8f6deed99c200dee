from __future__ import annotations

from typing import Any

import aws_cdk as cdk

from cdk_clickstream import Retention
from support.stacks import Synthesized, pipeline


def rules(found: Synthesized) -> list[dict[str, Any]]:
    configuration = found.only("AWS::S3::Bucket", "PipelineBucket5")["LifecycleConfiguration"]["Rules"]
    return [rule for rule in configuration if "Prefix" in rule]


def test_events_are_kept_and_errors_and_backups_are_not(reference: Synthesized) -> None:
    days = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules(reference)}
    assert days == {"errors/": 90, "backup/": 30}


def test_events_and_errors_go_when_they_are_told_to_with_their_old_versions() -> None:
    found = rules(pipeline(retention=Retention(events=cdk.Duration.days(395), errors=cdk.Duration.days(7))))
    days = {
        rule["Prefix"]: (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
        for rule in found
    }
    assert days == {"errors/": (7, 1), "events/": (395, 1), "backup/": (30, 1)}


def test_events_and_nothing_else_move_between_access_tiers() -> None:
    tiered = [rule for rule in rules(pipeline(retention=Retention(intelligent_tiering=True))) if "Transitions" in rule]
    assert [(rule["Prefix"], rule["Transitions"]) for rule in tiered] == [
        ("events/", [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}])
    ]
