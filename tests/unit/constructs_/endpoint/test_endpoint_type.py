from __future__ import annotations

from typing import Any

import pytest

from cdk_clickstream import ApiAuth, ConfigurationError, EndpointOptions, EndpointType
from support.endpoints import api_in, vpc_endpoint
from support.stacks import PUBLIC, Synthesized, new_stack


def private(auth: ApiAuth) -> dict[str, Any]:
    stack = new_stack()
    api_in(stack, options=EndpointOptions(endpoint_type=EndpointType.private(vpc_endpoint(stack))), auth=auth)
    api = Synthesized(stack).only("AWS::ApiGateway::RestApi")
    assert api["EndpointConfiguration"] == {"Types": ["PRIVATE"], "VpcEndpointIds": ["vpce-1"]}
    policy: dict[str, Any] = api["Policy"]
    return policy


def test_a_private_endpoint_denies_whatever_does_not_come_through_its_vpc_endpoint() -> None:
    denied, allowed = private(PUBLIC)["Statement"]
    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {"StringNotEquals": {"aws:SourceVpce": ["vpce-1"]}}
    assert allowed["Effect"] == "Allow"


def test_a_private_endpoint_with_signed_requests_allows_nobody_by_itself() -> None:
    assert [one["Effect"] for one in private(ApiAuth.iam())["Statement"]] == ["Deny"]


def test_an_endpoint_is_regional_and_plain_unless_told_otherwise(reference: Synthesized) -> None:
    api = reference.only("AWS::ApiGateway::RestApi")
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert not {"Policy", "MinimumCompressionSize"} & set(api)
    assert "TracingEnabled" not in reference.only("AWS::ApiGateway::Stage")


def test_a_private_endpoint_without_a_vpc_endpoint_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="must name a VPC endpoint"):
        EndpointType.private()
