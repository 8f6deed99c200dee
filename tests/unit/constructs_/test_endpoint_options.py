from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import ManualArgs, lint

from cdk_clickstream import (
    ApiAuth,
    ClientContext,
    ConfigurationError,
    CustomDomain,
    DeliveryStream,
    EndpointOptions,
    ExistingDomain,
    ExistingWebAcl,
    IngestApi,
    Reach,
    S3Prefix,
    TrustedProxy,
    WebAcl,
)
from support.stacks import REASON, Synthesized, flat, new_stack

BEHIND = "Only the distribution knows the key of the API."
PUBLIC = ApiAuth.public(reason=REASON)


def api_in(stack: cdk.Stack, options: EndpointOptions, auth: ApiAuth = PUBLIC) -> IngestApi:
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    stream = DeliveryStream(stack, "Stream", bucket=bucket, prefix=S3Prefix("raw/"))
    return IngestApi(stack, "Ingest", delivery_stream=stream, auth=auth, options=options)


def made(auth: ApiAuth = PUBLIC, **options: Any) -> Synthesized:
    stack = new_stack()
    api_in(stack, EndpointOptions(**options), auth)
    return Synthesized(stack)


def vpc_endpoint(stack: cdk.Stack) -> ec2.IVpcEndpoint:
    return ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
        stack, "Endpoint", vpc_endpoint_id="vpce-1", port=443
    )


def certificate(stack: cdk.Stack) -> acm.ICertificate:
    arn = "arn:aws:acm:eu-west-1:111122223333:certificate/0123"
    return acm.Certificate.from_certificate_arn(stack, "Certificate", arn)


@pytest.fixture(scope="module")
def everything() -> cdk.Stack:
    stack = new_stack()
    options = EndpointOptions(
        reach=Reach.edge(),
        domain=CustomDomain("events.shop.example", certificate(stack), base_path="clicks"),
        web_acl=WebAcl(max_body=40_000, managed_groups=("AWSManagedRulesCommonRuleSet",)),
        tracing=True,
        detailed_metrics=True,
        execution_log="ERROR",
        minimum_compression=1024,
    )
    api_in(stack, options)
    return stack


@pytest.fixture(scope="module")
def whole(everything: cdk.Stack) -> Synthesized:
    return Synthesized(everything)


def rules(found: Synthesized) -> dict[str, dict[str, Any]]:
    return {one["Name"]: one for one in found.only("AWS::WAFv2::WebACL")["Rules"]}


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


def test_the_domain_leads_to_the_stage_over_tls_1_2(whole: Synthesized) -> None:
    domain = whole.only("AWS::ApiGateway::DomainName")
    assert (domain["DomainName"], domain["SecurityPolicy"]) == ("events.shop.example", "TLS_1_2")
    assert domain["EndpointConfiguration"] == {"Types": ["EDGE"]}
    mapping = whole.only("AWS::ApiGateway::BasePathMapping")
    assert mapping["BasePath"] == "clicks"
    assert "Stage" in mapping


def test_the_address_to_post_to_is_that_of_the_domain() -> None:
    stack = new_stack()
    domain = CustomDomain("events.shop.example", certificate(stack), base_path="clicks")
    assert api_in(stack, EndpointOptions(domain=domain)).endpoint_url == "https://events.shop.example/clicks/events"


def test_a_domain_for_one_api_has_no_base_path() -> None:
    stack = new_stack()
    domain = CustomDomain("events.shop.example", certificate(stack))
    assert api_in(stack, EndpointOptions(domain=domain)).endpoint_url == "https://events.shop.example/events"


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
    found = rules(made(web_acl=WebAcl(rate_per_ip=500)))
    assert list(found) == ["RatePerIp", "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet"]
    limit = found["RatePerIp"]["Statement"]["RateBasedStatement"]
    assert (limit["Limit"], limit["AggregateKeyType"], limit["EvaluationWindowSec"]) == (500, "IP", 300)


def test_behind_a_proxy_requests_are_counted_by_the_address_it_tells() -> None:
    proxy = TrustedProxy.header("X-Real-IP", reason=BEHIND)
    found = made(web_acl=WebAcl(), client=ClientContext(proxy=proxy))
    limit = rules(found)["RatePerIp"]["Statement"]["RateBasedStatement"]
    assert limit["AggregateKeyType"] == "FORWARDED_IP"
    assert limit["ForwardedIPConfig"] == {"HeaderName": "X-Real-IP", "FallbackBehavior": "MATCH"}


