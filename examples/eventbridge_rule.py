"""Orders of an event bus beside the clicks of the shop, in one table."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from cdk_clickstream import ApiAuth, ClickstreamPipeline, Source


class ShopAndOrders(cdk.Stack):
    """The rule makes a click event of each order, with a name and what the schema has columns for."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        ClickstreamPipeline(
            self,
            "Events",
            auth=ApiAuth.public(reason="Visitors of the shop are not signed in."),
            source=Source.eventbridge_rule(
                events.EventPattern(source=["shop.orders"], detail_type=["OrderPlaced"]),
                members={
                    "event_name": "order_placed",
                    "event_id": "$.id",
                    "client_time": "$.time",
                    "user_id": "$.detail.customer_id",
                    "value": "$.detail.total",
                },
            ),
        )


def build(app: cdk.App) -> None:
    """Put the example's stacks into an app."""
    ShopAndOrders(app, "ShopAndOrders")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
