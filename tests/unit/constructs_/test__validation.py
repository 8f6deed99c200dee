from __future__ import annotations

import aws_cdk as cdk

from cdk_clickstream import Throttle


def test_a_value_known_at_deployment_only_passes_unchecked() -> None:
    token = cdk.Token.as_number({"Ref": "Rate"})
    assert Throttle(rate=token).rate == token
