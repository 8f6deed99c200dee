"""Events pass a Kinesis stream, so that other consumers read them within a second, and the lake later."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from cdk_clickstream import ApiAuth, ClickstreamPipeline, Encryption, Source


class Realtime(cdk.Stack):
    """The endpoint puts into the Kinesis stream, from which Firehose reads."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        ClickstreamPipeline(
            self,
            "Events",
            auth=ApiAuth.api_key(),
            source=Source.kinesis(retention=cdk.Duration.days(3)),
            encryption=Encryption.kms(),
        )


def build(app: cdk.App) -> None:
    """Put the example's stacks into an app."""
    Realtime(app, "Realtime")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
