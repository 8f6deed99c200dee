from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from cdk_clickstream import (
    AccessLog,
    ApiAuth,
    CorsOptions,
    DeliveryStream,
    EndpointOptions,
    EventSchema,
    IngestApi,
    Quota,
    S3Prefix,
    Throttle,
)
from clickstream_local.vtl import MappingTemplate
from support.stacks import REASON, Synthesized, flat, new_stack

METHOD = "AWS::ApiGateway::Method"


def api_in(stack: cdk.Stack, auth: ApiAuth, **options: Any) -> IngestApi:
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    stream = DeliveryStream(stack, "Stream", bucket=bucket, prefix=S3Prefix("raw/"))
    return IngestApi(stack, "Ingest", delivery_stream=stream, auth=auth, **options)


def routes(found: Synthesized) -> dict[tuple[str, str], dict[str, Any]]:
    """Properties of each method by its path and HTTP method."""
    paths = {id_: one["Properties"]["PathPart"] for id_, one in found.of_type("AWS::ApiGateway::Resource").items()}
    methods = [one["Properties"] for one in found.of_type(METHOD).values()]
    return {(paths[one["ResourceId"]["Ref"]], one["HttpMethod"]): one for one in methods}


def method(found: Synthesized, http_method: str, path: str = "events") -> dict[str, Any]:
    return routes(found)[path, http_method]


def test_the_methods_are_those_that_take_events_their_preflights_and_a_health_check(reference: Synthesized) -> None:
    assert set(routes(reference)) == {
        ("events", "POST"),
        ("events", "OPTIONS"),
        ("records", "POST"),
        ("records", "OPTIONS"),
        ("health", "GET"),
    }


def test_the_health_check_asks_nobody_and_nothing(reference: Synthesized) -> None:
    health = method(reference, "GET", "health")
    assert (health["AuthorizationType"], health["Integration"]["Type"]) == ("NONE", "MOCK")
    assert "Credentials" not in health["Integration"]
    (answer,) = health["Integration"]["IntegrationResponses"]
    assert answer["StatusCode"] == "200"
    assert answer["ResponseTemplates"]["application/json"] == '{"status": "ok"}'


def test_an_unmatched_body_never_reaches_the_service_raw(reference: Synthesized) -> None:
    """aws-facts 10.2: with WHEN_NO_MATCH a client could name another stream."""
    assert {one["Integration"]["PassthroughBehavior"] for one in routes(reference).values()} == {"NEVER"}


@pytest.mark.parametrize("path", ["events", "records"])
def test_each_accepted_type_has_the_same_template_and_the_same_model(reference: Synthesized, path: str) -> None:
    """aws-facts 10.3: a type without a model is not validated."""
    post = method(reference, "POST", path)
    templates, models = post["Integration"]["RequestTemplates"], post["RequestModels"]
    assert set(templates) == set(models) == {"application/json", "text/plain"}
    assert templates["application/json"] == templates["text/plain"]
    assert models["application/json"] == models["text/plain"]
    validator = reference.only("AWS::ApiGateway::RequestValidator")
    assert validator["ValidateRequestBody"] is True


def test_the_template_names_the_stream_of_the_pipeline(reference: Synthesized) -> None:
    text = flat(method(reference, "POST")["Integration"]["RequestTemplates"]["application/json"])
    assert '{"DeliveryStreamName":"<PipelineStreamDD609695>"' in text


def test_the_integration_calls_put_record_with_the_right_type(reference: Synthesized) -> None:
    """aws-facts 10.1."""
    integration = method(reference, "POST")["Integration"]
    assert flat(integration["Uri"]) == "arn:<AWS::Partition>:apigateway:<AWS::Region>:firehose:action/PutRecord"
    assert integration["RequestParameters"] == {
        "integration.request.header.Content-Type": "'application/x-amz-json-1.1'"
    }


def test_an_answer_of_the_service_that_no_pattern_matches_is_no_success(reference: Synthesized) -> None:
    """aws-facts 10.1: the entry without a pattern is the default."""
    responses = method(reference, "POST")["Integration"]["IntegrationResponses"]
    by_pattern = {one.get("SelectionPattern"): one["StatusCode"] for one in responses}
    assert by_pattern == {r"2\d{2}": "202", r"5\d{2}": "503", None: "502"}


def test_throttling_is_answered_with_retry_after(reference: Synthesized) -> None:
    responses = method(reference, "POST")["Integration"]["IntegrationResponses"]
    (unavailable,) = [one for one in responses if one["StatusCode"] == "503"]
    assert unavailable["ResponseParameters"]["method.response.header.Retry-After"] == "'1'"


