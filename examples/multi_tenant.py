"""Each tenant's events in a folder of their own, by dynamic partitioning: of services, and of the sites of visitors.

Partition keys are taken per record. Services send one event a request, and jq takes the key from the event. A page
sends several events a request: the bundled transform gives the record what its events share. Both let known tenants
through and nobody else: each value is a partition, and a stream has 500 of them at a time.
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
    RecordKey,
    S3Prefix,
    Transform,
)

TENANTS = ("acme", "globex", "initech")


class Usage(cdk.Stack):
    """One pipeline for the services of all tenants."""

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


class Sites(cdk.Stack):
    """One pipeline for the sites of all tenants, whose pages name the site in ``app_id``."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        ClickstreamPipeline(
            self,
            "Clicks",
            auth=ApiAuth.public(reason="Visitors of the sites are not signed in."),
            transform=Transform.click(partition_keys={"site": RecordKey.event("app_id", TENANTS)}),
            partitioning=DynamicPartitioning.from_lambda(["site"]),
            prefix=S3Prefix.hive("clicks", {"site": PartitionKey.from_lambda("site"), "event_date": "yyyy-MM-dd"}),
            queries=Queries(),
        )


def build(app: cdk.App) -> None:
    """Put the example's stacks into an app."""
    Usage(app, "Usage")
    Sites(app, "Sites")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
