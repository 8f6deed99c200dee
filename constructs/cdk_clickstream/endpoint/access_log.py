"""The access log of the endpoint."""

from __future__ import annotations

import json
from dataclasses import dataclass

import aws_cdk as cdk
import jsii
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from constructs import IConstruct

from cdk_clickstream._validation import checked

# No IP address and no user agent: the transform anonymises the one, and an access log would keep it.
ACCESS_LOG_FORMAT = json.dumps(
    {
        "request_id": "$context.extendedRequestId",
        "time": "$context.requestTime",
        "method": "$context.httpMethod",
        "path": "$context.path",
        "status": "$context.status",
        "response_length": "$context.responseLength",
        "latency_ms": "$context.responseLatency",
        "integration_status": "$context.integration.integrationStatus",
        "integration_latency_ms": "$context.integration.latency",
        "api_key_id": "$context.identity.apiKeyId",
        "error": "$context.error.message",
    }
)
"""One JSON object per request, without payload, address or user agent."""


@checked
@dataclass(frozen=True)
class AccessLog:
    """One line per request; needs API Gateway's logging role.

    API Gateway logs with one role per account and region. Where nobody has set it yet, a stage with an access log is
    refused ("CloudWatch Logs role ARN must be set in account settings to enable logging"), and with it the whole
    deployment: so there is no access log unless it is asked for. ``aws apigateway get-account --query
    cloudwatchRoleArn`` shows the role, see docs/deploy.md.
    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html

    Parameters
    ----------
    retention:
        Retention of the new log group. Default: three months.
    account_role:
        Also make that role and set it for the whole account and region, which replaces the one that is set. One
        stack of an account should do this, no more; the setting stays when the stack goes. Default: ``False``.
    group:
        An existing log group, whose retention is left alone. Default: a new one.
    """

    retention: logs.RetentionDays = logs.RetentionDays.THREE_MONTHS
    account_role: bool = False
    group: logs.ILogGroup | None = None


@jsii.implements(apigateway.IAccessLogDestination)
class AccessLogDestination:
    """A log group by the ARN that a stage takes: without the ``:*`` in which a log group's own ARN ends."""

    def __init__(self, group: logs.ILogGroup) -> None:
        self._group = group

    def bind(self, stage: IConstruct) -> apigateway.AccessLogDestinationConfig:
        """Return where the lines of a stage go."""
        arn = cdk.Stack.of(stage).format_arn(
            service="logs",
            account=self._group.env.account,
            region=self._group.env.region,
            resource="log-group",
            resource_name=self._group.log_group_name,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        return apigateway.AccessLogDestinationConfig(destination_arn=arn)
