"""A VPC for the transform's function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from cdk_clickstream._claims import claims_of, identity_of
from cdk_clickstream._findings import acknowledge
from cdk_clickstream._identity import check_place
from cdk_clickstream._validation import checked, refuse

# What Lambda's own policy for functions in a VPC allows; the service knows no resource for most of it.
_INTERFACE_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
_HTTPS = ec2.Port.tcp(443)
_NOT_LOOKED_UP = "vpc-12345"
"""What the CDK takes for every VPC that it has not looked up yet."""


@dataclass(frozen=True)
class Placement:
    """Where a function stands, as Lambda wants it."""

    vpc: ec2.IVpc
    subnets: ec2.SubnetSelection | None
    security_groups: list[ec2.ISecurityGroup]


@checked
@dataclass(frozen=True)
class FunctionNetwork:
    """A VPC for the function. It needs none: it calls Firehose and nothing else.

    Parameters
    ----------
    vpc:
        The VPC.
    subnets:
        Which of its subnets. Default: private ones.
    firehose_endpoint:
        Make an interface endpoint for Firehose, by which rejected events and overflow are put; it costs by the hour.
        A VPC takes one with private DNS: the pipelines of a stack share that of the first. ``False`` where the VPC has
        one already, or a way out. Default: ``True``.
    security_groups:
        Existing security groups for the function; their rules must let it out to Firehose by HTTPS.
        Default: a new one that allows nothing else.
    """

    vpc: ec2.IVpc
    subnets: ec2.SubnetSelection | None = None
    firehose_endpoint: bool = True
    security_groups: tuple[ec2.ISecurityGroup, ...] = ()

    def place(self, scope: Construct, role: iam.Role) -> Placement:
        """Make the security group, the endpoint and the rights that a function needs here."""
        # Not of the account: a VPC may be shared with others.
        check_place("network.vpc", self.vpc, None, scope, "a function lies in subnets of its own region", account=False)
        role.add_to_policy(iam.PolicyStatement(sid="Network", actions=list(_INTERFACE_ACTIONS), resources=["*"]))
        acknowledge(
            role,
            "AwsSolutions-IAM5[Resource::*]",
            "Lambda makes the function's network interfaces with this role, and their names are not known before.",
        )
        groups = list(self.security_groups) or [self._build_group(scope)]
        if self.firehose_endpoint:
            endpoint = self._shared_endpoint(scope)
            endpoint.add_to_policy(
                iam.PolicyStatement(
                    principals=[iam.ArnPrincipal(role.role_arn)], actions=["firehose:PutRecordBatch"], resources=["*"]
                )
            )
            for group in groups:
                endpoint.connections.allow_from(group, _HTTPS, "Puts of the transform")
        return Placement(self.vpc, self.subnets, groups)

    def _build_group(self, scope: Construct) -> ec2.ISecurityGroup:
        group = ec2.SecurityGroup(
            scope, "FunctionGroup", vpc=self.vpc, description="The transform", allow_all_outbound=False
        )
        if not self.firehose_endpoint:
            group.add_egress_rule(ec2.Peer.any_ipv4(), _HTTPS, "Firehose")
        return group

    def _shared_endpoint(self, scope: Construct) -> ec2.InterfaceVpcEndpoint:
        """Make the endpoint of the VPC, unless a pipeline of the stack has made it."""
        made = claims_of(scope, "Firehose endpoint", identity_of(scope, self.vpc.vpc_id))
        if self.vpc.vpc_id == _NOT_LOOKED_UP:
            made = []
        for owner, endpoint in [*made, *((self.vpc, one) for one in self.vpc.node.children if _is_for_firehose(one))]:
            if owner is not self.vpc and cdk.Stack.of(owner) is cdk.Stack.of(scope):
                return cast(ec2.InterfaceVpcEndpoint, endpoint)
            refuse(
                "network.firehose_endpoint",
                True,
                f"the VPC has the endpoint {endpoint.node.path}, and takes one with private DNS",
                "pass firehose_endpoint=False, and have the endpoint of the VPC let the functions of all pipelines in: "
                "vpc.add_interface_endpoint('Firehose', service=InterfaceVpcEndpointAwsService.KINESIS_FIREHOSE)",
            )
        made.append((scope, self._build_endpoint(scope)))
        return cast(ec2.InterfaceVpcEndpoint, made[-1][1])

    def _build_endpoint(self, scope: Construct) -> ec2.InterfaceVpcEndpoint:
        return ec2.InterfaceVpcEndpoint(
            scope,
            "FirehoseEndpoint",
            vpc=self.vpc,
            service=ec2.InterfaceVpcEndpointAwsService.KINESIS_FIREHOSE,
            subnets=self.subnets,
            open=False,
        )


def _is_for_firehose(construct: IConstruct) -> bool:
    resource = construct.node.default_child
    return (
        isinstance(resource, ec2.CfnVPCEndpoint)
        and "kinesis-firehose" in str(cdk.Stack.of(construct).resolve(resource.service_name))
        and resource.private_dns_enabled is not False
    )
