"""What a template says of an API's callers: keys, plans, authorizers, settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clickstream_local.assembly import load_stacks
from clickstream_local.common.model import Authorizer, MethodSetting, PlanStage, RestApi, UsagePlan

REF = {"Ref": "Api"}


def api(folder: Path, properties: dict[str, Any] | None = None, **resources: tuple[str, dict[str, Any]]) -> RestApi:
    body = {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": properties or {}}}
    for logical_id, (kind, members) in resources.items():
        body[logical_id] = {"Type": f"AWS::{kind}", "Properties": members}
    (folder / "shop.json").write_text(json.dumps({"Resources": body}))
    (stack,) = load_stacks(folder / "shop.json")
    assert stack.unsupported == ()
    return stack.rest_apis[0]


def test_a_usage_plan_has_its_stages_keys_throttles_and_quota(tmp_path: Path) -> None:
    found = api(
        tmp_path,
        Plan=(
            "ApiGateway::UsagePlan",
            {
                "ApiStages": [
                    {
                        "ApiId": REF,
                        "Stage": "prod",
                        "Throttle": {"/events/POST": {"RateLimit": 5, "BurstLimit": 9}, "//GET": {"RateLimit": "2"}},
                    },
                    {"ApiId": "another", "Stage": "prod"},
                ],
                "Throttle": {"RateLimit": 100, "BurstLimit": 200},
                "Quota": {"Limit": 1000, "Period": "WEEK"},
            },
        ),
        Key=("ApiGateway::ApiKey", {"Name": "shop", "Enabled": True, "Value": "a-value-of-20-letters"}),
        Off=("ApiGateway::ApiKey", {}),
        Link=(
            "ApiGateway::UsagePlanKey",
            {"KeyId": {"Ref": "Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "Plan"}},
        ),
        OffLink=(
            "ApiGateway::UsagePlanKey",
            {"KeyId": {"Ref": "Off"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "Plan"}},
        ),
    )
    key, off = found.api_keys
    assert (key.name, key.value, key.enabled, off.enabled) == ("shop", "a-value-of-20-letters", True, False)
    (plan,) = found.usage_plans
    throttles = (MethodSetting("POST", "/events", 5.0, 9), MethodSetting("GET", "/", 2.0))
    assert plan == UsagePlan(
        "Plan", plan.id, (PlanStage("prod", throttles),), (key.id, off.id), 100.0, 200, 1000, "WEEK"
    )


def test_a_lambda_authorizer_has_the_arn_of_its_function_and_its_sources(tmp_path: Path) -> None:
    uri = {
        "Fn::Sub": [
            "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Arn}/invocations",
            {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:auth"},
        ]
    }
    found = api(
        tmp_path,
        Auth=(
            "ApiGateway::Authorizer",
            {
                "RestApiId": REF,
                "Name": "auth",
                "Type": "REQUEST",
                "AuthorizerUri": uri,
                "IdentitySource": "method.request.header.A, context.identity.sourceIp",
                "AuthorizerResultTtlInSeconds": 0,
            },
        ),
        Post=(
            "ApiGateway::Method",
            {
                "RestApiId": REF,
                "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
                "HttpMethod": "POST",
                "AuthorizationType": "CUSTOM",
                "AuthorizerId": {"Ref": "Auth"},
                "Integration": {"Type": "MOCK"},
            },
        ),
    )
    (authorizer,) = found.authorizers
    assert authorizer == Authorizer(
        "Auth",
        authorizer.id,
        "auth",
        "REQUEST",
        "arn:aws:lambda:us-east-1:000000000000:function:auth",
        ("method.request.header.A", "context.identity.sourceIp"),
        ttl_seconds=0,
    )
    assert found.methods[0].authorizer_id == authorizer.id


def test_payload_settings_of_the_api_are_read(tmp_path: Path) -> None:
    found = api(
        tmp_path,
        {"BinaryMediaTypes": ["image/png"], "MinimumCompressionSize": "0", "ApiKeySourceType": "AUTHORIZER"},
    )
    assert (found.binary_media_types, found.minimum_compression_size) == (("image/png",), 0)
    assert found.api_key_source == "AUTHORIZER"
