"""What API Gateway does not have in a region, refused where the region is known."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from cdk_clickstream._identity import check_place
from cdk_clickstream._validation import is_token, refuse
from cdk_clickstream.endpoint.auth import ApiAuth
from cdk_clickstream.endpoint.endpoint_options import EndpointOptions

_ICP = (
    "In China, open APIs, Lambda authorizers and custom domain names of API Gateway need an ICP filing of the "
    "account's owner: see the guide to API Gateway in the China regions"
)


def check_region(scope: Construct, auth: ApiAuth, options: EndpointOptions) -> None:
    """Refuse what the stack's region does not have, and speak of the ICP filing in China.

    Source: facts/api-gateway.md#regions.

    https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-abp.html
    """
    for endpoint in options.endpoint_type.vpc_endpoints if options.endpoint_type else ():
        reason = "a private endpoint is reached from its own region only"
        check_place("endpoint.endpoint_type", endpoint, None, scope, reason, account=False)
    region = cdk.Stack.of(scope).region
    if is_token(region):
        return
    china, govcloud = region.startswith("cn-"), region.startswith("us-gov-")
    endpoint_type = options.endpoint_type
    if (china or govcloud) and endpoint_type is not None and endpoint_type.type is apigateway.EndpointType.EDGE:
        refuse("endpoint.endpoint_type", "edge()", f"does not exist in {region}", "use EndpointType.regional()")
    if govcloud and options.minimum_tls is not None:
        refuse(
            "endpoint.minimum_tls",
            options.minimum_tls,
            f"{region} has no such security policies",
            "leave it out; APIs in GovCloud are FIPS-compliant by default",
        )
    if china and isinstance(auth.authorizer_, apigateway.CognitoUserPoolsAuthorizer):
        refuse("auth.authorizer", "a Cognito user pool", f"does not exist in {region}", "use a Lambda authorizer")
    if china and not (endpoint_type and endpoint_type.is_private) and (not auth.signed or options.domain):
        cdk.Annotations.of(scope).add_info_v2("cdk-clickstream:icp", _ICP)
