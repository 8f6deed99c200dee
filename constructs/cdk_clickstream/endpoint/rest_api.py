"""The REST API and its stage, before any route."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_clickstream._findings import acknowledge
from cdk_clickstream.endpoint.access_log import ACCESS_LOG_FORMAT, AccessLogDestination
from cdk_clickstream.endpoint.endpoint_options import EndpointOptions
from cdk_clickstream.endpoint.endpoint_type import EndpointType
from cdk_clickstream.endpoint.throttle import Throttle

_RECORDS_THROTTLE = Throttle(rate=2, burst=20)


def ingest_rest_api(
    scope: Construct,
    options: EndpointOptions,
    *,
    throttle: Throttle,
    access_log: logs.ILogGroup | None,
    account_role: bool,
    signed: bool,
) -> apigateway.RestApi:
    """Make the API with its stage ``prod``.

    Parameters
    ----------
    scope:
        The endpoint's construct.
    options:
        Of the endpoint.
    throttle:
        Of the whole stage.
    access_log:
        Log of requests; ``None`` for none.
    account_role:
        Whether to set the account's logging role, a singleton that a stack must not own unasked.
    signed:
        Whether callers sign their requests.
    """
    endpoint_type = options.endpoint_type or EndpointType.regional()
    policy = endpoint_type.policy(signed=signed)
    smallest = options.minimum_compression
    api = apigateway.RestApi(
        scope,
        "Api",
        # The name is the dimension of the API's metrics: one shared by two pipelines would mix them.
        rest_api_name=cdk.Names.unique_resource_name(scope, max_length=128, separator="-"),
        description="Takes events and hands them to a delivery stream",
        endpoint_configuration=endpoint_type.configuration,
        policy=policy,
        min_compression_size=None if smallest is None else cdk.Size.bytes(smallest),
        cloud_watch_role=account_role,
        cloud_watch_role_removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if account_role else None,
        deploy_options=apigateway.StageOptions(
            stage_name="prod",
            throttling_rate_limit=throttle.rate,
            throttling_burst_limit=throttle.burst,
            method_options=_method_options(options),
            tracing_enabled=options.tracing or None,
            metrics_enabled=options.detailed_metrics or None,
            logging_level=_logging_level(options),
            access_log_destination=AccessLogDestination(access_log) if access_log else None,
            access_log_format=apigateway.AccessLogFormat.custom(ACCESS_LOG_FORMAT) if access_log else None,
        ),
    )
    if options.minimum_tls is not None:
        resource = api.node.default_child
        assert isinstance(resource, apigateway.CfnRestApi)
        resource.add_property_override("SecurityPolicy", endpoint_type.security_policy(options.minimum_tls))
        resource.add_property_override("EndpointAccessMode", options.access_mode)
    if policy is not None and api.latest_deployment is not None:
        # A deployment is a snapshot of the policy too (facts/api-gateway.md#deployments).
        api.latest_deployment.add_to_logical_id({"policy": policy.to_json()})
    # Outputs are the stack's decision, not a construct's.
    api.node.try_remove_child("Endpoint")
    _acknowledge_stage(api, options, access_log=access_log is not None, account_role=account_role)
    return api


def _method_options(options: EndpointOptions) -> dict[str, apigateway.MethodDeploymentOptions] | None:
    """Settings of single methods, which replace all of the stage's settings for them."""
    if not options.records:
        return None
    limit = options.records_throttle or _RECORDS_THROTTLE
    return {
        "/records/POST": apigateway.MethodDeploymentOptions(
            throttling_rate_limit=limit.rate,
            throttling_burst_limit=limit.burst,
            metrics_enabled=options.detailed_metrics or None,
            logging_level=_logging_level(options),
        )
    }


def _logging_level(options: EndpointOptions) -> apigateway.MethodLoggingLevel | None:
    return apigateway.MethodLoggingLevel[options.execution_log] if options.execution_log else None


def _acknowledge_stage(
    api: apigateway.RestApi, options: EndpointOptions, *, access_log: bool, account_role: bool
) -> None:
    stage = api.deployment_stage
    if options.web_acl is None:
        acknowledge(
            stage,
            "AwsSolutions-APIG3",
            "The throttle bounds the load and the model the shape; whether a web ACL is worth its price is the "
            "decision of the team, which attaches one to this stage.",
        )
    if options.execution_log is None:
        acknowledge(
            stage,
            "AwsSolutions-APIG6",
            "Execution logs need the account-wide logging role and may hold request bodies with personal data; the "
            "stage's metrics and an access log tell of failures without them.",
        )
    if not options.tracing:
        acknowledge(
            stage,
            "Serverless-APIGWXrayEnabled",
            "There is one hop behind the endpoint, whose time the integration latency tells; a trace of each request "
            "would cost more than the request.",
        )
    if not access_log:
        for rule in ("AwsSolutions-APIG1", "Serverless-APIGWAccessLogging"):
            acknowledge(
                stage,
                rule,
                "An access log needs the account-wide logging role, so the team asks for one; the metrics of the stage "
                "count requests and errors.",
            )
    if account_role:
        acknowledge(
            api.node.find_child("CloudWatchRole"),
            "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
            "AmazonAPIGatewayPushToCloudWatchLogs]",
            "The policy that AWS maintains for exactly this role: API Gateway writes logs of every API with it.",
        )
