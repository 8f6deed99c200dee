from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import (
    AccessLog,
    ApiAuth,
    ConfigurationError,
    CorsOptions,
    DeliveryStream,
    EndpointOptions,
    EventSchema,
    IngestApi,
    Throttle,
    Transform,
    TransformFunction,
)
from support.endpoints import METHOD, api, api_in, method, routes
from support.stacks import PUBLIC, Synthesized, flat, new_stack, pipeline_in, refusal, stream_in

TOKEN = "5d1f0c52-6c39-44a4-8f0e-0d7f7f0f9a77"


def test_the_methods_are_those_that_take_events_their_preflights_and_a_health_check(reference: Synthesized) -> None:
    assert set(routes(reference)) == {
        ("events", "POST"),
        ("events", "OPTIONS"),
        ("records", "POST"),
        ("records", "OPTIONS"),
        ("health", "GET"),
    }


def test_an_unmatched_body_never_reaches_the_service_raw(reference: Synthesized) -> None:
    """facts/api-gateway.md#templates: with WHEN_NO_MATCH a client could name another stream."""
    assert {one["Integration"]["PassthroughBehavior"] for one in routes(reference).values()} == {"NEVER"}


@pytest.mark.parametrize("path", ["events", "records"])
def test_each_accepted_type_has_the_same_template_and_the_same_model(reference: Synthesized, path: str) -> None:
    """facts/api-gateway.md#request-validation: a type without a model is not validated."""
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


def tokens(found: Synthesized) -> set[str]:
    """The tokens that the templates of the routes write."""
    templates = [
        flat(text)
        for one in routes(found).values()
        for text in one["Integration"].get("RequestTemplates", {}).values()
        if one["HttpMethod"] == "POST"
    ]
    assert len(templates) == 4
    return {text.partition("${q}token${q}:${q}")[2].partition("${q}")[0] for text in templates}


def test_every_template_writes_the_token_that_the_function_believes(reference: Synthesized) -> None:
    believed = reference.only("AWS::Lambda::Function")["Environment"]["Variables"]["CLICKSTREAM_CONTEXT_TOKENS"]
    assert tokens(reference) == {flat(believed)} == {"<<AWS::StackId> / 2>"}


def test_an_endpoint_in_another_stack_writes_the_token_of_the_functions_stack() -> None:
    """The id of a stack crosses to another one by an export."""
    stack = new_stack("Lake")
    function = TransformFunction(stack, "Transform")
    stream = stream_in(stack, processor=function.processor)
    other = cdk.Stack(stack.node.root, "Edge")
    api_in(other, delivery_stream=stream)
    (text,) = tokens(Synthesized(other))
    (output,) = [
        one
        for one in Synthesized(stack).template["Outputs"].values()
        if one["Value"] == {"Ref": "AWS::StackId"} and f"<<{one['Export']['Name']}> / 2>" == text
    ]
    assert output


def test_an_endpoint_in_a_nested_stack_writes_the_token_of_the_functions_stack() -> None:
    stack = new_stack()
    stream = stream_in(stack, processor=TransformFunction(stack, "Transform").processor)
    nested = cdk.NestedStack(stack, "Edge")
    api_in(nested, delivery_stream=stream)
    (text,) = tokens(Synthesized(nested))
    parameters = Synthesized(stack).only("AWS::CloudFormation::Stack")["Parameters"]
    assert parameters[text.removeprefix("<<").partition(">")[0]] == {"Ref": "AWS::StackId"}


def test_an_endpoint_writes_the_token_of_a_function_in_a_nested_stack() -> None:
    stack = new_stack()
    function = TransformFunction(cdk.NestedStack(stack, "Lake"), "Transform")
    api_in(stack, delivery_stream=stream_in(stack, processor=function.processor))
    found = Synthesized(stack)
    (nested,) = found.of_type("AWS::CloudFormation::Stack")
    assert tokens(found) == {f"<<{nested}> / 2>"}


