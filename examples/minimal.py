"""The least that a pipeline takes: visitors of a shop send clicks."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from cdk_clickstream import ApiAuth, ClickstreamPipeline


class Shop(cdk.Stack):
    """One pipeline with nothing but defaults."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        pipeline = ClickstreamPipeline(
            self, "Clicks", auth=ApiAuth.public(reason="Visitors of the shop are not signed in.")
        )
        cdk.CfnOutput(self, "Endpoint", value=pipeline.events_url)


def build(app: cdk.App) -> None:
    """Put the example's stacks into an app."""
    Shop(app, "Shop")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