def test_each_status_and_header_of_an_answer_is_declared(reference: Synthesized) -> None:
    """aws-facts 10.10: integration and method responses must match."""
    for one in routes(reference).values():
        declared = {each["StatusCode"]: set(each["ResponseParameters"]) for each in one["MethodResponses"]}
        for answer in one["Integration"]["IntegrationResponses"]:
            assert set(answer["ResponseParameters"]) <= declared[answer["StatusCode"]]


def test_every_answer_carries_the_cors_headers(reference: Synthesized) -> None:
    """aws-facts 10.7: the POST itself too."""
    for one in routes(reference).values():
        for answer in one["Integration"]["IntegrationResponses"]:
            assert answer["ResponseParameters"]["method.response.header.Access-Control-Allow-Origin"] == "'*'"


def test_what_api_gateway_itself_answers_carries_the_cors_headers(reference: Synthesized) -> None:
    """aws-facts 10.5: or browsers hide the errors."""
    responses = [one["Properties"] for one in reference.of_type("AWS::ApiGateway::GatewayResponse").values()]
    assert {one["ResponseType"] for one in responses} == {"DEFAULT_4XX", "DEFAULT_5XX", "BAD_REQUEST_BODY"}
    for one in responses:
        assert one["ResponseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"


def test_a_bad_body_is_answered_with_a_hint_and_without_the_body(reference: Synthesized) -> None:
    (response,) = [
        one["Properties"]
        for one in reference.of_type("AWS::ApiGateway::GatewayResponse").values()
        if one["Properties"]["ResponseType"] == "BAD_REQUEST_BODY"
    ]
    template = response["ResponseTemplates"]["application/json"]
    assert response["StatusCode"] == "400"
    assert template.startswith('{"message":$context.error.messageString,')
    assert "validationErrorString" not in template


def test_the_preflight_answers_by_itself(reference: Synthesized) -> None:
    """aws-facts 10.7."""
    preflight = method(reference, "OPTIONS")
    assert preflight["AuthorizationType"] == "NONE"
    assert preflight["Integration"]["Type"] == "MOCK"
    assert preflight["Integration"]["RequestTemplates"] == {"application/json": '{"statusCode": 200}'}
    (answer,) = preflight["Integration"]["IntegrationResponses"]
    assert answer["StatusCode"] == "204"
    assert answer["ResponseParameters"]["method.response.header.Access-Control-Allow-Headers"] == "'Content-Type'"


def test_one_origin_with_credentials_is_named_in_every_answer() -> None:
    stack = new_stack()
    api_in(
        stack,
        ApiAuth.public(reason=REASON),
        cors=CorsOptions.origins("https://shop.example", allow_credentials=True),
    )
    found = Synthesized(stack)
    for answer in method(found, "POST")["Integration"]["IntegrationResponses"]:
        headers = answer["ResponseParameters"]
        assert headers["method.response.header.Access-Control-Allow-Origin"] == "'https://shop.example'"
        assert headers["method.response.header.Access-Control-Allow-Credentials"] == "'true'"
    for one in found.of_type("AWS::ApiGateway::GatewayResponse").values():
        headers = one["Properties"]["ResponseParameters"]
        assert headers["gatewayresponse.header.Access-Control-Allow-Credentials"] == "'true'"


def test_of_several_origins_the_callers_is_named_in_the_answer() -> None:
    cors = CorsOptions.origins("https://shop.example", "https://blog.example")
    stack = new_stack()
    api_in(stack, ApiAuth.public(reason=REASON), cors=cors)
    found = Synthesized(stack)
    answers = [
        *method(found, "POST")["Integration"]["IntegrationResponses"],
        *method(found, "OPTIONS")["Integration"]["IntegrationResponses"],
    ]
    for answer in answers:
        headers = answer["ResponseParameters"]
        assert headers["method.response.header.Access-Control-Allow-Origin"] == "'https://shop.example'"
        assert headers["method.response.header.Vary"] == "'Origin'"
        assert answer["ResponseTemplates"]["application/json"].startswith(cors.origin_template)


@pytest.mark.parametrize(
    ("headers", "chosen"),
    [
        ({"Origin": "https://blog.example"}, "https://blog.example"),
        ({"origin": "https://blog.example"}, "https://blog.example"),
        ({"origin": "https://evil.example"}, None),
        ({}, None),
    ],
)
def test_only_an_allowed_origin_is_named(headers: dict[str, str], chosen: str | None) -> None:
    cors = CorsOptions.origins("https://shop.example", "https://blog.example")
    variables: dict[str, Any] = {"responseOverride": {"header": {}}}
    params: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": headers}
    template = MappingTemplate(cors.origin_template + "{}")
    assert template.render(body="", params=params, context=variables, stage_variables={}).strip() == "{}"
    assert variables["responseOverride"]["header"].get("Access-Control-Allow-Origin") == chosen


def test_the_stage_throttles_and_logs_without_payloads(reference: Synthesized) -> None:
    stage = reference.only("AWS::ApiGateway::Stage")
    settings = {one["ResourcePath"]: one for one in stage["MethodSettings"]}
    limits = {path: (one["ThrottlingRateLimit"], one["ThrottlingBurstLimit"]) for path, one in settings.items()}
    assert limits == {"/*": (800, 200), "/~1records": (20, 20)}
    for one in settings.values():
        assert one["DataTraceEnabled"] is False
        assert "LoggingLevel" not in one
    log_format = stage["AccessLogSetting"]["Format"]
    assert "$context.extendedRequestId" in log_format
    assert "sourceIp" not in log_format
    assert "userAgent" not in log_format


def test_the_account_wide_logging_role_is_left_alone(reference: Synthesized) -> None:
    assert not reference.of_type("AWS::ApiGateway::Account")


def test_the_account_wide_logging_role_can_be_set() -> None:
    stack = new_stack()
    api_in(stack, ApiAuth.iam(), access_log=AccessLog(account_role=True))
    found = Synthesized(stack)
    (account,) = found.of_type("AWS::ApiGateway::Account")
    (stage,) = found.of_type("AWS::ApiGateway::Stage").values()
    assert account in stage["DependsOn"]


def test_the_access_log_can_be_left_out() -> None:
    stack = new_stack()
    api_in(stack, ApiAuth.iam(), access_log=False)
    found = Synthesized(stack)
    assert "AccessLogSetting" not in found.only("AWS::ApiGateway::Stage")
    assert not [id_ for id_ in found.of_type("AWS::Logs::LogGroup") if "AccessLog" in id_]


def test_the_route_for_batches_can_be_left_out() -> None:
    stack = new_stack()
    api = api_in(stack, ApiAuth.public(reason=REASON), options=EndpointOptions(records=False))
    found = Synthesized(stack)
    assert api.post_records is None
    assert {path for path, _ in routes(found)} == {"events", "health"}
    assert found.statements("IngestRole")["firehose:PutRecord"]["Action"] == "firehose:PutRecord"
    (settings,) = found.only("AWS::ApiGateway::Stage")["MethodSettings"]
    assert settings["ResourcePath"] == "/*"


def test_a_batch_is_put_by_the_call_that_takes_many(reference: Synthesized) -> None:
    integration = method(reference, "POST", "records")["Integration"]
    assert flat(integration["Uri"]).endswith(":firehose:action/PutRecordBatch")


def test_a_strict_endpoint_checks_by_the_schema_it_is_given() -> None:
    stack = new_stack()
    schema = EventSchema.from_dict(
        {"type": "object", "properties": {"event_name": {"type": "string"}, "price": {"type": "number", "minimum": 0}}}
    )
    api_in(stack, ApiAuth.public(reason=REASON), request_validation="strict", schema=schema)
    models = [one["Properties"]["Schema"] for one in Synthesized(stack).of_type("AWS::ApiGateway::Model").values()]
    for model in models:
        array = model if model["title"] == "Records" else model["oneOf"][1]
        assert array["items"]["properties"]["price"] == {"type": ["number", "null"], "minimum": 0}


def test_the_construct_makes_no_output(reference: Synthesized) -> None:
    assert "Outputs" not in reference.template


def test_an_open_endpoint_has_no_key_and_no_authorizer(reference: Synthesized) -> None:
    post = method(reference, "POST")
    assert (post["AuthorizationType"], post["ApiKeyRequired"]) == ("NONE", False)


def test_an_api_key_comes_with_a_usage_plan() -> None:
    stack = new_stack()
    api_in(stack, ApiAuth.api_key(throttle=Throttle(10, 5), quota=Quota(1000, apigateway.Period.MONTH)))
    found = Synthesized(stack)
    needed = {route: one.get("ApiKeyRequired", False) for route, one in routes(found).items()}
    assert needed == {
        ("events", "POST"): True,
        ("events", "OPTIONS"): False,
        ("records", "POST"): True,
        ("records", "OPTIONS"): False,
        ("health", "GET"): False,
    }
    plan = found.only("AWS::ApiGateway::UsagePlan")
    assert plan["Throttle"] == {"RateLimit": 10, "BurstLimit": 5}
    assert plan["Quota"] == {"Limit": 1000, "Period": "MONTH"}
    assert len(plan["ApiStages"]) == 1
    assert found.only("AWS::ApiGateway::UsagePlanKey")["KeyType"] == "API_KEY"


def test_an_existing_key_is_taken_and_more_keys_can_join() -> None:
    stack = new_stack()
    key = apigateway.ApiKey.from_api_key_id(stack, "Company", "company-key")
    api = api_in(stack, ApiAuth.api_key(key=key))
    assert api.usage_plan is not None
    api.usage_plan.add_api_key(apigateway.ApiKey(stack, "Partner"))
    found = Synthesized(stack)
    (partner,) = found.of_type("AWS::ApiGateway::ApiKey")
    keys = [one["Properties"]["KeyId"] for one in found.of_type("AWS::ApiGateway::UsagePlanKey").values()]
    assert keys == ["company-key", {"Ref": partner}]


def test_a_browser_may_send_the_key() -> None:
    stack = new_stack()
    api_in(stack, ApiAuth.api_key())
    (answer,) = method(Synthesized(stack), "OPTIONS")["Integration"]["IntegrationResponses"]
    allowed = answer["ResponseParameters"]["method.response.header.Access-Control-Allow-Headers"]
    assert allowed == "'Content-Type,X-Api-Key'"


def test_iam_callers_can_be_granted_the_methods_that_take_events_alone() -> None:
    stack = new_stack()
    api = api_in(stack, ApiAuth.iam())
    api.grant_invoke(iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal()))
    found = Synthesized(stack)
    assert method(found, "POST")["AuthorizationType"] == "AWS_IAM"
    (statement,) = found.statements("Caller").values()
    assert statement["Action"] == "execute-api:Invoke"
    assert [flat(one).split("/", 2)[2] for one in statement["Resource"]] == ["POST/events", "POST/records"]
    template = flat(method(found, "POST")["Integration"]["RequestTemplates"]["application/json"])
    assert "$!context.identity.userArn" in template


