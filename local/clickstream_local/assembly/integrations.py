"""Integrations of a REST API's methods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from clickstream_local.assembly.values import optional_text, texts
from clickstream_local.common.model import Integration, IntegrationResponse

# arn:<partition>:apigateway:<region>:<subdomain.service or service>:action/<action>
# (facts/api-gateway.md#aws-integration). Service and action
# may hold {name} and ${stageVariables.name}.
_NAME = r"(?:\w|\$?\{[\w.]+\})+"
_ACTION_URI = re.compile(
    rf"^arn:[^:]+:apigateway:[^:]+:(?:[\w-]+\.)?(?P<service>{_NAME}):action/(?P<action>{_NAME})(?:[?&].*)?$"
)


def read_integration(properties: Mapping[str, Any]) -> Integration | str:
    """An integration, or why it cannot run."""
    kind = str(properties.get("Type", "MOCK"))
    if kind not in ("AWS", "MOCK"):
        return f"Integration.Type {kind}: only AWS (service) and MOCK integrations run locally"
    service = action = None
    if kind == "AWS":
        match = _ACTION_URI.match(str(properties.get("Uri", "")))
        if match is None:
            return f"Integration.Uri {properties.get('Uri')!r}: only service actions (…:action/<name>) run locally"
        service, action = match["service"], match["action"]
    return Integration(
        type=kind,
        service=service,
        action=action,
        request_templates=texts(properties.get("RequestTemplates")),
        request_parameters=texts(properties.get("RequestParameters")),
        passthrough_behavior=str(properties.get("PassthroughBehavior", "WHEN_NO_MATCH")),
        responses=tuple(_response(response) for response in properties.get("IntegrationResponses", [])),
        timeout_ms=int(properties.get("TimeoutInMillis", 29_000)),
        content_handling=optional_text(properties.get("ContentHandling")),
    )


def undeclared_responses(method: Mapping[str, Any]) -> Iterator[str]:
    """What a method's integration answers with and its ``MethodResponses`` do not declare.

    It runs here all the same; API Gateway refuses a status (facts/api-gateway.md#deployments) or a header (inferred)
    that
    is not declared.
    """
    declared = {str(response["StatusCode"]): response for response in method.get("MethodResponses", [])}
    for response in method.get("Integration", {}).get("IntegrationResponses", []):
        status = str(response["StatusCode"])
        if status not in declared:
            yield f"IntegrationResponses {status}: not in MethodResponses, so API Gateway refuses it"
            continue
        known = declared[status].get("ResponseParameters", {})
        for name in response.get("ResponseParameters", {}):
            if name not in known:
                yield f"IntegrationResponses {status}: {name} is not in MethodResponses, so API Gateway refuses it"


def _response(properties: Mapping[str, Any]) -> IntegrationResponse:
    return IntegrationResponse(
        status_code=int(properties["StatusCode"]),
        selection_pattern=optional_text(properties.get("SelectionPattern")),
        response_templates=texts(properties.get("ResponseTemplates")),
        response_parameters=texts(properties.get("ResponseParameters")),
        content_handling=optional_text(properties.get("ContentHandling")),
    )
