"""Orders instead of clicks: a schema of the team's own, and a function of one event that makes the rows."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from cdk_clickstream import ApiAuth, ClickstreamPipeline, EventSchema, Transform

HERE = Path(__file__).parent


class Orders(cdk.Stack):
    """The function is `examples/functions/order.py`."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        ClickstreamPipeline(
            self,
            "Events",
            auth=ApiAuth.api_key(),
            schema=EventSchema.from_file(HERE / "schemas" / "order.schema.json"),
            transform=Transform.per_event(HERE / "functions" / "order.py"),
        )


def build(app: cdk.App) -> None:
    """Put the example's stacks into an app."""
    Orders(app, "Orders")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
