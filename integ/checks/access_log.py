"""API Gateway's logs: the lines themselves, and the role that they need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from integ.check import Steps, check
from integ.deployment import Deployment
from integ.outcome import NotHereError, does_not_hold, expect, holds

_FORMAT = json.dumps({"request_id": "$context.extendedRequestId"})


@check("access-log-lines")
def access_log_lines(on: Deployment) -> Steps:
    """The access log has a line of JSON for a request, by the id that was answered, without address or user agent."""
    group = on.names("Main").access_log
    if not group:
        raise NotHereError("the account has no logging role, so the endpoints have no access log: see docs/deploy.md")
    answer = on.post("Main", {"event_name": "click"}, headers={"User-Agent": "agent-of-the-log-check"})
    expect(answer.status == 202, f"the request was answered {answer.status}")
    yield
    request_id = answer.json()["request_id"]

    def look() -> str | None:
        return next((line for line in on.environment.log_lines(group) if request_id in line), None)

    line = on.wait("the request's line in the access log", look)
    members = json.loads(line)
    expect(members.get("status") in (202, "202"), "the line has another status than the answer")
    expect("agent-of-the-log-check" not in line, "the line holds the user agent")
    return holds(f"a line with {len(members)} members, found by the id of the answer")


@check("logging-role")
def logging_role(on: Deployment) -> Steps:
    """API Gateway refuses a stage with an access log where account and region have no logging role."""
    apigateway = on.environment.client("apigateway")
    if apigateway.get_account().get("cloudwatchRoleArn"):
        raise NotHereError("the account has a logging role here: only a region without one can answer")
    yield
    group = on.names("Main").log_group
    with _stage_to_be_logged(apigateway, f"clickstream-integ-{on.run}") as (api, stage):
        arn = _arn_of(on.environment.client("logs"), group)
        operations = [
            {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": arn},
            {"op": "replace", "path": "/accessLogSettings/format", "value": _FORMAT},
        ]
        try:
            apigateway.update_stage(restApiId=api, stageName=stage, patchOperations=operations)
        except ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            expect("logging" in str(refusal), f"the stage was refused for another reason, {code}")
            return holds(f"a stage with an access log was refused with {code}")
    return does_not_hold("a stage with an access log was taken, and the account has no logging role")


@contextmanager
def _stage_to_be_logged(apigateway: Any, name: str) -> Iterator[tuple[str, str]]:
    """Make a REST API with one stage that answers nothing of use, and remove it again."""
    api = apigateway.create_rest_api(name=name, endpointConfiguration={"types": ["REGIONAL"]})["id"]
    try:
        root = apigateway.get_resources(restApiId=api)["items"][0]["id"]
        method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
        apigateway.put_method(**method, authorizationType="AWS_IAM")
        apigateway.put_integration(**method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        apigateway.create_deployment(restApiId=api, stageName="try")
        yield api, "try"
    finally:
        apigateway.delete_rest_api(restApiId=api)


def _arn_of(logs: Any, group: str) -> str:
    (found,) = [
        one["arn"]
        for one in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if one["logGroupName"] == group
    ]
    return str(found).removesuffix(":*")
