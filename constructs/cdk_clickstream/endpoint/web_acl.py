"""A web ACL in front of the endpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from cdk_clickstream._identity import check_place
from cdk_clickstream._validation import check_known, check_range, checked, is_token, refuse
from cdk_clickstream.endpoint.client_context import TrustedProxy

_LARGEST_BODY = 65_536
_INSPECTED_KIB = (16, 32, 48, 64)
_REGIONAL_ACL = re.compile(r"arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional/webacl/[^/]+/[^/]+")
_COMMON = "AWSManagedRulesCommonRuleSet"
_COUNTED = ("SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericRFI_BODY")
# They take every batch over 8 KB, and every event with a piece of HTML or an address in it, for an attack.


@checked
@dataclass(frozen=True)
class WebAcl:
    """AWS WAF before the stage: what it blocks is answered 403 and reaches neither stream nor throttle.

    It is billed per ACL, per rule and per request.
    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html

    Parameters
    ----------
    rate_per_ip:
        Requests of one address in five minutes, 10..2,000,000,000; more are blocked. Behind a NAT many visitors share
        one address. Default: 2,000.
    max_body:
        Largest body in bytes, 1..65,536 (WAF looks no further). Default: none; API Gateway and Firehose have limits of
        their own.
    managed_groups:
        Rule groups that AWS maintains. In ``AWSManagedRulesCommonRuleSet`` the rules that take event batches for
        attacks count instead of blocking. Default: known bad addresses and known bad inputs.
    """

    rate_per_ip: int = 2_000
    max_body: int | None = None
    managed_groups: tuple[str, ...] = ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet")

    def __post_init__(self) -> None:
        check_range("web_acl.rate_per_ip", self.rate_per_ip, 10, 2_000_000_000, "requests", "choose one in this range")
        check_known("web_acl.max_body", self.max_body)
        if self.max_body is not None:
            check_range("web_acl.max_body", self.max_body, 1, _LARGEST_BODY, "bytes", "leave it out, or lower it")


@checked
@dataclass(frozen=True)
class ExistingWebAcl:
    """A web ACL that is made elsewhere, such as by a company's security team.

    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html

    Parameters
    ----------
    arn:
        Of a regional web ACL, in the API's account and region.
    """

    arn: str

    def __post_init__(self) -> None:
        if not is_token(self.arn) and not _REGIONAL_ACL.fullmatch(self.arn):
            refuse(
                "endpoint.web_acl",
                self.arn,
                "must be the ARN of a regional web ACL, the only kind that a stage takes",
                "write it as 'arn:aws:wafv2:<region>:<account>:regional/webacl/<name>/<id>'",
            )


class EndpointAcl(Construct):
    """The web ACL of one stage."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        options: WebAcl | ExistingWebAcl,
        stage_arn: str,
        proxy: TrustedProxy | None,
    ) -> None:
        super().__init__(scope, id)
        if isinstance(options, ExistingWebAcl):
            self.web_acl, arn = None, options.arn
            check_place("endpoint.web_acl", None, arn, self, "a stage takes a web ACL of its account and region")
        else:
            self.web_acl = self._build_acl(options, proxy)
            arn = self.web_acl.attr_arn
        waf.CfnWebACLAssociation(self, "Association", resource_arn=stage_arn, web_acl_arn=arn)

    def _build_acl(self, options: WebAcl, proxy: TrustedProxy | None) -> waf.CfnWebACL:
        if proxy is not None and proxy.with_port:
            refuse(
                "endpoint.web_acl",
                options,
                f"WAF cannot count by {proxy.ip_header}, and the distribution's own addresses would be blocked",
                "put the web ACL on the distribution, where it sees the visitors",
            )
        rules = [
            ("RatePerIp", _rate(options.rate_per_ip, proxy), True),
            *([("MaxBody", _body(options.max_body), True)] if options.max_body is not None else []),
            *((group, _managed(group), False) for group in options.managed_groups),
        ]
        return waf.CfnWebACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            # WAF keeps figures by this name: one shared by two web ACLs of a region would mix them.
            visibility_config=_visibility(cdk.Names.unique_resource_name(self, max_length=128, separator="-")),
            association_config=_association(options.max_body),
            rules=[
                waf.CfnWebACL.RuleProperty(
                    name=name,
                    priority=priority,
                    statement=statement,
                    visibility_config=_visibility(name),
                    action=waf.CfnWebACL.RuleActionProperty(block={}) if own else None,
                    override_action=None if own else waf.CfnWebACL.OverrideActionProperty(none={}),
                )
                for priority, (name, statement, own) in enumerate(rules)
            ],
        )


def _rate(limit: int, proxy: TrustedProxy | None) -> waf.CfnWebACL.StatementProperty:
    forwarded = (
        waf.CfnWebACL.ForwardedIPConfigurationProperty(header_name=proxy.ip_header, fallback_behavior="MATCH")
        if proxy
        else None
    )
    return waf.CfnWebACL.StatementProperty(
        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
            limit=limit,
            aggregate_key_type="FORWARDED_IP" if proxy else "IP",
            evaluation_window_sec=300,
            forwarded_ip_config=forwarded,
        )
    )


def _body(size: int) -> waf.CfnWebACL.StatementProperty:
    return waf.CfnWebACL.StatementProperty(
        size_constraint_statement=waf.CfnWebACL.SizeConstraintStatementProperty(
            comparison_operator="GT",
            size=size,
            # A body longer than what WAF inspects is larger than any limit here.
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(
                body=waf.CfnWebACL.BodyProperty(oversize_handling="MATCH")
            ),
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
    )


def _managed(group: str) -> waf.CfnWebACL.StatementProperty:
    counted = [
        waf.CfnWebACL.RuleActionOverrideProperty(name=name, action_to_use=waf.CfnWebACL.RuleActionProperty(count={}))
        for name in (_COUNTED if group == _COMMON else ())
    ]
    return waf.CfnWebACL.StatementProperty(
        managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
            vendor_name="AWS", name=group, rule_action_overrides=counted or None
        )
    )


def _association(max_body: int | None) -> waf.CfnWebACL.AssociationConfigProperty | None:
    """Have WAF inspect as much of a body as the limit needs; it looks at 16 KB otherwise."""
    if max_body is None or max_body <= _INSPECTED_KIB[0] * 1024:
        return None
    kib = next(one for one in _INSPECTED_KIB if max_body <= one * 1024)
    limit = waf.CfnWebACL.RequestBodyAssociatedResourceTypeConfigProperty(default_size_inspection_limit=f"KB_{kib}")
    return waf.CfnWebACL.AssociationConfigProperty(request_body={"API_GATEWAY": limit})


def _visibility(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    # Sampled requests would keep addresses and headers where nobody expires them.
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
