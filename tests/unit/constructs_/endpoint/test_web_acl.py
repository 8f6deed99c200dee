from __future__ import annotations

import re
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_clickstream import ClickstreamPipeline, ClientContext, EndpointOptions, ExistingWebAcl, TrustedProxy, WebAcl
from support.endpoints import api_with
from support.stacks import PUBLIC, Synthesized, flat, new_stack, refusal

BEHIND = "Only the distribution knows the key of the API."


def test_two_web_acls_of_a_region_have_figures_of_their_own() -> None:
    """AWS WAF keeps them by the metric's name: letters, digits, - and _, up to 128."""
    stack = new_stack()
    for name in ("Web", "App"):
        ClickstreamPipeline(stack, name, auth=PUBLIC, endpoint=EndpointOptions(web_acl=WebAcl()))
    acls = Synthesized(stack).of_type("AWS::WAFv2::WebACL").values()
    names = {one["Properties"]["VisibilityConfig"]["MetricName"] for one in acls}
    assert len(names) == 2
    assert all(re.fullmatch(r"[\w-]{1,128}", name) for name in names)


def rules(found: Synthesized) -> dict[str, dict[str, Any]]:
    return {one["Name"]: one for one in found.only("AWS::WAFv2::WebACL")["Rules"]}


def test_the_web_acl_is_that_of_the_stage(whole: Synthesized) -> None:
    association = whole.only("AWS::WAFv2::WebACLAssociation")
    (stage,) = whole.of_type("AWS::ApiGateway::Stage")
    assert f"/stages/<{stage}>" in flat(association["ResourceArn"])
    assert whole.only("AWS::WAFv2::WebACL")["Scope"] == "REGIONAL"


def test_a_body_over_the_limit_is_blocked_even_where_waf_does_not_see_its_end(whole: Synthesized) -> None:
    rule = rules(whole)["MaxBody"]
    constraint = rule["Statement"]["SizeConstraintStatement"]
    assert (constraint["Size"], constraint["ComparisonOperator"]) == (40_000, "GT")
    assert constraint["FieldToMatch"] == {"Body": {"OversizeHandling": "MATCH"}}
    assert rule["Action"] == {"Block": {}}
    limits = whole.only("AWS::WAFv2::WebACL")["AssociationConfig"]["RequestBody"]
    assert limits == {"API_GATEWAY": {"DefaultSizeInspectionLimit": "KB_48"}}


def test_rules_that_take_batches_for_attacks_only_count(whole: Synthesized) -> None:
    group = rules(whole)["AWSManagedRulesCommonRuleSet"]["Statement"]["ManagedRuleGroupStatement"]
    counted = {one["Name"]: one["ActionToUse"] for one in group["RuleActionOverrides"]}
    assert counted["SizeRestrictions_BODY"] == {"Count": {}}


def test_an_address_that_asks_too_often_is_blocked() -> None:
    found = rules(api_with(web_acl=WebAcl(rate_per_ip=500)))
    assert list(found) == ["RatePerIp", "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet"]
    limit = found["RatePerIp"]["Statement"]["RateBasedStatement"]
    assert (limit["Limit"], limit["AggregateKeyType"], limit["EvaluationWindowSec"]) == (500, "IP", 300)


def test_behind_a_proxy_requests_are_counted_by_the_address_it_tells() -> None:
    proxy = TrustedProxy.header("X-Real-IP", reason=BEHIND)
    found = api_with(web_acl=WebAcl(), client=ClientContext(proxy=proxy))
    limit = rules(found)["RatePerIp"]["Statement"]["RateBasedStatement"]
    assert limit["AggregateKeyType"] == "FORWARDED_IP"
    assert limit["ForwardedIPConfig"] == {"HeaderName": "X-Real-IP", "FallbackBehavior": "MATCH"}


def test_a_web_acl_behind_cloudfront_is_refused() -> None:
    proxy = TrustedProxy.cloudfront(reason=BEHIND)
    message = refusal(lambda: api_with(web_acl=WebAcl(), client=ClientContext(proxy=proxy)))
    assert "Put the web ACL on the distribution" in message


ACL_ARN = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/company/0123"


def test_an_existing_web_acl_is_put_before_the_stage_and_none_is_made() -> None:
    found = api_with(web_acl=ExistingWebAcl(ACL_ARN))
    assert found.only("AWS::WAFv2::WebACLAssociation")["WebACLArn"] == ACL_ARN
    assert not found.of_type("AWS::WAFv2::WebACL")


@pytest.mark.parametrize("arn", [ACL_ARN.replace("regional", "global"), "company", f"{ACL_ARN}/more"])
def test_a_web_acl_that_no_stage_takes_is_refused(arn: str) -> None:
    assert "must be the ARN of a regional web ACL" in refusal(lambda: ExistingWebAcl(arn))


def test_a_web_acl_known_at_deployment_only_is_taken() -> None:
    value = cdk.Fn.import_value("CompanyAcl")
    assert api_with(web_acl=ExistingWebAcl(value)).only("AWS::WAFv2::WebACLAssociation")["WebACLArn"] == {
        "Fn::ImportValue": "CompanyAcl"
    }
