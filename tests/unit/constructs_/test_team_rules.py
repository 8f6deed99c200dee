"""Defaults that a team injects into the constructs of its app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from cdk_clickstream import ApiAuth, ClickstreamPipeline
from support.stacks import CONTEXT, Synthesized


class _Defaults:
    """Puts a team's values in the place of what a construct was given."""

    def __init__(self, construct: str, **values: Any) -> None:
        self._construct = construct
        self._values = values

    @property
    def construct_unique_id(self) -> str:
        return self._construct

    def inject(self, original_props: Mapping[str, Any], *, id: str, scope: Any) -> Any:  # noqa: A002 - the CDK's name
        return {**original_props, **self._values}


def injected(construct: str, **values: Any) -> Synthesized:
    injector = jsii.implements(cdk.IPropertyInjector)(_Defaults)(construct, **values)
    stack = cdk.Stack(cdk.App(context=CONTEXT, property_injectors=[injector]), "Test")
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.iam())
    return Synthesized(stack)


def test_a_teams_defaults_reach_log_groups() -> None:
    found = injected(logs.LogGroup.PROPERTY_INJECTION_ID, retention=logs.RetentionDays.ONE_WEEK)
    groups = found.of_type("AWS::Logs::LogGroup").values()
    assert {one["Properties"]["RetentionInDays"] for one in groups} == {7}


def test_a_teams_defaults_reach_the_event_bucket_and_leave_its_own_settings() -> None:
    found = injected(s3.Bucket.PROPERTY_INJECTION_ID, transferAcceleration=True)
    bucket = found.of_type("AWS::S3::Bucket")["PipelineBucket5BC3F8EA"]["Properties"]
    assert bucket["AccelerateConfiguration"] == {"AccelerationStatus": "Enabled"}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
