"""The reference stack: one pipeline, made with nothing but defaults.

``python -m cdk_clickstream.reference`` synthesizes it, as ``app.py`` does in a checkout.
"""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from cdk_clickstream.endpoint.access_log import AccessLog
from cdk_clickstream.endpoint.auth import ApiAuth
from cdk_clickstream.pipeline import ClickstreamPipeline


class ReferenceStack(cdk.Stack):
    """A pipeline, and its names as outputs. A team's own stack looks like this one.

    Context ``access-log`` (``cdk deploy -c access-log=true``) makes an access log, which needs API Gateway's logging
    role of the account and region; ``account-logging-role`` makes both: see :class:`~cdk_clickstream.AccessLog`.
    """

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id, description="Click events from a website to a queryable lake")
        self.pipeline = ClickstreamPipeline(
            self,
            "Pipeline",
            auth=ApiAuth.public(reason="Browsers of visitors who are not signed in send the events."),
            access_log=self._access_log(),
        )
        for name, value in {
            "EndpointUrl": self.pipeline.events_url,
            "DeliveryStreamName": self.pipeline.delivery_stream.name,
            "RejectStreamName": self.pipeline.reject_stream.name,
            "BucketName": self.pipeline.bucket.bucket_name,
            "DatabaseName": self.pipeline.table.database_name,
            "TableName": self.pipeline.table.table_name,
        }.items():
            cdk.CfnOutput(self, name, value=value)

    def _access_log(self) -> AccessLog | None:
        role, log = (
            self.node.try_get_context(name) in (True, "true") for name in ("account-logging-role", "access-log")
        )
        return AccessLog(account_role=role) if role or log else None


def main() -> None:
    """Synthesize the stack into the folder that ``CDK_OUTDIR`` names."""
    app = cdk.App()
    ReferenceStack(app, "Clickstream")
    app.synth()


if __name__ == "__main__":
    main()
