"""An API made with the CDK's own constructs alone: everything in it runs."""

from __future__ import annotations

import pytest

from clickstream_local.assembly import load_stacks
from clickstream_local.common.model import MethodSetting, RestApi

HANDLER = "def handler(event, context): return {}"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> RestApi:
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


def test_methods_have_their_callers_checks(api: RestApi) -> None:
    methods = {method.http_method: method for method in api.methods if method.resource_path == "/events"}
    assert methods.keys() == {"OPTIONS", "POST", "PUT", "PATCH"}
    assert methods["POST"].api_key_required
    assert methods["PUT"].authorization_type == "AWS_IAM"
    (authorizer,) = api.authorizers
    assert methods["PATCH"].authorizer_id == authorizer.id
    assert authorizer.function_arn is not None
    assert ":function:Plain-Guard" in authorizer.function_arn


def test_the_settings_of_a_method_are_found_under_its_path(api: RestApi) -> None:
    """CloudFormation has the path as /~1events."""
    (stage,) = api.stages
    settings = {(setting.http_method, setting.resource_path): setting for setting in stage.method_settings}
    assert settings["*", "/*"].logging_level == "INFO"
    assert settings["POST", "/events"].rate == 5.0
    assert stage.name == "v1"
    assert stage.access_log_group is not None
    assert stage.access_log_group.startswith("Plain-Log")


def test_the_plan_ties_the_key_to_the_stage(api: RestApi) -> None:
    (plan,), (key,) = api.usage_plans, api.api_keys
    assert plan.key_ids == (key.id,)
    assert (plan.quota_limit, plan.quota_period) == (100, "DAY")
    (stage,) = plan.stages
    assert stage.throttles == (MethodSetting("POST", "/events", rate=1.0),)
    assert (key.value, key.enabled) == ("a-value-of-20-letters", True)
