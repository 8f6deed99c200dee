"""The HTTP endpoint: an API Gateway service proxy in front of Firehose, without a Lambda in the request path."""

from __future__ import annotations

from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_clickstream._claims import claim_once
from cdk_clickstream._context_token import check_context_token, context_token_of
from cdk_clickstream._findings import acknowledge
from cdk_clickstream._identity import check_grantee, check_place
from cdk_clickstream._validation import checked, refuse
from cdk_clickstream.delivery.delivery_stream_base import IDeliveryStream
from cdk_clickstream.endpoint.access_log import AccessLog
from cdk_clickstream.endpoint.auth import ApiAuth
from cdk_clickstream.endpoint.client_context import ClientContext
from cdk_clickstream.endpoint.cors import CorsOptions
from cdk_clickstream.endpoint.custom_domain import events_url
from cdk_clickstream.endpoint.endpoint_options import EndpointOptions
from cdk_clickstream.endpoint.endpoint_type import EndpointType
from cdk_clickstream.endpoint.regions import check_region
from cdk_clickstream.endpoint.request_model import MAX_EVENTS, SHAPE, pattern_hint, strict_event
from cdk_clickstream.endpoint.responses import MethodResponses, acknowledge_open
from cdk_clickstream.endpoint.rest_api import ingest_rest_api
from cdk_clickstream.endpoint.routes import Route, events_route, records_route
from cdk_clickstream.endpoint.templates.put_events import UNAVAILABLE_TEMPLATE
from cdk_clickstream.endpoint.throttle import Throttle
from cdk_clickstream.endpoint.web_acl import EndpointAcl
from cdk_clickstream.schema.event_schema import EventSchema
from cdk_clickstream.storage.removal import check_removal_policy

CONTENT_TYPES = ("application/json", "text/plain")
"""Content types of requests; ``sendBeacon`` posts text/plain."""

_NO_ACCESS_LOG = (
    "The endpoint has no access log. access_log=AccessLog() makes one where the account and region have API Gateway's "
    "logging role, AccessLog(account_role=True) sets that role, too; access_log=False leaves out this line."
)
_HINT = (
    f"Send one event or an array of 1 to {MAX_EVENTS} events, each an object with a string event_name. "
    'Events inside an object, such as {"batch": [...]}, are not read: send the array alone.'
)
_UNKNOWN_FUNCTION = (
    "The function behind an imported delivery stream believes context lines by the token of its own stack, and this "
    "endpoint writes that of another: rows would lack the sender's address, user agent and time of receipt. "
    "context_token= takes the right one, the context_token of the function in its stack."
)
_HINT_ONE = "Send one event, an object with a string event_name."


