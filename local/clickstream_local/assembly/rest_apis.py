"""REST APIs of a template: resources, methods, integrations, stages, keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from clickstream_local.assembly.physical import opaque_id
from clickstream_local.assembly.template import Resource, Template, root_resource_id
from clickstream_local.model import (
    ApiKey,
    GatewayResponse,
    Integration,
    IntegrationResponse,
    Method,
    MethodThrottle,
    RestApi,
    Stage,
    Unsupported,
)

# arn:<partition>:apigateway:<region>:<subdomain.service or service>:action/<action> (facts 10.1)
_ACTION_URI = re.compile(r"^arn:[^:]+:apigateway:[^:]+:(?:[^:]+\.)?(?P<service>[^:.]+):action/(?P<action>\w+)$")


def read_rest_apis(template: Template) -> tuple[tuple[RestApi, ...], tuple[Unsupported, ...]]:
    """The REST APIs of a template, and what in them cannot run."""
    unsupported: list[Unsupported] = []
    apis = tuple(_rest_api(template, api, unsupported) for api in template.resources("AWS::ApiGateway::RestApi"))
    return apis, tuple(unsupported)


def _rest_api(template: Template, api: Resource, unsupported: list[Unsupported]) -> RestApi:
    api_id = template.name_of(api.logical_id)
    if "Body" in api.properties or "BodyS3Location" in api.properties:
        unsupported.append(Unsupported(api.logical_id, api.type, "Body: an API given as OpenAPI is not run locally"))
    return RestApi(
        logical_id=api.logical_id,
        id=api_id,
        name=str(api.properties.get("Name", api.logical_id)),
        methods=tuple(_methods(template, api_id, unsupported)),
        stages=tuple(_stages(template, api_id)),
        models={
            template.name_of(model.logical_id): model.properties.get("Schema", {})
            for model in _of(template, "Model", api_id)
        },
        gateway_responses=tuple(_gateway_response(response) for response in _of(template, "GatewayResponse", api_id)),
        api_keys=tuple(_api_keys(template, api_id, unsupported)),
    )


def _of(template: Template, kind: str, api_id: str) -> Iterator[Resource]:
    """The resources ``AWS::ApiGateway::<kind>`` of one API."""
    for resource in template.resources(f"AWS::ApiGateway::{kind}"):
        if resource.properties.get("RestApiId") == api_id:
            yield resource


def _paths(template: Template, api_id: str) -> Mapping[str, str]:
    """Resource id to full path; the root is ``/``."""
    parents = {
        template.name_of(resource.logical_id): (resource.properties["ParentId"], resource.properties["PathPart"])
        for resource in _of(template, "Resource", api_id)
    }

    def path(resource_id: str) -> str:
        if resource_id not in parents:
            return ""
        parent, part = parents[resource_id]
        return f"{path(parent)}/{part}"

    return {root_resource_id(api_id): "/", **{resource_id: path(resource_id) for resource_id in parents}}


def _methods(template: Template, api_id: str, unsupported: list[Unsupported]) -> Iterator[Method]:
    paths = _paths(template, api_id)
    validators = {template.name_of(v.logical_id): v.properties for v in _of(template, "RequestValidator", api_id)}
    for resource in _of(template, "Method", api_id):
        properties = resource.properties
        integration = _integration(properties.get("Integration", {}))
        if isinstance(integration, str):
            unsupported.append(Unsupported(resource.logical_id, resource.type, integration))
            continue
        validator = validators.get(properties.get("RequestValidatorId", ""), {})
        yield Method(
            logical_id=resource.logical_id,
            http_method=str(properties["HttpMethod"]),
            resource_path=paths.get(properties["ResourceId"], "/"),
            resource_id=str(properties["ResourceId"]),
            integration=integration,
            authorization_type=str(properties.get("AuthorizationType", "NONE")),
            api_key_required=_flag(properties.get("ApiKeyRequired", False)),
            request_models=properties.get("RequestModels", {}),
            request_parameters={key: _flag(value) for key, value in properties.get("RequestParameters", {}).items()},
            validate_body=_flag(validator.get("ValidateRequestBody", False)),
            validate_parameters=_flag(validator.get("ValidateRequestParameters", False)),
            method_responses=tuple(int(response["StatusCode"]) for response in properties.get("MethodResponses", [])),
        )


def _integration(properties: Mapping[str, Any]) -> Integration | str:
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
        request_templates=properties.get("RequestTemplates", {}),
        request_parameters=properties.get("RequestParameters", {}),
        passthrough_behavior=str(properties.get("PassthroughBehavior", "WHEN_NO_MATCH")),
        responses=tuple(_integration_response(response) for response in properties.get("IntegrationResponses", [])),
        timeout_ms=int(properties.get("TimeoutInMillis", 29_000)),
    )


def _integration_response(properties: Mapping[str, Any]) -> IntegrationResponse:
    return IntegrationResponse(
        status_code=int(properties["StatusCode"]),
        selection_pattern=properties.get("SelectionPattern") or None,
        response_templates=properties.get("ResponseTemplates", {}),
        response_parameters=properties.get("ResponseParameters", {}),
    )


def _stages(template: Template, api_id: str) -> Iterator[Stage]:
    for resource in _of(template, "Stage", api_id):
        properties = resource.properties
        access_log = properties.get("AccessLogSetting", {})
        destination = str(access_log.get("DestinationArn", ""))
        group = destination.split(":log-group:")[-1].removesuffix(":*") if ":log-group:" in destination else None
        yield Stage(
            logical_id=resource.logical_id,
            name=str(properties["StageName"]),
            variables=properties.get("Variables", {}),
            throttles=tuple(_throttle(setting) for setting in properties.get("MethodSettings", [])),
            access_log_group=group,
            access_log_format=access_log.get("Format"),
        )


def _throttle(setting: Mapping[str, Any]) -> MethodThrottle:
    rate, burst = setting.get("ThrottlingRateLimit"), setting.get("ThrottlingBurstLimit")
    return MethodThrottle(
        http_method=str(setting.get("HttpMethod", "*")),
        # CloudFormation writes a path with ~1 for every slash but the first, as in a JSON pointer.
        resource_path=str(setting.get("ResourcePath", "/*")).replace("~1", "/"),
        rate=None if rate is None else float(rate),
        burst=None if burst is None else int(burst),
    )


def _gateway_response(resource: Resource) -> GatewayResponse:
    properties = resource.properties
    status = properties.get("StatusCode")
    return GatewayResponse(
        response_type=str(properties["ResponseType"]),
        status_code=None if status is None else int(status),
        parameters=properties.get("ResponseParameters", {}),
        templates=properties.get("ResponseTemplates", {}),
    )


def _api_keys(template: Template, api_id: str, unsupported: list[Unsupported]) -> Iterator[ApiKey]:
    plans = set()
    for plan in template.resources("AWS::ApiGateway::UsagePlan"):
        if any(stage.get("ApiId") == api_id for stage in plan.properties.get("ApiStages", [])):
            plans.add(template.name_of(plan.logical_id))
            if "Quota" in plan.properties or "Throttle" in plan.properties:
                reason = "Quota and Throttle of a usage plan are not enforced locally"
                unsupported.append(Unsupported(plan.logical_id, plan.type, reason))
    members = {
        link.properties["KeyId"]
        for link in template.resources("AWS::ApiGateway::UsagePlanKey")
        if link.properties["UsagePlanId"] in plans
    }
    for key in template.resources("AWS::ApiGateway::ApiKey"):
        key_id = template.name_of(key.logical_id)
        if key_id in members:
            name = str(key.properties.get("Name", key.logical_id))
            # Left out, the service makes a value of its own.
            value = str(key.properties.get("Value", opaque_id(key_id, "value") * 2))
            yield ApiKey(key.logical_id, key_id, name, value)


def _flag(value: Any) -> bool:
    return value is True or value == "true"
