"""What costs something whether events come or not, counted in templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from clickstream_local.assembly.stack_template import StackTemplate

# Services that charge nothing for a resource of theirs here, and types that are metered by the traffic elsewhere.
_FREE = (
    "AWS::ApiGateway::",
    "AWS::Athena::",
    "AWS::CDK::",
    "AWS::Glue::",
    "AWS::IAM::",
    "AWS::KMS::Alias",
    "AWS::Kinesis::Stream",
    "AWS::KinesisFirehose::",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Logs::",
    "AWS::S3::",
    "AWS::SNS::TopicPolicy",
)
_FREE_OF_EC2 = (
    "InternetGateway",
    "Route",
    "RouteTable",
    "SecurityGroup",
    "SecurityGroupEgress",
    "SecurityGroupIngress",
    "Subnet",
    "SubnetRouteTableAssociation",
    "VPC",
    "VPCGatewayAttachment",
)
_COUNTED = (
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::EC2::VPCEndpoint",
    "AWS::KMS::Key",
    "AWS::WAFv2::WebACL",
    "AWS::WAFv2::WebACLAssociation",
)


@dataclass(frozen=True)
class FixedCosts:
    """Counts; ``endpoint_zones`` is interface endpoints times the subnets that each is in.

    ``others`` are types with their number that nothing here knows to be free or metered.
    """

    keys: int
    alarms: int
    dashboards: int
    web_acls: int
    web_acl_rules: int
    web_acl_guards: bool
    endpoint_zones: int
    others: tuple[tuple[str, int], ...]


def read_fixed_costs(templates: Iterable[StackTemplate]) -> FixedCosts:
    """Count what is there. Raises :class:`~clickstream_local.assembly.errors.AssemblyError`."""
    types: Counter[str] = Counter()
    rules = zones = 0
    for template in templates:
        types.update(kind for _, kind in template.types())
        for acl in template.resources("AWS::WAFv2::WebACL"):
            rules += len(acl.properties.get("Rules") or ())
        for endpoint in template.resources("AWS::EC2::VPCEndpoint"):
            if endpoint.properties.get("VpcEndpointType") == "Interface":
                zones += max(1, len(endpoint.properties.get("SubnetIds") or ()))
    free = (*_FREE, *_COUNTED)
    others = [(kind, count) for kind, count in sorted(types.items()) if not kind.startswith(free) and not _vpc(kind)]
    return FixedCosts(
        keys=types["AWS::KMS::Key"],
        alarms=types["AWS::CloudWatch::Alarm"] + types["AWS::CloudWatch::CompositeAlarm"],
        dashboards=types["AWS::CloudWatch::Dashboard"],
        web_acls=types["AWS::WAFv2::WebACL"],
        web_acl_rules=rules,
        web_acl_guards=types["AWS::WAFv2::WebACLAssociation"] > 0,
        endpoint_zones=zones,
        others=tuple(others),
    )


def _vpc(kind: str) -> bool:
    return kind.removeprefix("AWS::EC2::") in _FREE_OF_EC2
