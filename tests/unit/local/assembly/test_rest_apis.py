"""What a template says of an API's callers: keys, plans, authorizers, settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clickstream_local.assembly.cloud_assembly import load_stacks
from clickstream_local.assembly.physical import opaque_id
from clickstream_local.common.model import Authorizer, MethodSetting, PlanStage, RestApi, UsagePlan
from support.assemblies import load_resources

HANDLER = "def handler(event, context): return {}"

REF = {"Ref": "Api"}
HANDLER = "def handler(event, context): return {}"


def api(folder: Path, properties: dict[str, Any] | None = None, **resources: tuple[str, dict[str, Any]]) -> RestApi:
    body = {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": properties or {}}}
    for logical_id, (kind, members) in resources.items():
        body[logical_id] = {"Type": f"AWS::{kind}", "Properties": members}
    stack = load_resources(folder, body)
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


@pytest.fixture(scope="module")
def cdk_api(tmp_path_factory: pytest.TempPathFactory) -> RestApi:
    """An API made with the CDK's own constructs alone: everything in it runs."""
    import aws_cdk as cdk
    from aws_cdk import aws_apigateway as apigateway
    from aws_cdk import aws_kinesisfirehose as firehose
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_s3 as s3

    out = tmp_path_factory.mktemp("assembly")
    app = cdk.App(outdir=str(out))
    stack = cdk.Stack(app, "Plain")
    stream = firehose.DeliveryStream(stack, "Stream", destination=firehose.S3Bucket(s3.Bucket(stack, "Lake")))
    guard = lambda_.Function(
        stack,
        "Guard",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(HANDLER),
    )
    rest_api = apigateway.RestApi(
        stack,
        "Api",
        binary_media_types=["image/png"],
        min_compression_size=cdk.Size.kibibytes(1),
        default_cors_preflight_options=apigateway.CorsOptions(allow_origins=["*"]),
        deploy_options=apigateway.StageOptions(
            stage_name="v1",
            logging_level=apigateway.MethodLoggingLevel.INFO,
            access_log_destination=apigateway.LogGroupLogDestination(logs.LogGroup(stack, "Log")),
            tracing_enabled=True,
            metrics_enabled=True,
            method_options={"/events/POST": apigateway.MethodDeploymentOptions(throttling_rate_limit=5)},
        ),
    )
    integration = apigateway.AwsIntegration(
        service="firehose",
        action="PutRecord",
        options=apigateway.IntegrationOptions(
            request_templates={"application/json": f'{{"DeliveryStreamName": "{stream.delivery_stream_name}"}}'},
            integration_responses=[apigateway.IntegrationResponse(status_code="200")],
        ),
    )
    events = rest_api.root.add_resource("events")
    ok = [apigateway.MethodResponse(status_code="200")]
    post = events.add_method("POST", integration, api_key_required=True, method_responses=ok)
    iam = apigateway.AuthorizationType.IAM
    events.add_method("PUT", integration, authorization_type=iam, method_responses=ok)
    source = apigateway.IdentitySource.header("X-Team")
    authorizer = apigateway.RequestAuthorizer(stack, "Authorizer", handler=guard, identity_sources=[source])
    events.add_method("PATCH", integration, authorizer=authorizer, method_responses=ok)
    key = rest_api.add_api_key("Key", value="a-value-of-20-letters")
    throttle = apigateway.ThrottlingPerMethod(method=post, throttle=apigateway.ThrottleSettings(rate_limit=1))
    plan = rest_api.add_usage_plan(
        "Plan",
        quota=apigateway.QuotaSettings(limit=100, period=apigateway.Period.DAY),
        api_stages=[
            apigateway.UsagePlanPerApiStage(api=rest_api, stage=rest_api.deployment_stage, throttle=[throttle])
        ],
    )
    plan.add_api_key(key)
    app.synth()
    (found,) = load_stacks(out)
    assert found.unsupported == ()
    return found.rest_apis[0]