def test_an_imported_stream_does_not_tell_its_functions_token_and_synth_names_the_option() -> None:
    stack = new_stack()
    imported = DeliveryStream.from_delivery_stream_name(stack, "Clicks", "clicks")
    api_in(stack, delivery_stream=imported)
    named = assertions.Match.string_like_regexp(r".*context_token=")
    assertions.Annotations.from_stack(stack).has_warning("*", named)
    stack = new_stack()
    imported = DeliveryStream.from_delivery_stream_name(stack, "Clicks", "clicks")
    api_in(stack, delivery_stream=imported, context_token=TOKEN)
    assert tokens(Synthesized(stack)) == {TOKEN}
    assert not assertions.Annotations.from_stack(stack).find_warning("*", named)


def test_a_function_of_ones_own_is_written_the_token_that_it_knows() -> None:
    stack = new_stack()
    function = lambda_.Function.from_function_name(stack, "Rows", "rows")
    pipeline_in(stack, transform=Transform.from_function(function, context_token=TOKEN))
    assert tokens(Synthesized(stack)) == {TOKEN}
    own = new_stack()
    pipeline_in(own, transform=Transform.from_function(lambda_.Function.from_function_name(own, "Rows", "rows")))
    assert tokens(Synthesized(own)) == {"<<AWS::StackId> / 2>"}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"context_token": 'a"b'}, "context_token='3 characters': must be 16 to 64 letters"),
        ({"context_token": TOKEN, "one_event": True}, "context_token='given': one_event=True puts no context lines"),
    ],
)
def test_a_token_that_cannot_be_written_is_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(problem)):
        api_in(new_stack(), **options)


def test_another_token_is_deployed() -> None:
    """facts/api-gateway.md#deployments: a deployment is a snapshot; a stage would keep the old template."""

    def deployed(token: str | None) -> set[str]:
        stack = new_stack()
        api_in(stack, context_token=token)
        return set(Synthesized(stack).of_type("AWS::ApiGateway::Deployment"))

    assert deployed(None) == deployed(None) != deployed(TOKEN)


def test_the_integration_calls_put_record_with_the_right_type(reference: Synthesized) -> None:
    """facts/api-gateway.md#aws-integration."""
    integration = method(reference, "POST")["Integration"]
    assert flat(integration["Uri"]) == "arn:<AWS::Partition>:apigateway:<AWS::Region>:firehose:action/PutRecord"
    assert integration["RequestParameters"] == {
        "integration.request.header.Content-Type": "'application/x-amz-json-1.1'"
    }


def test_there_is_no_access_log_by_default_and_synth_names_the_option(reference: Synthesized) -> None:
    """API Gateway refuses a stage with one in an account without a logging role (facts/api-gateway.md#logging-role)."""
    assert "AccessLogSetting" not in reference.only("AWS::ApiGateway::Stage")
    assert not [id_ for id_ in reference.of_type("AWS::Logs::LogGroup") if "AccessLog" in id_]
    stack = new_stack()
    api_in(stack, auth=ApiAuth.iam())
    named = assertions.Match.string_like_regexp(r".*access_log=AccessLog\(\).*account_role=True")
    assertions.Annotations.from_stack(stack).has_info("*", named)


def test_an_access_log_that_is_left_out_on_purpose_is_not_spoken_of() -> None:
    stack = new_stack()
    api_in(stack, auth=ApiAuth.iam(), access_log=False)
    assert "AccessLogSetting" not in Synthesized(stack).only("AWS::ApiGateway::Stage")
    assert not assertions.Annotations.from_stack(stack).find_info(
        "*", assertions.Match.string_like_regexp("access_log")
    )


def test_the_route_for_batches_can_be_left_out() -> None:
    stack = new_stack()
    api = api_in(stack, options=EndpointOptions(records=False))
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
    api_in(stack, request_validation="strict", schema=schema)
    models = [one["Properties"]["Schema"] for one in Synthesized(stack).of_type("AWS::ApiGateway::Model").values()]
    for model in models:
        array = model if model["title"] == "Records" else model["oneOf"][1]
        assert array["items"]["properties"]["price"] == {"type": ["number", "null"], "minimum": 0}


