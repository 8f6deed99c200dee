from __future__ import annotations

from typing import Any

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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"minimum_tls": "1.1"}, r"EndpointOptions\.minimum_tls='1\.1': must be exactly '1\.2' or '1\.3'"),
        (
            {"minimum_tls": "1.2", "access_mode": "strict"},
            r"EndpointOptions\.access_mode='strict': must be exactly 'BASIC' or 'STRICT'",
        ),
        ({"access_mode": "STRICT"}, r"endpoint\.access_mode='STRICT': goes with a security policy only"),
    ],
)
def test_a_tls_version_or_access_mode_that_there_is_not_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        EndpointOptions(**options)
