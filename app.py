"""The reference app: one stack with one pipeline, made with nothing but defaults."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from cdk_clickstream import ApiAuth, ClickstreamPipeline


class ClickstreamStack(cdk.Stack):
    """A pipeline, and its names as outputs."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id, description="Click events from a website to a queryable lake")
        pipeline = ClickstreamPipeline(
            self,
            "Pipeline",
            auth=ApiAuth.public(reason="Browsers of visitors who are not signed in send the events."),
        )
        for name, value in {
            "EndpointUrl": pipeline.endpoint_url,
            "DeliveryStreamName": pipeline.delivery_stream.name,
            "RejectStreamName": pipeline.reject_stream.name,
            "BucketName": pipeline.bucket.bucket_name,
            "DatabaseName": pipeline.table.database_name,
            "TableName": pipeline.table.table_name,
        }.items():
            cdk.CfnOutput(self, name, value=value)


app = cdk.App()
ClickstreamStack(app, "Clickstream")
app.synth()