def test_a_strict_endpoint_says_in_words_what_a_required_member_must_be() -> None:
    def hint(**options: Any) -> str:
        stack = new_stack()
        api_in(stack, **options)
        responses = [
            one["Properties"] for one in Synthesized(stack).of_type("AWS::ApiGateway::GatewayResponse").values()
        ]
        (template,) = [one["ResponseTemplates"]["application/json"] for one in responses if "ResponseTemplates" in one]
        return str(json.loads(template.replace("$context.error.messageString", '""'))["hint"])

    words = "event_name must begin with a letter, a digit or a sign, and hold no control characters."
    assert words in hint(request_validation="strict")
    assert words not in hint()


def test_the_construct_makes_no_output(reference: Synthesized) -> None:
    assert "Outputs" not in reference.template


def deployment_of(throttle: Throttle | None = None, cors: CorsOptions | None = None) -> str:
    stack = new_stack()
    api_in(stack, throttle=throttle, cors=cors)
    (id_,) = Synthesized(stack).of_type("AWS::ApiGateway::Deployment")
    return id_


def test_another_template_makes_another_deployment_and_another_throttle_does_not() -> None:
    """facts/api-gateway.md#deployments: a deployment is a snapshot."""
    first = deployment_of()
    assert deployment_of(throttle=Throttle(1, 1)) == first
    assert deployment_of(cors=CorsOptions.origins("https://shop.example")) != first


def test_the_deployment_waits_for_the_models() -> None:
    found = api()
    (deployment,) = found.of_type("AWS::ApiGateway::Deployment").values()
    assert set(found.of_type("AWS::ApiGateway::Model")) < set(deployment["DependsOn"])


def test_a_team_can_add_a_route() -> None:
    stack = new_stack()
    api = api_in(stack)
    api.rest_api.root.add_resource("version").add_method("GET", apigateway.MockIntegration())
    assertions.Template.from_stack(stack).resource_count_is(METHOD, 6)


def test_the_metrics_are_those_of_this_api() -> None:
    stack = new_stack()
    api = api_in(stack)
    found = Synthesized(stack)
    for metric, name in (
        (api.metric_requests(), "Count"),
        (api.metric_client_error(), "4XXError"),
        (api.metric_server_error(), "5XXError"),
        (api.metric_latency(), "Latency"),
    ):
        assert metric.metric_name == name
        assert metric.dimensions == {"ApiName": found.only("AWS::ApiGateway::RestApi")["Name"]}


def _gate(stack: cdk.Stack) -> apigateway.IAuthorizer:
    handler = lambda_.Function.from_function_arn(stack, "Handler", "arn:aws:lambda:eu-west-1:111122223333:function:g")
    return apigateway.TokenAuthorizer(stack, "Gate", handler=handler)


def test_an_authorizer_for_two_endpoints_is_refused() -> None:
    stack = new_stack()
    stream, auth = stream_in(stack), ApiAuth.authorizer(_gate(stack))
    IngestApi(stack, "Web", delivery_stream=stream, auth=auth)
    message = refusal(lambda: IngestApi(stack, "App", delivery_stream=stream, auth=auth))
    assert "auth.authorizer='Test/Gate': Test/Web has this authorizer already. Make one for each REST API" in message


def test_an_authorizer_of_another_stack_is_refused() -> None:
    stack = new_stack()
    auth = ApiAuth.authorizer(_gate(cdk.Stack(stack, "Other")))
    message = refusal(lambda: IngestApi(stack, "Web", delivery_stream=stream_in(stack), auth=auth))
    assert "auth.authorizer='Test/Other/Gate': is made in another stack" in message


def test_the_logging_role_of_the_account_is_set_once() -> None:
    stack = new_stack()
    stream, log = stream_in(stack), AccessLog(account_role=True)
    IngestApi(stack, "Web", delivery_stream=stream, auth=PUBLIC, access_log=log)
    message = refusal(lambda: IngestApi(stack, "App", delivery_stream=stream, auth=PUBLIC, access_log=log))
    assert "access_log.account_role=True: Test/Web has this setting of the account and region already" in message
