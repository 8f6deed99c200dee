"""The stacks of `make integ`, as they would be deployed."""

from __future__ import annotations

import json

import pytest
from cfnlint.api import ManualArgs, lint

from cdk_clickstream import AccessLog
from integ.core_stack import access_log
from integ.names import LoggingRole
from support.checkout import CHECKOUT
from support.integ.app import integ_app
from support.stacks import Synthesized

pytestmark = pytest.mark.xdist_group("integ")


def test_cfn_lint_has_nothing_to_say_but_what_the_cdk_itself_causes() -> None:
    found = [
        (one.rule.id, str(one.path[1]))
        for stack in (integ_app().core, integ_app().edges)
        for one in lint(
            json.dumps(Synthesized(stack).template), config=ManualArgs(regions=["us-east-1"], include_checks=["W", "E"])
        )
    ]
    # The CDK writes a dependency beside the reference that makes it: for its own function, and for one in a VPC.
    provider = "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F"
    assert sorted(found) == [("W3005", provider), ("W3005", provider), ("W3005", "Prober79F45419")]


def test_one_endpoint_makes_the_logging_role_where_that_is_asked_for() -> None:
    assert len(Synthesized(integ_app().core).of_type("AWS::ApiGateway::Account")) == 1
    assert len(Synthesized(integ_app().edges).of_type("AWS::ApiGateway::Account")) == 0


def test_endpoints_have_no_access_log_where_nobody_may_make_the_role() -> None:
    assert access_log(LoggingRole.NONE, may_make=True) is False
    assert access_log(LoggingRole.THERE, may_make=True) == AccessLog(account_role=False)


def test_nothing_but_the_logging_role_is_left_when_the_stacks_are_deleted() -> None:
    for stack in (integ_app().core, integ_app().edges):
        template = Synthesized(stack)
        resources = template.template["Resources"].values()
        kept = {one["Type"] for one in resources if one.get("DeletionPolicy", "Delete") != "Delete"}
        assert kept == ({"AWS::ApiGateway::Account", "AWS::IAM::Role"} if stack is integ_app().core else set())
        assert len(template.of_type("Custom::S3AutoDeleteObjects")) == len(template.of_type("AWS::S3::Bucket"))


def test_every_endpoint_wants_a_key_or_a_signature() -> None:
    for stack in (integ_app().core, integ_app().edges):
        for id_, method in Synthesized(stack).of_type("AWS::ApiGateway::Method").items():
            if (properties := method["Properties"])["HttpMethod"] == "POST":
                assert properties["ApiKeyRequired"] or properties["AuthorizationType"] == "AWS_IAM", id_


def test_pytest_collects_nothing_of_the_runs_on_an_account() -> None:
    files = [path.name for path in (CHECKOUT / "integ").rglob("*.py")]
    assert files
    assert [name for name in files if name.startswith(("test_", "conftest")) or name.endswith("_test.py")] == []
