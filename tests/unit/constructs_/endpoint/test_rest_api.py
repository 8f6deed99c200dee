from __future__ import annotations

import json
from typing import Any, get_args

import aws_cdk as cdk
import botocore.session
import pytest
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import ManualArgs, lint

from cdk_clickstream import AccessLog, ApiAuth, EndpointType
from cdk_clickstream.endpoint.endpoint_type import MinimumTls
from support.endpoints import api, api_with
from support.stacks import Synthesized, flat


def test_the_stage_throttles(reference: Synthesized) -> None:
    stage = reference.only("AWS::ApiGateway::Stage")
    settings = {one["ResourcePath"]: one for one in stage["MethodSettings"]}
    limits = {path: (one["ThrottlingRateLimit"], one["ThrottlingBurstLimit"]) for path, one in settings.items()}
    assert limits == {"/*": (100, 500), "/~1records": (2, 20)}
    for one in settings.values():
        assert one["DataTraceEnabled"] is False
        assert "LoggingLevel" not in one


def test_an_access_log_holds_no_payload_and_goes_to_an_arn_without_a_star() -> None:
    """aws-cdk's flag logGroupDestinationArnWithoutWildcard: the star of a log group's own ARN shows as a drift."""
    found = api(auth=ApiAuth.iam(), access_log=AccessLog())
    stage = found.only("AWS::ApiGateway::Stage")
    (group,) = [id_ for id_ in found.of_type("AWS::Logs::LogGroup") if "AccessLog" in id_]
    assert flat(stage["AccessLogSetting"]["DestinationArn"]) == (
        f"arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<{group}>"
    )
    log_format = stage["AccessLogSetting"]["Format"]
    assert "$context.extendedRequestId" in log_format
    assert "sourceIp" not in log_format
    assert "userAgent" not in log_format


def test_the_account_wide_logging_role_is_left_alone(reference: Synthesized) -> None:
    assert not reference.of_type("AWS::ApiGateway::Account")


def test_the_account_wide_logging_role_can_be_set() -> None:
    found = api(auth=ApiAuth.iam(), access_log=AccessLog(account_role=True))
    (account,) = found.of_type("AWS::ApiGateway::Account")
    (stage,) = found.of_type("AWS::ApiGateway::Stage").values()
    assert account in stage["DependsOn"]


def test_cfn_lint_and_cdk_nag_have_nothing_to_say_of_an_endpoint_with_everything(
    everything: cdk.Stack, whole: Synthesized
) -> None:
    found = lint(json.dumps(whole.template), config=ManualArgs(regions=["us-east-1"], include_checks=["W", "E"]))
    assert [f"{one.rule.id} {one.message}" for one in found] == []
    report = AwsSolutionsChecks(everything).validate_scope(everything)
    assert [one.rule_name for one in report.violations] == []


def test_traces_metrics_and_execution_log_are_on_for_every_method_and_bodies_are_never_traced(
    whole: Synthesized,
) -> None:
    """Settings of a single method stand in the place of all of the stage's."""
    stage = whole.only("AWS::ApiGateway::Stage")
    assert stage["TracingEnabled"] is True
    assert len(stage["MethodSettings"]) == 2
    for settings in stage["MethodSettings"]:
        assert settings["MetricsEnabled"] is True
        assert settings["LoggingLevel"] == "ERROR"
        assert settings["DataTraceEnabled"] is False


def test_answers_are_compressed_from_the_size_given(whole: Synthesized) -> None:
    assert whole.only("AWS::ApiGateway::RestApi")["MinimumCompressionSize"] == 1024


def tls(**options: Any) -> tuple[str | None, str | None]:
    found = api_with(**options).only("AWS::ApiGateway::RestApi")
    return found.get("SecurityPolicy"), found.get("EndpointAccessMode")


def test_the_tls_versions_are_api_gateway_s_unless_asked_for() -> None:
    """Its guide, security policies: not in every region, so a first deployment does without."""
    assert tls() == (None, None)


@pytest.mark.parametrize(
    ("endpoint_type", "version", "policy"),
    [
        (None, "1.2", "SecurityPolicy_TLS13_1_2_PQ_2025_09"),
        (None, "1.3", "SecurityPolicy_TLS13_1_3_2025_09"),
        (EndpointType.edge(), "1.2", "SecurityPolicy_TLS12_PFS_2025_EDGE"),
        (EndpointType.edge(), "1.3", "SecurityPolicy_TLS13_2025_EDGE"),
    ],
)
def test_a_security_policy_of_the_endpoint_s_type_comes_with_an_access_mode(
    endpoint_type: EndpointType | None, version: str, policy: str
) -> None:
    assert tls(endpoint_type=endpoint_type, minimum_tls=version) == (policy, "BASIC")
    assert tls(endpoint_type=endpoint_type, minimum_tls=version, access_mode="STRICT") == (policy, "STRICT")


def test_every_security_policy_is_one_that_api_gateway_s_api_knows() -> None:
    model = botocore.session.get_session().get_service_model("apigateway")
    ours = {
        kind.security_policy(version)
        for kind in (EndpointType.regional(), EndpointType.edge())
        for version in get_args(MinimumTls)
    }
    assert ours <= set(model.shape_for("SecurityPolicy").enum)