@checked
class IngestApi(Construct):
    """``POST /events`` and ``POST /records`` in front of a delivery stream, and ``GET /health``.

    ``POST /events`` hands each request on as one record, which costs least. ``POST /records`` takes an array of 1..500
    events and makes each a record of its own, with a result for each.

    Answers: 202 ``{"request_id": ...}``; 400 for a body that breaks the request model; 403 without the right to call;
    413 for a request that does not fit a Firehose record (1,024,000 bytes with its context line; 4 MiB for all records
    of a batch); 415 for another content type; 429 over the throttle; 503 with ``Retry-After: 1`` while Firehose
    throttles; 502 for any other error of the service. CORS headers are on all of them, except on API Gateway's own 413
    for a body over 10 MB, which cannot be changed.

    ``POST /records`` answers 207 when some events were taken and others not: ``results`` says which, in order, and
    those with ``"taken": false`` are to be sent again. When none was taken it is 503.

    ``GET /health`` answers 200 without asking the stream, and needs no credentials.

    Parameters
    ----------
    delivery_stream:
        Target of the records, in the same region and account.
    auth:
        Authorization of callers.
    one_event:
        Take one event a request and put it as it is, a newline after it, for a stream without a transform.
        Default: ``False``.
    context_token:
        Token by which the transform believes this endpoint's context lines, where it is another than that of the
        stream's function: 16 to 64 letters, digits and hyphens. Default: that of the function's stack; an imported
        stream does not tell it.
    request_validation:
        ``shape`` checks that each event has an ``event_name``, and leaves the rest to the transform: a bad event costs
        no neighbour. ``strict`` has API Gateway check types, bounds and required members by the schema: a request with
        one bad event is refused as a whole, with 400, and nothing of it is kept. Default: ``shape``.
    schema:
        Schema of ``strict``. Default: ``EventSchema.click()``.
    cors:
        Which pages may read the responses. Default: any origin, without credentials.
    throttle:
        Requests of all callers together. Default: ``Throttle()``, under Firehose's quota.
    access_log:
        What is kept of each request, such as ``AccessLog()``, which needs the account's logging role: see there.
        Default: nothing, which an info annotation says at synth; ``False`` for nothing without a word.
    log_key:
        Encrypts the access log's new group; its policy has to let CloudWatch Logs use it. Default: a key of that
        service.
    options:
        Everything else. Default: ``EndpointOptions()``.
    removal_policy:
        Of the access log. Default: kept, unless the deployment that made it fails.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        delivery_stream: IDeliveryStream,
        auth: ApiAuth,
        one_event: bool = False,
        context_token: str | None = None,
        request_validation: Literal["shape", "strict"] = "shape",
        schema: EventSchema | None = None,
        cors: CorsOptions | None = None,
        throttle: Throttle | None = None,
        access_log: AccessLog | Literal[False] | None = None,
        log_key: kms.IKey | None = None,
        options: EndpointOptions | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        super().__init__(scope, id)
        reason = "API Gateway calls the service of the endpoint's account and region"
        check_place("delivery_stream", None, delivery_stream.target.arn, self, reason)
        check_removal_policy(removal_policy)
        self._auth = auth
        self._options = options or EndpointOptions()
        check_region(self, auth, self._options)
        self._responses = MethodResponses(cors or CorsOptions.any_origin())
        self.delivery_stream = delivery_stream
        if isinstance(auth.authorizer_, Construct):
            _claim_authorizer(self, auth.authorizer_)
        if access_log and access_log.account_role:
            kind, remedy = "setting of the account and region", "set it on one endpoint, the others use it"
            claim_once(self, "access_log.account_role", True, kind=kind, identity=None, remedy=remedy)
        if access_log is None:
            cdk.Annotations.of(self).add_info_v2("cdk-clickstream:access-log", _NO_ACCESS_LOG)
        self.access_log = self._build_access_log(access_log, log_key, removal_policy) if access_log else None
        self.rest_api = ingest_rest_api(
            self,
            self._options,
            throttle=throttle or Throttle(),
            access_log=self.access_log,
            account_role=bool(access_log and access_log.account_role),
            signed=auth.signed,
        )
        self.context_token = None if one_event else self._chosen_token(context_token)
        if one_event and context_token is not None:
            refuse("context_token", "given", "one_event=True puts no context lines", "leave one of the two out")
        self.role = self._build_role()
        if self.rest_api.latest_deployment is not None and (settings := auth.authorizer_settings):
            # A deployment is a snapshot of the authorizer, too (facts/api-gateway.md#deployments).
            self.rest_api.latest_deployment.add_to_logical_id({"authorizer": settings})
        self._validator: apigateway.RequestValidator | None = None
        event = strict_event(schema or EventSchema.click()) if request_validation == "strict" else SHAPE
        target, client = delivery_stream.target, self._options.client or ClientContext()
        token = self.context_token
        self.post_events = self._add_route(
            events_route(target, auth.principal, client=client, token=token, event=event)
        )
        self.post_records = (
            self._add_route(records_route(target, auth.principal, client=client, token=token, event=event))
            if self._options.records
            else None
        )
        self.get_health = self._responses.add_health(self.rest_api)
        hint = _HINT_ONE if one_event else _HINT
        if request_validation == "strict":
            hint += pattern_hint(schema or EventSchema.click())
        self._responses.add_gateway_responses(self.rest_api, hint)
        self.key = auth.key or self.rest_api.add_api_key("Key") if auth.needs_key else None
        self.usage_plan = self._build_usage_plan(self.key) if self.key else None
        domain, endpoint_type = self._options.domain, self._options.endpoint_type or EndpointType.regional()
        self.domain = domain.attach_to(self, self.rest_api, endpoint_type.type) if domain else None
        self.web_acl = (
            EndpointAcl(
                self,
                "WebAcl",
                options=self._options.web_acl,
                stage_arn=self.rest_api.deployment_stage.stage_arn,
                proxy=client.proxy,
            )
            if self._options.web_acl
            else None
        )

    @property
    def events_url(self) -> str:
        """Address to post events to, by the custom domain if there is one (a token)."""
        domain = self._options.domain
        return events_url(domain) if domain else self.rest_api.url_for_path("/events")

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal send events; needed with ``ApiAuth.iam()``."""
        check_grantee(grantee, self, "the endpoint")
        grantee = self.delivery_stream.outside(grantee)
        grant = self.post_events.grant_execute(grantee)
        return grant.combine(self.post_records.grant_execute(grantee)) if self.post_records else grant

    def metric_requests(self) -> cloudwatch.Metric:
        """Requests."""
        return self.rest_api.metric_count()

    def metric_client_error(self) -> cloudwatch.Metric:
        """Responses with a 4xx status."""
        return self.rest_api.metric_client_error()

    def metric_server_error(self) -> cloudwatch.Metric:
        """Responses with a 5xx status: 503 while Firehose throttles, 502 otherwise."""
        return self.rest_api.metric_server_error()

    def metric_latency(self) -> cloudwatch.Metric:
        """Milliseconds from request to response."""
        return self.rest_api.metric_latency()

    def _chosen_token(self, given: str | None) -> str:
        if given is not None:
            check_context_token("context_token", given)
            return given
        token = self.delivery_stream.context_token
        if token is None:
            cdk.Annotations.of(self).add_warning_v2("cdk-clickstream:context-token", _UNKNOWN_FUNCTION)
        return token or context_token_of(self)

    def _build_access_log(
        self, log: AccessLog, key: kms.IKey | None, removal_policy: cdk.RemovalPolicy
    ) -> logs.ILogGroup:
        if log.group is not None:
            reason = "a stage logs to its own account and region"
            check_place("access_log.group", log.group, log.group.log_group_arn, self, reason)
        return log.group or logs.LogGroup(
            self, "AccessLog", retention=log.retention, encryption_key=key, removal_policy=removal_policy
        )

    def _build_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            description="Lets the endpoint put records into its delivery stream",
        )
        target = self.delivery_stream.target
        target.grant(role, "PutRecord", *([target.put_many] if self._options.records else []))
        return role

    def _build_model(self, route: Route) -> apigateway.IModel:
        model = apigateway.CfnModel(
            self,
            route.model_id,
            rest_api_id=self.rest_api.rest_api_id,
            content_type=CONTENT_TYPES[0],
            schema=route.model,
        )
        deployment = self.rest_api.latest_deployment
        if deployment is not None:
            # A deployment is a snapshot: another model needs another deployment (facts/api-gateway.md#deployments).
            deployment.node.add_dependency(model)
            deployment.add_to_logical_id({f"{route.path}Model": route.model})
        return apigateway.Model.from_model_name(self, f"{route.model_id}Name", model.ref)

    def _add_route(self, route: Route) -> apigateway.Method:
        model = self._build_model(route)
        responses = self._responses
        integration = apigateway.AwsIntegration(
            service=self.delivery_stream.target.service,
            action=route.action,
            integration_http_method="POST",
            options=apigateway.IntegrationOptions(
                credentials_role=self.role,
                # An unmatched body would go to Firehose raw, and could name another stream
                # (facts/api-gateway.md#templates).
                passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                request_parameters={"integration.request.header.Content-Type": "'application/x-amz-json-1.1'"},
                request_templates=dict.fromkeys(CONTENT_TYPES, route.request),
                integration_responses=[
                    responses.integration_response("202", route.accepted, r"2\d{2}"),
                    responses.integration_response("503", UNAVAILABLE_TEMPLATE, r"5\d{2}", {"Retry-After": "1"}),
                    # The entry without a pattern takes what no pattern matches: it must not be a success.
                    responses.integration_response("502", route.refused),
                ],
            ),
        )
        resource = self.rest_api.root.add_resource(route.path)
        method = resource.add_method(
            "POST",
            integration,
            authorization_type=self._auth.authorization_type,
            authorizer=self._auth.authorizer_,
            api_key_required=self._auth.needs_key,
            # One model for every accepted type: API Gateway does not validate a type without one
            # (facts/api-gateway.md#request-validation).
            request_models=dict.fromkeys(CONTENT_TYPES, model),
            request_validator=self._body_validator(),
            method_responses=[
                responses.method_response(status, ("Retry-After",) if status == "503" else ())
                for status in route.statuses
            ],
        )
        self._acknowledge_open_method(method)
        responses.add_preflight(resource, ("Content-Type", *self._auth.request_headers))
        return method

    def _body_validator(self) -> apigateway.RequestValidator:
        self._validator = self._validator or apigateway.RequestValidator(
            self, "Validator", rest_api=self.rest_api, validate_request_body=True, validate_request_parameters=True
        )
        return self._validator

    def _build_usage_plan(self, key: apigateway.IApiKey) -> apigateway.UsagePlan:
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
        return plan

    def _acknowledge_open_method(self, method: apigateway.Method) -> None:
        if self._auth.public_reason is not None:
            acknowledge_open(method, f"Open on purpose: {self._auth.public_reason}")
        elif self._auth.needs_key:
            acknowledge_open(
                method,
                "Callers are told apart and limited by API key; the endpoint takes events and gives nothing away.",
            )
        else:
            acknowledge(
                method, "AwsSolutions-COG4", "Another authorizer decides (IAM or one of the team's), not a user pool."
            )


def _claim_authorizer(api: Construct, authorizer: Construct) -> None:
    """The CDK makes an authorizer a part of the one REST API that it is used by."""
    option, path = "auth.authorizer", authorizer.node.path
    remedy = "make one for each REST API in its stack, with the same handler or user pools"
    if cdk.Stack.of(authorizer) is not cdk.Stack.of(api):
        refuse(option, path, "is made in another stack than the REST API, which it would refer to", remedy)
    claim_once(api, option, path, kind="authorizer", identity=path, remedy=remedy)
