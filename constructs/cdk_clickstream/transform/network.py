"""A VPC for the transform's function."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_clickstream._findings import acknowledge
from cdk_clickstream._validation import checked

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
        ``False`` where the VPC has one already (a VPC takes one with private DNS), or a way out. Default: ``True``.
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
        role.add_to_policy(iam.PolicyStatement(sid="Network", actions=list(_INTERFACE_ACTIONS), resources=["*"]))
        acknowledge(
            role,
            "AwsSolutions-IAM5[Resource::*]",
            "Lambda makes the function's network interfaces with this role, and their names are not known before.",
        )
        groups = list(self.security_groups) or [self._build_group(scope)]
        if self.firehose_endpoint:
            endpoint = self._build_endpoint(scope, role)
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

    def _build_endpoint(self, scope: Construct, role: iam.Role) -> ec2.InterfaceVpcEndpoint:
        endpoint = ec2.InterfaceVpcEndpoint(
            scope,
            "FirehoseEndpoint",
            vpc=self.vpc,
            service=ec2.InterfaceVpcEndpointAwsService.KINESIS_FIREHOSE,
            subnets=self.subnets,
            open=False,
        )
        endpoint.add_to_policy(
            iam.PolicyStatement(
                principals=[iam.ArnPrincipal(role.role_arn)], actions=["firehose:PutRecordBatch"], resources=["*"]
            )
        )
        return endpoint
