"""A lake that exists already, encrypted with the company's key, in a stack of its own; callers sign with IAM."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_clickstream import ApiAuth, ClickstreamPipeline, Encryption, EventBucket, Monitoring


class Lake(cdk.Stack):
    """What the platform team owns."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        self.key = kms.Key(self, "Key", enable_key_rotation=True)
        # A bucket that is passed in keeps its own lifecycle rules: expire what holds personal data here.
        self.bucket = EventBucket(
            self,
            "Bucket",
            key=self.key,
            expirations={"backup/": cdk.Duration.days(14), "errors/": cdk.Duration.days(30)},
        )


class Checkout(cdk.Stack):
    """What the checkout team owns."""

    def __init__(self, scope: Construct, id: str, *, lake: Lake) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        service = iam.Role(
            self,
            "Service",
            assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
            description="The service that reports what happens at the checkout",
        )
        pipeline = ClickstreamPipeline(
            self,
            "Events",
            auth=ApiAuth.iam(),
            bucket=lake.bucket,
            encryption=Encryption.kms(lake.key),
            monitoring=Monitoring(),
        )
        pipeline.api.grant_invoke(service)
        # Also past the endpoint, by the producer library; the rights on the key come with it.
        pipeline.grant_put_records(service)


def build(app: cdk.App) -> None:
    """Put the example's stacks into an app."""
    Checkout(app, "Checkout", lake=Lake(app, "Lake"))


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
