"""The HTTP endpoint: an API Gateway service proxy in front of Firehose, without a Lambda in the request path."""

from __future__ import annotations

import json
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_clickstream.access_log import ACCESS_LOG_FORMAT, AccessLog
from cdk_clickstream.acknowledge import acknowledge
from cdk_clickstream.auth import ApiAuth
from cdk_clickstream.cors import CorsOptions
from cdk_clickstream.delivery_stream import DeliveryStream
from cdk_clickstream.mapping_template import (
    ACCEPTED_TEMPLATE,
    KINESIS_REFUSED_TEMPLATE,
    REFUSED_TEMPLATE,
    UNAVAILABLE_TEMPLATE,
    put_event_template,
    put_events_template,
)
from cdk_clickstream.request_model import MAX_EVENTS, event_model, events_model
from cdk_clickstream.throttle import Throttle

CONTENT_TYPES = ("application/json", "text/plain")
"""What a request may be; text/plain is what ``sendBeacon`` posts."""

_HINT = f"Send one event or an array of 1 to {MAX_EVENTS} events, each an object with a string event_name."
_HINT_ONE = "Send one event, an object with a string event_name."


class IngestApi(Construct):
    """``POST /events`` that hands each request to a delivery stream as one record, with its CORS preflight.

    Answers: 202 ``{"request_id": ...}``; 400 for a body that breaks the request model; 403 without the right to call;
    413 for a request that is no Firehose record any more (1,024,000 bytes with its context line); 415 for another
    content type; 429 over the throttle; 503 with ``Retry-After: 1`` while Firehose throttles; 502 for any other
    error of the service. CORS headers are on all of them, except on API Gateway's own 413 for a body over 10 MB,
    which cannot be changed.

    Parameters
    ----------
    delivery_stream:
        Where the records go.
    auth:
        Who may call.
    one_event:
        Take one event a request and put it as it is, a newline after it, for a stream without a transform.
        Default: ``False``.
    cors:
        Which pages may read the answers. Default: any origin, without credentials.
    throttle:
        Requests of all callers together. Default: ``Throttle()``, under Firehose's quota.
    access_log:
        What is kept of each request; ``False`` for nothing. Default: ``AccessLog()``, which needs the account's
        logging role to be set: see there.
    removal_policy:
        What happens to the access log with the stack. Default: it is kept.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        delivery_stream: DeliveryStream,
        auth: ApiAuth,
        one_event: bool = False,
        cors: CorsOptions | None = None,
        throttle: Throttle | None = None,
        access_log: AccessLog | Literal[False] | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        self._auth = auth
        self._one_event = one_event
        self._cors = cors or CorsOptions.any_origin()
        self.delivery_stream = delivery_stream
        log = AccessLog() if access_log is None else access_log or None
        self.access_log = self._build_access_log(log, removal_policy) if log else None
        self.rest_api = self._build_rest_api(throttle or Throttle(), account_role=log is not None and log.account_role)
        self.role = self._build_role()
        self.model = self._build_model()
        self.events = self.rest_api.root.add_resource("events")
        self.post_events = self._build_post_events()
        self._build_preflight()
        self._build_gateway_responses()
        self.key = self._build_key() if auth.needs_key else None

    @property
    def endpoint_url(self) -> str:
        """Address to post events to (a token)."""
        return self.rest_api.url_for_path("/events")

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal call ``POST /events``; needed with ``ApiAuth.iam()``."""
        return self.post_events.grant_execute(grantee)

    def metric_requests(self) -> cloudwatch.Metric:
        """Requests."""
        return self.rest_api.metric_count()

    def metric_client_error(self) -> cloudwatch.Metric:
        """Answers with a 4xx status."""
        return self.rest_api.metric_client_error()

    def metric_server_error(self) -> cloudwatch.Metric:
        """Answers with a 5xx status: 503 while Firehose throttles, 502 otherwise."""
        return self.rest_api.metric_server_error()

    def metric_latency(self) -> cloudwatch.Metric:
        """Milliseconds from request to answer."""
        return self.rest_api.metric_latency()

    def _build_access_log(self, log: AccessLog, removal_policy: cdk.RemovalPolicy) -> logs.LogGroup:
        return logs.LogGroup(self, "AccessLog", retention=log.retention, removal_policy=removal_policy)

    def _build_rest_api(self, throttle: Throttle, *, account_role: bool) -> apigateway.RestApi:
        api = apigateway.RestApi(
            self,
            "Api",
            # The name is the dimension of the API's metrics: one shared by two pipelines would mix them.
            rest_api_name=cdk.Names.unique_resource_name(self, max_length=128, separator="-"),
            description="Takes events and hands them to a delivery stream",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            # The account's logging role is a singleton that a stack must not own unasked.
            cloud_watch_role=account_role,
            deploy_options=apigateway.StageOptions(
                stage_name="prod",
                throttling_rate_limit=throttle.rate,
                throttling_burst_limit=throttle.burst,
                access_log_destination=apigateway.LogGroupLogDestination(self.access_log) if self.access_log else None,
                access_log_format=apigateway.AccessLogFormat.custom(ACCESS_LOG_FORMAT) if self.access_log else None,
            ),
        )
        # Outputs are the stack's decision, not a construct's.
        api.node.try_remove_child("Endpoint")
        self._acknowledge_stage(api, account_role=account_role)
        return api

    def _acknowledge_stage(self, api: apigateway.RestApi, *, account_role: bool) -> None:
        acknowledge(
            api.deployment_stage,
            "AwsSolutions-APIG3",
            "The throttle bounds the load and the model the shape; whether a web ACL is worth its price is the "
            "decision of the team, which attaches one to this stage.",
        )
        acknowledge(
            api.deployment_stage,
            "AwsSolutions-APIG6",
            "Execution logs need the account-wide logging role and may hold request bodies with personal data; the "
            "access log and the stage's metrics tell of failures without them.",
        )
        if self.access_log is None:
            acknowledge(
                api.deployment_stage,
                "AwsSolutions-APIG1",
                "The team switched the access log off; the metrics of the stage count requests and errors.",
            )
        if account_role:
            acknowledge(
                api.node.find_child("CloudWatchRole"),
                "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                "AmazonAPIGatewayPushToCloudWatchLogs]",
                "The policy that AWS maintains for exactly this role: API Gateway writes logs of every API with it.",
            )

    def _build_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            description="Lets the endpoint put records into its delivery stream",
        )
        self.delivery_stream.target.grant(role, "PutRecord")
        return role

    def _build_model(self) -> apigateway.IModel:
        schema = event_model() if self._one_event else events_model()
        model = apigateway.CfnModel(
            self, "EventsModel", rest_api_id=self.rest_api.rest_api_id, content_type=CONTENT_TYPES[0], schema=schema
        )
        deployment = self.rest_api.latest_deployment
        if deployment is not None:
            # A deployment is a snapshot: another model needs another deployment (aws-facts 10.10).
            deployment.node.add_dependency(model)
            deployment.add_to_logical_id({"eventsModel": schema})
        return apigateway.Model.from_model_name(self, "EventsModelName", model.ref)

    def _build_post_events(self) -> apigateway.Method:
        target = self.delivery_stream.target
        template = put_event_template(target) if self._one_event else put_events_template(target, self._auth.principal)
        refused = KINESIS_REFUSED_TEMPLATE if target.service == "kinesis" else REFUSED_TEMPLATE
        integration = apigateway.AwsIntegration(
            service=target.service,
            action="PutRecord",
            integration_http_method="POST",
            options=apigateway.IntegrationOptions(
                credentials_role=self.role,
                # An unmatched body would go to Firehose raw, and could name another stream (aws-facts 10.2).
                passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                request_parameters={"integration.request.header.Content-Type": "'application/x-amz-json-1.1'"},
                request_templates=dict.fromkeys(CONTENT_TYPES, template),
                integration_responses=[
                    self._integration_response("202", ACCEPTED_TEMPLATE, r"2\d{2}"),
                    self._integration_response("503", UNAVAILABLE_TEMPLATE, r"5\d{2}", {"Retry-After": "1"}),
                    # The entry without a pattern takes what no pattern matches: it must not be a success.
                    self._integration_response("502", refused),
                ],
            ),
        )
        method = self.events.add_method(
            "POST",
            integration,
            authorization_type=self._auth.authorization_type,
            authorizer=self._auth.authorizer_,
            api_key_required=self._auth.needs_key,
            # One model for every accepted type: API Gateway does not validate a type without one (aws-facts 10.3).
            request_models=dict.fromkeys(CONTENT_TYPES, self.model),
            request_validator=apigateway.RequestValidator(
                self,
                "Validator",
                rest_api=self.rest_api,
                validate_request_body=True,
                validate_request_parameters=True,
            ),
            method_responses=[
                self._method_response(status, ("Retry-After",) if status == "503" else ())
                for status in ("202", "413", "502", "503")
            ],
        )
        self._acknowledge_open_method(method)
        return method

    def _integration_response(
        self, status: str, template: str, pattern: str | None = None, headers: dict[str, str] | None = None
    ) -> apigateway.IntegrationResponse:
        return apigateway.IntegrationResponse(
            status_code=status,
            selection_pattern=pattern,
            response_templates={"application/json": self._cors.origin_template + template},
            response_parameters=_static_headers("method.response.header", {**self._cors.headers, **(headers or {})}),
        )

    def _method_response(self, status: str, headers: tuple[str, ...] = ()) -> apigateway.MethodResponse:
        return apigateway.MethodResponse(
            status_code=status,
            response_parameters={f"method.response.header.{name}": True for name in (*self._cors.headers, *headers)},
            response_models={"application/json": apigateway.Model.EMPTY_MODEL},
        )

    def _build_preflight(self) -> None:
        headers = self._cors.preflight_headers(("Content-Type", *self._auth.request_headers))
        origins = self._cors.origin_template
        method = self.events.add_method(
            "OPTIONS",
            apigateway.MockIntegration(
                passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                # A preflight has no Content-Type, which counts as application/json (aws-facts 10.7).
                request_templates={"application/json": '{"statusCode": 200}'},
                integration_responses=[
                    apigateway.IntegrationResponse(
                        status_code="204",
                        response_parameters=_static_headers("method.response.header", headers),
                        response_templates={"application/json": origins} if origins else None,
                    )
                ],
            ),
            authorization_type=apigateway.AuthorizationType.NONE,
            method_responses=[
                apigateway.MethodResponse(
                    status_code="204",
                    response_parameters={f"method.response.header.{name}": True for name in headers},
                )
            ],
        )
        reason = "A browser sends the preflight without credentials; the answer is constant and reaches no service."
        acknowledge(method, "AwsSolutions-APIG4", reason)
        acknowledge(method, "AwsSolutions-COG4", reason)

    def _build_gateway_responses(self) -> None:
        """Put CORS headers on what API Gateway itself answers, or browsers hide why a request failed."""
        # Without its leading "gatewayresponse.header.": the L2 adds that.
        headers = {name: f"'{value}'" for name, value in self._cors.headers.items()}
        for id_, type_ in (
            ("Default4xx", apigateway.ResponseType.DEFAULT_4_XX),
            ("Default5xx", apigateway.ResponseType.DEFAULT_5_XX),
        ):
            self.rest_api.add_gateway_response(id_, type=type_, response_headers=headers)
        hint = json.dumps(_HINT_ONE if self._one_event else _HINT)
        # Not $context.error.validationErrorString: it quotes the body.
        self.rest_api.add_gateway_response(
            "BadRequestBody",
            type=apigateway.ResponseType.BAD_REQUEST_BODY,
            status_code="400",
            response_headers=headers,
            templates={
                "application/json": f'{{"message":$context.error.messageString,"hint":{hint}}}',
            },
        )

    def _build_key(self) -> apigateway.IApiKey:
        key = self.rest_api.add_api_key("Key")
        throttle, quota = self._auth.key_throttle, self._auth.key_quota
        plan = self.rest_api.add_usage_plan(
            "UsagePlan",
            throttle=apigateway.ThrottleSettings(rate_limit=throttle.rate, burst_limit=throttle.burst)
            if throttle
            else None,
            quota=apigateway.QuotaSettings(limit=quota.limit, period=quota.period) if quota else None,
            api_stages=[apigateway.UsagePlanPerApiStage(api=self.rest_api, stage=self.rest_api.deployment_stage)],
        )
        plan.add_api_key(key)
        return key

    def _acknowledge_open_method(self, method: apigateway.Method) -> None:
        if self._auth.public_reason is not None:
            reason = f"Open on purpose: {self._auth.public_reason}"
            acknowledge(method, "AwsSolutions-APIG4", reason)
            acknowledge(method, "AwsSolutions-COG4", reason)
        elif self._auth.needs_key:
            reason = "Callers are told apart and limited by API key; the endpoint takes events and gives nothing away."
            acknowledge(method, "AwsSolutions-APIG4", reason)
            acknowledge(method, "AwsSolutions-COG4", reason)
        else:
            acknowledge(
                method, "AwsSolutions-COG4", "Another authorizer decides (IAM or one of the team's), not a user pool."
            )


def _static_headers(place: str, headers: dict[str, str]) -> dict[str, str]:
    return {f"{place}.{name}": f"'{value}'" for name, value in headers.items()}
