"""ORC for a warehouse that reads ORC best: read by Hive's SerDe, with Bloom filters, hourly partitions, local time."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from cdk_clickstream import (
    ApiAuth,
    BufferingHints,
    ClickstreamPipeline,
    InputFormat,
    OrcCompression,
    OutputFormat,
    S3Prefix,
)


class Warehouse(cdk.Stack):
    """The same events, other objects."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        ClickstreamPipeline(
            self,
            "Events",
            auth=ApiAuth.api_key(),
            output=OutputFormat.orc(
                compression=OrcCompression.ZLIB,
                stripe_size_mib=64,
                bloom_filter_columns=["anonymous_id", "session_id"],
                bloom_filter_false_positives=0.01,
            ),
            input_format=InputFormat.hive(),
            prefix=S3Prefix.hive("clicks", {"event_hour": "yyyy-MM-dd-HH"}),
            buffering=BufferingHints(cdk.Size.mebibytes(64), cdk.Duration.minutes(15)),
            time_zone="Europe/Vienna",
        )


def build(app: cdk.App) -> None:
    """Put the example's stacks into an app."""
    Warehouse(app, "Warehouse")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