def test_a_web_acl_behind_cloudfront_is_refused() -> None:
    proxy = TrustedProxy.cloudfront(reason=BEHIND)
    with pytest.raises(ConfigurationError, match="Put the web ACL on the distribution"):
        made(web_acl=WebAcl(), client=ClientContext(proxy=proxy))


def private(auth: ApiAuth) -> dict[str, Any]:
    stack = new_stack()
    api_in(stack, EndpointOptions(reach=Reach.private(vpc_endpoint(stack))), auth)
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
    with pytest.raises(ConfigurationError, match="names no VPC endpoint"):
        Reach.private()


def test_a_domain_for_a_private_endpoint_is_refused() -> None:
    stack = new_stack()
    with pytest.raises(ConfigurationError, match=r"endpoint\.domain='events\.shop\.example': leads nowhere"):
        EndpointOptions(
            reach=Reach.private(vpc_endpoint(stack)), domain=CustomDomain("events.shop.example", certificate(stack))
        )


def test_a_base_path_with_slashes_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"endpoint\.domain\.base_path='/a/b'"):
        CustomDomain("events.shop.example", certificate(new_stack()), base_path="/a/b")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate_per_ip": 9}, r"web_acl\.rate_per_ip=9"),
        ({"max_body": 65_537}, r"web_acl\.max_body=65537"),
    ],
)
def test_a_limit_that_waf_does_not_take_is_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        WebAcl(**options)  # type: ignore[arg-type]


def test_a_compression_size_over_the_payload_limit_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"endpoint\.minimum_compression=10485761"):
        EndpointOptions(minimum_compression=10_485_761)


ACL_ARN = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/company/0123"


def test_an_existing_web_acl_is_put_before_the_stage_and_none_is_made() -> None:
    found = made(web_acl=ExistingWebAcl(ACL_ARN))
    assert found.only("AWS::WAFv2::WebACLAssociation")["WebACLArn"] == ACL_ARN
    assert not found.of_type("AWS::WAFv2::WebACL")


@pytest.mark.parametrize("arn", [ACL_ARN.replace("regional", "global"), "company", f"{ACL_ARN}/more"])
def test_a_web_acl_that_no_stage_takes_is_refused(arn: str) -> None:
    with pytest.raises(ConfigurationError, match="is no ARN of a regional web ACL"):
        ExistingWebAcl(arn)


def test_a_web_acl_known_at_deployment_only_is_taken() -> None:
    value = cdk.Fn.import_value("CompanyAcl")
    assert made(web_acl=ExistingWebAcl(value)).only("AWS::WAFv2::WebACLAssociation")["WebACLArn"] == {
        "Fn::ImportValue": "CompanyAcl"
    }


def test_several_apis_share_a_domain_by_their_base_paths() -> None:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    stream = DeliveryStream(stack, "Stream", bucket=bucket, prefix=S3Prefix("raw/"))
    first = IngestApi(
        stack,
        "Shop",
        delivery_stream=stream,
        auth=PUBLIC,
        options=EndpointOptions(domain=CustomDomain("events.shop.example", certificate(stack), base_path="shop")),
    )
    assert first.domain is not None
    second = IngestApi(
        stack,
        "Blog",
        delivery_stream=stream,
        auth=PUBLIC,
        options=EndpointOptions(domain=ExistingDomain(first.domain, base_path="blog")),
    )
    found = Synthesized(stack)
    (domain,) = found.of_type("AWS::ApiGateway::DomainName")
    mappings = [one["Properties"] for one in found.of_type("AWS::ApiGateway::BasePathMapping").values()]
    assert sorted(one["BasePath"] for one in mappings) == ["blog", "shop"]
    assert len({one["RestApiId"]["Ref"] for one in mappings}) == 2
    assert {one["DomainName"]["Ref"] for one in mappings} == {domain}
    assert flat(stack.resolve(second.endpoint_url)) == f"https://<{domain}>/blog/events"


def test_an_existing_domain_without_a_base_path_leads_to_the_stage() -> None:
    stack = new_stack()
    domain = apigateway.DomainName.from_domain_name_attributes(
        stack,
        "Company",
        domain_name="events.shop.example",
        domain_name_alias_hosted_zone_id="Z1",
        domain_name_alias_target="d-1.execute-api.eu-west-1.amazonaws.com",
    )
    api = api_in(stack, EndpointOptions(domain=ExistingDomain(domain)))
    mapping = Synthesized(stack).only("AWS::ApiGateway::BasePathMapping")
    assert mapping["DomainName"] == "events.shop.example"
    assert mapping["Stage"] == stack.resolve(api.rest_api.deployment_stage.stage_name)
    assert "BasePath" not in mapping
    assert api.endpoint_url == "https://events.shop.example/events"
