"""Each tenant's events in a folder of their own, by dynamic partitioning; services send one event a request.

Partition keys are taken per record, so this pipeline has no transform that packs events. The jq expression lets known
tenants through and nobody else: each value is a partition, and a stream has 500 of them at a time.
"""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from cdk_clickstream import (
    ApiAuth,
    ClickstreamPipeline,
    DynamicPartitioning,
    EventSchema,
    PartitionKey,
    Queries,
    S3Prefix,
    Transform,
)

TENANTS = ("acme", "globex", "initech")


class Usage(cdk.Stack):
    """One pipeline for all tenants."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        known = ",".join(f'"{tenant}"' for tenant in TENANTS)
        ClickstreamPipeline(
            self,
            "Events",
            auth=ApiAuth.iam(),
            schema=EventSchema.from_file(Path(__file__).parent / "schemas" / "usage.schema.json"),
            transform=Transform.none(),
            partitioning=DynamicPartitioning.jq(
                {"tenant": f'if .tenant_id | IN({known}) then .tenant_id else "unknown" end'}
            ),
            prefix=S3Prefix.hive(
                "usage",
                {"tenant": PartitionKey.jq("tenant", values=[*TENANTS, "unknown"]), "event_date": "yyyy-MM-dd"},
            ),
            queries=Queries(),
        )


def build(app: cdk.App) -> None:
    """Put the example's stacks into an app."""
    Usage(app, "Usage")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
