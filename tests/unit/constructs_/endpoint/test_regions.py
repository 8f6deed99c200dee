from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito

from cdk_clickstream import ApiAuth, CustomDomain, EndpointOptions, EndpointType
from support.endpoints import api_in, certificate, vpc_endpoint
from support.stacks import PUBLIC, refusal


def stack_in(region: str | None) -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region=region))


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_an_edge_endpoint_is_refused_where_there_is_none(region: str) -> None:
    """facts/api-gateway.md#regions."""
    options = EndpointOptions(endpoint_type=EndpointType.edge())
    assert refusal(lambda: api_in(stack_in(region), options=options)) == (
        f"endpoint.endpoint_type='edge()': does not exist in {region}. Use EndpointType.regional()."
    )


def test_security_policies_are_refused_in_govcloud() -> None:
    """https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-abp.html."""
    options = EndpointOptions(minimum_tls="1.2")
    assert "us-gov-east-1 has no such security policies" in refusal(
        lambda: api_in(stack_in("us-gov-east-1"), options=options)
    )


def user_pool(stack: cdk.Stack) -> ApiAuth:
    pool = cognito.UserPool.from_user_pool_id(stack, "Pool", "cn-north-1_1")
    return ApiAuth.authorizer(apigateway.CognitoUserPoolsAuthorizer(stack, "Authorizer", cognito_user_pools=[pool]))


def test_a_cognito_authorizer_is_refused_in_china() -> None:
    stack = stack_in("cn-north-1")
    auth = user_pool(stack)
    assert "'a Cognito user pool': does not exist in cn-north-1" in refusal(lambda: api_in(stack, auth=auth))


@pytest.mark.parametrize("region", [None, "eu-west-1"])
def test_elsewhere_or_where_the_region_is_not_known_all_of_it_is_taken(region: str | None) -> None:
    stack = stack_in(region)
    options = EndpointOptions(endpoint_type=EndpointType.edge(), minimum_tls="1.2")
    api_in(stack, auth=user_pool(stack), options=options)


def speaks_of_icp(stack: cdk.Stack, **options: Any) -> bool:
    api_in(stack, **options)
    try:
        assertions.Annotations.from_stack(stack).has_info("*", assertions.Match.string_like_regexp("ICP filing"))
    except RuntimeError:
        return False
    return True


def test_china_s_icp_filing_is_spoken_of_where_it_is_needed() -> None:
    domain = stack_in("cn-north-1")
    options = EndpointOptions(domain=CustomDomain("events.shop.example", certificate(domain)))
    assert speaks_of_icp(stack_in("cn-north-1"), auth=PUBLIC)
    assert speaks_of_icp(stack_in("cn-northwest-1"), auth=ApiAuth.api_key())
    assert speaks_of_icp(domain, auth=ApiAuth.iam(), options=options)


def test_china_s_icp_filing_is_not_spoken_of_elsewhere_nor_for_signed_or_private_endpoints() -> None:
    private = stack_in("cn-north-1")
    options = EndpointOptions(endpoint_type=EndpointType.private(vpc_endpoint(private)))
    assert not speaks_of_icp(stack_in("eu-west-1"), auth=PUBLIC)
    assert not speaks_of_icp(stack_in("cn-north-1"), auth=ApiAuth.iam())
    assert not speaks_of_icp(private, auth=PUBLIC, options=options)
