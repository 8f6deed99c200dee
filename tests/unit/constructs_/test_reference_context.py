"""The reference stack's one switch."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from cdk_clickstream.reference import ReferenceStack


@pytest.mark.parametrize(("given", "roles"), [(None, 0), ("false", 0), ("true", 1), (True, 1)])
def test_the_account_s_logging_role_is_set_only_when_asked_for(given: object, roles: int) -> None:
    app = cdk.App(context={} if given is None else {"account-logging-role": given})
    template = assertions.Template.from_stack(ReferenceStack(app, "Clickstream"))
    template.resource_count_is("AWS::ApiGateway::Account", roles)