def test_methods_have_their_callers_checks(cdk_api: RestApi) -> None:
    methods = {method.http_method: method for method in cdk_api.methods if method.resource_path == "/events"}
    assert methods.keys() == {"OPTIONS", "POST", "PUT", "PATCH"}
    assert methods["POST"].api_key_required
    assert methods["PUT"].authorization_type == "AWS_IAM"
    (authorizer,) = cdk_api.authorizers
    assert methods["PATCH"].authorizer_id == authorizer.id
    assert authorizer.function_arn is not None
    assert ":function:Plain-Guard" in authorizer.function_arn


def test_the_settings_of_a_method_are_found_under_its_path(cdk_api: RestApi) -> None:
    """CloudFormation has the path as /~1events."""
    (stage,) = cdk_api.stages
    settings = {(setting.http_method, setting.resource_path): setting for setting in stage.method_settings}
    assert settings["*", "/*"].logging_level == "INFO"
    assert settings["POST", "/events"].rate == 5.0
    assert stage.name == "v1"
    assert stage.access_log_group is not None
    assert stage.access_log_group.startswith("Plain-Log")


def test_the_plan_ties_the_key_to_the_stage(cdk_api: RestApi) -> None:
    (plan,), (key,) = cdk_api.usage_plans, cdk_api.api_keys
    assert plan.key_ids == (key.id,)
    assert (plan.quota_limit, plan.quota_period) == (100, "DAY")
    (stage,) = plan.stages
    assert stage.throttles == (MethodSetting("POST", "/events", rate=1.0),)
    assert (key.value, key.enabled) == ("a-value-of-20-letters", True)


def test_api_resources_that_are_each_others_parents_are_left_out(tmp_path: Path) -> None:
    # By plain ids, where CloudFormation's own check sees nothing.
    def part(logical_id: str, parent: str) -> dict[str, Any]:
        properties = {"RestApiId": {"Ref": "Api"}, "ParentId": opaque_id("shop", parent), "PathPart": logical_id}
        return {"Type": "AWS::ApiGateway::Resource", "Properties": properties}

    resources = {"Api": {"Type": "AWS::ApiGateway::RestApi"}, "One": part("One", "Two"), "Two": part("Two", "One")}
    (found,) = load_resources(tmp_path, resources).unsupported
    assert found.reason.endswith("its ParentId leads back to it")


def test_a_method_gets_its_full_path_its_validator_and_the_action_of_its_integration(tmp_path: Path) -> None:
    api = {"Ref": "Api"}
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "ingest"}},
        "V1": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {"RestApiId": api, "ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "PathPart": "v1"},
        },
        "Events": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {"RestApiId": api, "ParentId": {"Ref": "V1"}, "PathPart": "events"},
        },
        "Body": {
            "Type": "AWS::ApiGateway::RequestValidator",
            "Properties": {"RestApiId": api, "ValidateRequestBody": True},
        },
        "Post": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": api,
                "ResourceId": {"Ref": "Events"},
                "HttpMethod": "POST",
                "RequestValidatorId": {"Ref": "Body"},
                "MethodResponses": [{"StatusCode": "202"}, {"StatusCode": "502"}],
                "Integration": {
                    "Type": "AWS",
                    "Uri": {"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:firehose:action/PutRecord"},
                    "IntegrationResponses": [
                        {"StatusCode": "202"},
                        {"StatusCode": "502", "SelectionPattern": "5\\d{2}"},
                    ],
                },
            },
        },
        "Lambda": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": api,
                "ResourceId": {"Ref": "V1"},
                "HttpMethod": "GET",
                "Integration": {"Type": "AWS_PROXY", "Uri": "arn:x"},
            },
        },
    }
    stack = load_resources(tmp_path, resources)
    (method,) = stack.rest_apis[0].methods
    assert (method.resource_path, method.validate_body) == ("/v1/events", True)
    assert (method.integration.service, method.integration.action) == ("firehose", "PutRecord")
    assert [r.selection_pattern for r in method.integration.responses] == [None, "5\\d{2}"]
    assert [found.logical_id for found in stack.unsupported] == ["Lambda"]
