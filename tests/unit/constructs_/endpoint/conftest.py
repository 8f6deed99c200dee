from __future__ import annotations

import aws_cdk as cdk
import pytest

from cdk_clickstream import CustomDomain, EndpointOptions, EndpointType, WebAcl
from support.endpoints import api_in, certificate
from support.stacks import Synthesized, new_stack


@pytest.fixture(scope="package")
def everything() -> cdk.Stack:
    """A stack with an endpoint that has every option."""
    stack = new_stack()
    options = EndpointOptions(
        endpoint_type=EndpointType.edge(),
        domain=CustomDomain("events.shop.example", certificate(stack), base_path="clicks"),
        web_acl=WebAcl(max_body=40_000, managed_groups=("AWSManagedRulesCommonRuleSet",)),
        minimum_tls="1.2",
        tracing=True,
        detailed_metrics=True,
        execution_log="ERROR",
        minimum_compression=1024,
    )
    api_in(stack, options=options)
    return stack


@pytest.fixture(scope="package")
def whole(everything: cdk.Stack) -> Synthesized:
    """Its template."""
    return Synthesized(everything)
