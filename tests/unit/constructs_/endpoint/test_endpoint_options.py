from __future__ import annotations

import pytest

from cdk_clickstream import ConfigurationError, CustomDomain, EndpointOptions, EndpointType
from support.endpoints import certificate, vpc_endpoint
from support.stacks import new_stack


def test_a_domain_for_a_private_endpoint_is_refused() -> None:
    stack = new_stack()
    with pytest.raises(ConfigurationError, match=r"endpoint\.domain='events\.shop\.example': is not possible"):
        EndpointOptions(
            endpoint_type=EndpointType.private(vpc_endpoint(stack)),
            domain=CustomDomain("events.shop.example", certificate(stack)),
        )