def test_a_user_pool_authorizer_gives_the_subject_as_principal() -> None:
    stack = new_stack()
    pool = cognito.UserPool(stack, "Pool")
    authorizer = apigateway.CognitoUserPoolsAuthorizer(stack, "Authorizer", cognito_user_pools=[pool])
    api_in(stack, ApiAuth.authorizer(authorizer))
    post = method(Synthesized(stack), "POST")
    assert post["AuthorizationType"] == "COGNITO_USER_POOLS"
    template = flat(post["Integration"]["RequestTemplates"]["application/json"])
    assert "$!context.authorizer.claims.sub" in template


def deployment_of(throttle: Throttle | None = None, cors: CorsOptions | None = None) -> str:
    stack = new_stack()
    api_in(stack, ApiAuth.public(reason=REASON), throttle=throttle, cors=cors)
    (id_,) = Synthesized(stack).of_type("AWS::ApiGateway::Deployment")
    return id_


def test_another_template_makes_another_deployment_and_another_throttle_does_not() -> None:
    """aws-facts 10.10: a deployment is a snapshot."""
    first = deployment_of()
    assert deployment_of(throttle=Throttle(1, 1)) == first
    assert deployment_of(cors=CorsOptions.origins("https://shop.example")) != first


def test_the_deployment_waits_for_the_models() -> None:
    stack = new_stack()
    api_in(stack, ApiAuth.public(reason=REASON))
    found = Synthesized(stack)
    (deployment,) = found.of_type("AWS::ApiGateway::Deployment").values()
    assert set(found.of_type("AWS::ApiGateway::Model")) < set(deployment["DependsOn"])


def test_a_team_can_add_a_route() -> None:
    stack = new_stack()
    api = api_in(stack, ApiAuth.public(reason=REASON))
    api.rest_api.root.add_resource("version").add_method("GET", apigateway.MockIntegration())
    assertions.Template.from_stack(stack).resource_count_is(METHOD, 6)


def test_the_metrics_are_those_of_this_api() -> None:
    stack = new_stack()
    api = api_in(stack, ApiAuth.public(reason=REASON))
    found = Synthesized(stack)
    for metric, name in (
        (api.metric_requests(), "Count"),
        (api.metric_client_error(), "4XXError"),
        (api.metric_server_error(), "5XXError"),
        (api.metric_latency(), "Latency"),
    ):
        assert metric.metric_name == name
        assert metric.dimensions == {"ApiName": found.only("AWS::ApiGateway::RestApi")["Name"]}
