from __future__ import annotations

from typing import Any

import pytest

from support.plans import change, findings, goes, one, said, stack

API, METHOD, STAGE = "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Method", "AWS::ApiGateway::Stage"


def part(type_: str, **properties: Any) -> dict[str, Any]:
    return one(type_, {"RestApiId": {"Ref": "Api"}, **properties})


def test_the_address_ends_with_the_api_and_a_domain_keeps_its_own() -> None:
    (line,) = goes(API)
    assert line == (
        "interruption: It is deleted: its address https://<id>.execute-api.… ends, and clients that send there are "
        "refused"
    )
    mapping = one(
        "AWS::ApiGateway::BasePathMapping", {"DomainName": "events.shop.example", "RestApiId": {"Ref": "Web"}}
    )
    (first, *_) = said(
        stack({"Api": one(API, {"Name": "a"})}), stack({"Web": one(API, {"Name": "b"}), "Path": mapping})
    )
    assert first.endswith("its own address ends; events.shop.example goes on at the new one")


def test_the_parts_of_an_api_go_with_it_and_are_not_said_one_by_one() -> None:
    parts = {
        "Api": one(API),
        "Post": part(METHOD, HttpMethod="POST", ResourceId="r"),
        "Prod": part(STAGE, StageName="prod"),
    }
    assert said(stack(parts), stack({}))[1:] == ["safe: Post is deleted, with Api", "safe: Prod is deleted, with Api"]
    only = {name: one for name, one in parts.items() if name != "Post"}
    assert said(stack(parts), stack(only))[0] == "interruption: Post is deleted: clients that call it are refused"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            {},
            {"DisableExecuteApiEndpoint": True},
            "interruption: It its own address https://<id>.execute-api.… answers no",
        ),
        ({"DisableExecuteApiEndpoint": True}, {}, "visible: It its own address"),
        (
            {"EndpointConfiguration": {"Types": ["REGIONAL"]}},
            {"EndpointConfiguration": {"Types": ["PRIVATE"]}},
            "interruption: It is reached through VPC endpoints only",
        ),
        (
            {"EndpointConfiguration": {"Types": ["REGIONAL"]}},
            {"EndpointConfiguration": {"Types": ["EDGE"]}},
            "visible: It is",
        ),
        ({"Name": "a"}, {"Name": "b"}, "visible: It is called b, a before: metrics go on under the new name"),
        ({}, {"Body": {"openapi": "3.0"}}, "unknown: It Body changes"),
        ({}, {"EndpointAccessMode": "BASIC"}, "safe: It its endpoint access mode is BASIC"),
        ({"EndpointAccessMode": "BASIC"}, {"EndpointAccessMode": "STRICT"}, "interruption: It refuses requests whose"),
        ({"EndpointAccessMode": "STRICT"}, {}, "unknown: It its endpoint access mode is nothing, STRICT before"),
        ({}, {"SecurityPolicy": "TLS_1_2"}, "visible: It takes TLS by TLS_1_2"),
    ],
)
def test_an_api_changes_in_place(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (found,) = change(API, old, new)
    assert found.startswith(line)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            {"AuthorizationType": "NONE"},
            {"AuthorizationType": "AWS_IAM"},
            "interruption: It asks for AWS_IAM, for NONE",
        ),
        ({"AuthorizationType": "AWS_IAM"}, {"AuthorizationType": "NONE"}, "visible: It lets everybody in"),
        ({}, {"ApiKeyRequired": True}, "interruption: It asks for an API key"),
        ({"ApiKeyRequired": True}, {}, "visible: It asks for no API key any more"),
        (
            {"Integration": {"Uri": "a"}},
            {"Integration": {"Uri": "b"}},
            "visible: It hands requests on to b, to a before",
        ),
        ({"Integration": {"Type": "a"}}, {"Integration": {"Type": "b"}}, "unknown: It maps requests in another way"),
        (
            {"Integration": {"RequestTemplates": {"x": "a"}}},
            {"Integration": {"RequestTemplates": {"x": "b"}}},
            "code: It has other mapping templates",
        ),
        ({"AuthorizerId": "a"}, {}, "safe: It asks no authorizer"),
        ({"AuthorizerId": "a"}, {"AuthorizerId": "b"}, "unknown: It asks another authorizer"),
    ],
)
def test_a_method_changes_in_place(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (found,) = change(METHOD, old, new)
    assert found.startswith(line)


def throttle(rate: int, **more: Any) -> dict[str, Any]:
    setting = {"HttpMethod": "*", "ResourcePath": "/*", "ThrottlingRateLimit": rate, **more}
    return {"MethodSettings": [setting]}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            throttle(100),
            throttle(50),
            "visible: It takes 50 requests a second at * /*, 100 before: clients beyond that",
        ),
        (throttle(50), throttle(100), "safe: It takes 100 requests a second at * /*, 50 before"),
        ({}, throttle(50), "visible: It takes 50 requests a second at * /*, nothing before"),
        (throttle(50), throttle(50, DataTraceEnabled=True), "visible: It logs and measures * /* by"),
        ({}, {"AccessLogSetting": {"DestinationArn": "a"}}, "visible: It logs requests by"),
        ({"AccessLogSetting": {"DestinationArn": "a"}}, {}, "visible: It no longer logs requests"),
        ({"DeploymentId": "a"}, {"DeploymentId": "b"}, "safe: It serves the API as it is deployed anew"),
        (
            {"StageName": "a"},
            {"StageName": "b"},
            "interruption: It is replaced, since StageName changes: its address ends",
        ),
    ],
)
def test_a_stage_throttles_and_logs(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (found,) = change(STAGE, old, new)
    assert found.startswith(line)


def test_a_change_that_is_not_deployed_is_not_served() -> None:
    def side(status: int, deployment: str) -> Any:
        answers = [{"StatusCode": status}]
        post = part(METHOD, HttpMethod="POST", ResourceId="r", MethodResponses=answers)
        return stack({"Api": one(API), "Post": post, deployment: part("AWS::ApiGateway::Deployment")})

    assert any(
        "goes on serving what it serves now: Post changes" in line for line in said(side(200, "D"), side(204, "D"))
    )
    assert not any("goes on serving" in line for line in said(side(200, "D"), side(204, "E")))


@pytest.mark.parametrize(
    ("type_", "line"),
    [
        ("AWS::ApiGateway::ApiKey", "interruption: It is deleted: clients that send it are answered 403"),
        ("AWS::ApiGateway::UsagePlan", "interruption: It is deleted: API keys in it open nothing"),
        ("AWS::ApiGateway::DomainName", "interruption: It is deleted: clients that send to it are refused"),
        ("AWS::Route53::RecordSet", "interruption: It is deleted: the name leads nowhere"),
        ("AWS::WAFv2::WebACLAssociation", "visible: It is deleted: requests pass unfiltered"),
        ("AWS::ApiGateway::GatewayResponse", "visible: It is deleted: API Gateway's own text and headers again"),
    ],
)
def test_what_goes_with_a_part_of_the_endpoint(type_: str, line: str) -> None:
    assert goes(type_)[0].startswith(line)


def test_what_is_new_may_refuse_requests_too() -> None:
    for type_, text in (
        ("AWS::WAFv2::WebACLAssociation", "requests that the ACL's rules block are answered 403"),
        ("AWS::ApiGateway::Account", "all APIs of this account and region log by the role that is set here"),
    ):
        (first, *_) = findings(stack({}), stack({"It": one(type_)}))
        assert first.severity.label == "visible"
        assert text in first.effect.what
