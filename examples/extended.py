"""A team's own pipeline: a subclass with a route, an alarm and a right more, and the parts changed where they must."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_clickstream import ApiAuth, ClickstreamPipeline, CorsOptions, Monitoring, Queries, Throttle


class TeamPipeline(ClickstreamPipeline):
    """What every pipeline of this company has."""

    def __init__(self, scope: Construct, id: str, *, origin: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(
            scope,
            id,
            auth=ApiAuth.public(reason="Visitors of the shop are not signed in."),
            cors=CorsOptions.origins(origin),
            throttle=Throttle(rate=200, burst=400),
            queries=Queries(bytes_scanned_limit=cdk.Size.gibibytes(20)),
            monitoring=Monitoring(),
        )
        self._add_version_route()
        self._add_silence_alarm()

    def _add_version_route(self) -> None:
        route = self.api.rest_api.root.add_resource("version").add_method(
            "GET",
            apigateway.MockIntegration(
                passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                request_templates={"application/json": '{"statusCode": 200}'},
                integration_responses=[
                    apigateway.IntegrationResponse(
                        status_code="200", response_templates={"application/json": '{"version": "1"}'}
                    )
                ],
            ),
            method_responses=[apigateway.MethodResponse(status_code="200")],
        )
        for rule in ("AwsSolutions-APIG4", "AwsSolutions-COG4"):
            cdk.Validations.of(route).acknowledge(
                cdk.Acknowledgment(id=rule, reason="The answer is a constant that says nothing about anybody.")
            )

    def _add_silence_alarm(self) -> None:
        """A shop that is never quiet: an hour without events is a broken tracker."""
        assert self.monitoring is not None
        alarm = (
            self.metric_incoming_records()
            .with_(period=cdk.Duration.hours(1))
            .create_alarm(
                self,
                "Silence",
                alarm_description="No event for an hour: is the tracker still on the page?",
                comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                evaluation_periods=1,
                threshold=1,
                treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            )
        )
        alarm.add_alarm_action(actions.SnsAction(self.monitoring.topic))


class Company(cdk.Stack):
    """The pipeline, tagged, with a reader, and one setting by the escape hatch."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        super().__init__(scope, id)
        pipeline = TeamPipeline(self, "Clicks", origin="https://shop.example")
        analysts = iam.Role(
            self,
            "Analysts",
            assumed_by=iam.AccountRootPrincipal(),
            description="Reads events, and neither backups nor failed records",
        )
        pipeline.grant_read_events(analysts)
        cdk.Tags.of(self).add("cost-center", "web")
        # Everything that has no option is one step away.
        pipeline.table.table.add_property_override("TableInput.Description", "Clicks of the shop, one row per event")


def build(app: cdk.App) -> None:
    """Put the example's stacks into an app."""
    Company(app, "Company")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
