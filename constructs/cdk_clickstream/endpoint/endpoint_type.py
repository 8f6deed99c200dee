"""Endpoint types of API Gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from cdk_clickstream._validation import checked, refuse

MinimumTls = Literal["1.2", "1.3"]

_SECURITY_POLICIES: dict[MinimumTls, str] = {
    "1.2": "SecurityPolicy_TLS13_1_2_PQ_2025_09",
    "1.3": "SecurityPolicy_TLS13_1_3_2025_09",
}
_EDGE_SECURITY_POLICIES: dict[MinimumTls, str] = {
    "1.2": "SecurityPolicy_TLS12_PFS_2025_EDGE",
    "1.3": "SecurityPolicy_TLS13_2025_EDGE",
}


@checked
@dataclass(frozen=True)
class EndpointType:
    """Endpoint type of the API. Made by :meth:`regional`, :meth:`edge` or :meth:`private`.

    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-endpoint-types.html
    """

    type: apigateway.EndpointType
    vpc_endpoints: tuple[ec2.IVpcEndpoint, ...] = ()

    @classmethod
    def regional(cls) -> EndpointType:
        """Return the regional type, the default; a CloudFront distribution can be put in front."""
        return cls(apigateway.EndpointType.REGIONAL)

    @classmethod
    def edge(cls) -> EndpointType:
        """Return the edge-optimized type: requests enter at CloudFront's nearest location, which AWS runs."""
        return cls(apigateway.EndpointType.EDGE)

    @classmethod
    def private(cls, *vpc_endpoints: ec2.IVpcEndpoint) -> EndpointType:
        """Return the private type: a resource policy denies requests that do not come through one of the endpoints.

        Parameters
        ----------
        vpc_endpoints:
            Interface endpoints of the service ``execute-api``; at least one.
        """
        if not vpc_endpoints:
            refuse(
                "endpoint.endpoint_type",
                "private()",
                "must name a VPC endpoint, or nobody can reach it",
                "name an interface endpoint of execute-api: EndpointType.private(endpoint)",
            )
        return cls(apigateway.EndpointType.PRIVATE, vpc_endpoints)

    @property
    def is_private(self) -> bool:
        """Whether the endpoint is reached from VPCs only."""
        return self.type is apigateway.EndpointType.PRIVATE

    @property
    def configuration(self) -> apigateway.EndpointConfiguration:
        """The endpoint as the CDK wants it."""
        return apigateway.EndpointConfiguration(types=[self.type], vpc_endpoints=list(self.vpc_endpoints) or None)

    def security_policy(self, minimum_tls: MinimumTls) -> str:
        """Return API Gateway's name of the TLS versions and ciphers that the endpoint accepts.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
        """
        edge = self.type is apigateway.EndpointType.EDGE
        return (_EDGE_SECURITY_POLICIES if edge else _SECURITY_POLICIES)[minimum_tls]

    def policy(self, *, signed: bool) -> iam.PolicyDocument | None:
        """Return the resource policy of a private endpoint.

        Parameters
        ----------
        signed:
            Whether callers sign their requests: their own policies then allow them, and an allowance here would let in
            everyone who can sign.
        """
        if not self.is_private:
            return None
        ids = [endpoint.vpc_endpoint_id for endpoint in self.vpc_endpoints]
        others = iam.PolicyStatement(
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["execute-api:Invoke"],
            resources=["execute-api:/*"],
            conditions={"StringNotEquals": {"aws:SourceVpce": ids}},
        )
        allowed = iam.PolicyStatement(
            principals=[iam.AnyPrincipal()], actions=["execute-api:Invoke"], resources=["execute-api:/*"]
        )
        return iam.PolicyDocument(statements=[others] if signed else [others, allowed])
