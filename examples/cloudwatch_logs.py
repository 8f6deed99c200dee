"""The log of a service as Parquet: a subscription filter sends it, the blueprint makes rows of its messages."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_clickstream import Blueprint, ClickstreamPipeline, S3Prefix, Source, Transform


class ServiceLog(cdk.Stack):
    """No endpoint: nobody but CloudWatch Logs sends to this pipeline."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        ClickstreamPipeline(
            self,
            "Log",
            auth=None,
            source=Source.cloudwatch_logs(
                logs.LogGroup.from_log_group_name(self, "Service", "/ecs/checkout"), extract_messages=False
            ),
            transform=Transform.blueprint(Blueprint.CLOUDWATCH_LOGS),
            prefix=S3Prefix.hive("logs"),
        )


def build(app: cdk.App) -> None:
    """Put the example's stacks into an app."""
    ServiceLog(app, "ServiceLog")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
