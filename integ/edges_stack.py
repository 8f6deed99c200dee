"""The stack for what stands in front of an endpoint: a CloudFront distribution, and a VPC."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_clickstream import (
    ApiAuth,
    BufferingHints,
    ClickstreamPipeline,
    ClientContext,
    EndpointOptions,
    EndpointType,
    SourceBackup,
    TrustedProxy,
)
from integ.core_stack import SOON, access_log, delete_objects, names_of, write_names
from integ.names import LoggingRole

_PROBE = Path(__file__).parent / "probe"


class EdgesStack(cdk.Stack):
    """Two small pipelines, all deleted with the stack.

    They take the longest to come and to go: a distribution and the network interfaces of a function in a VPC.

    Parameters
    ----------
    logging_role:
        What the account has for API Gateway's logs, and so whether the endpoints have access logs.
    """

    def __init__(self, scope: Construct, id: str, *, logging_role: LoggingRole) -> None:  # noqa: A002
        super().__init__(scope, id, description="Integration run of cdk-clickstream; safe to delete")
        self._access_log = access_log(logging_role)
        self._add_fronted()
        self._add_private()
        delete_objects(self)

    def _add_fronted(self) -> None:
        """Build a pipeline behind a distribution that says who the viewer is."""
        pipeline = ClickstreamPipeline(
            self,
            "Fronted",
            auth=ApiAuth.api_key(),
            endpoint=EndpointOptions(
                client=ClientContext(
                    proxy=TrustedProxy.cloudfront(reason="The run alone knows the key, and sends it both ways.")
                )
            ),
            buffering=SOON,
            # The address in the context line is what is asked about.
            backup=SourceBackup(buffering=BufferingHints(interval=cdk.Duration.seconds(60))),
            access_log=self._access_log,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        rest_api = pipeline.api.rest_api
        headers = ("CloudFront-Viewer-Address", "CloudFront-Viewer-Country", "x-api-key")
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="Integration run of cdk-clickstream; safe to delete",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.RestApiOrigin(rest_api),
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                origin_request_policy=cloudfront.OriginRequestPolicy(
                    self,
                    "Viewer",
                    header_behavior=cloudfront.OriginRequestHeaderBehavior.allow_list(*headers),
                ),
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            ),
        )
        write_names(
            self, "Fronted", names_of(pipeline, distribution=f"https://{distribution.distribution_domain_name}")
        )

    def _add_private(self) -> None:
        """Build a pipeline that only signed calls from a VPC reach, and a function in there that makes them."""
        vpc = ec2.Vpc(
            self,
            "Vpc",
            nat_gateways=0,
            max_azs=1,
            subnet_configuration=[ec2.SubnetConfiguration(name="Inside", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
        )
        gate = vpc.add_interface_endpoint("Gate", service=ec2.InterfaceVpcEndpointAwsService.APIGATEWAY)
        pipeline = ClickstreamPipeline(
            self,
            "Private",
            auth=ApiAuth.iam(),
            endpoint=EndpointOptions(endpoint_type=EndpointType.private(gate)),
            buffering=SOON,
            backup=False,
            access_log=self._access_log,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        prober = lambda_.Function(
            self,
            "Prober",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_asset(str(_PROBE)),
            timeout=cdk.Duration.seconds(60),
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            environment={"EVENTS_URL": pipeline.events_url},
        )
        # By the caller's own policy and nothing else: that is the question.
        pipeline.api.grant_invoke(prober)
        write_names(self, "Private", names_of(pipeline, prober=prober.function_name))
