"""REST APIs of a template: resources, methods, models, gateway responses, authorizers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.integrations import read_integration, undeclared_responses
from clickstream_local.assembly.stack_template import Resource, StackTemplate, root_resource_id
from clickstream_local.assembly.stages import read_stages
from clickstream_local.assembly.usage_plans import read_api_keys, read_usage_plans
from clickstream_local.assembly.values import flag, optional_text, text, texts, whole
from clickstream_local.common.model import Authorizer, GatewayResponse, Method, RestApi, Unsupported

# arn:<partition>:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations
_FUNCTION_URI = re.compile(r":lambda:path/[\d-]+/functions/(?P<arn>.+)/invocations$")


def read_rest_apis(template: StackTemplate) -> tuple[tuple[RestApi, ...], tuple[Unsupported, ...]]:
    """The REST APIs of a template, and what in them cannot run."""
    unsupported: list[Unsupported] = []
    apis = tuple(_rest_api(template, api, unsupported) for api in template.resources("AWS::ApiGateway::RestApi"))
    return apis, tuple(unsupported)


def _rest_api(template: StackTemplate, api: Resource, unsupported: list[Unsupported]) -> RestApi:
    api_id = template.name_of(api.logical_id)
    if "Body" in api.properties or "BodyS3Location" in api.properties:
        unsupported.append(Unsupported(api.logical_id, api.type, "Body: an API given as OpenAPI is not run locally"))
    usage_plans = tuple(read_usage_plans(template, api_id))
    return RestApi(
        logical_id=api.logical_id,
        id=api_id,
        name=str(api.properties.get("Name", api.logical_id)),
        methods=tuple(_methods(template, api_id, unsupported)),
        stages=tuple(read_stages(template, api_id, unsupported)),
        models={
            template.name_of(model.logical_id): model.properties.get("Schema", {})
            for model in template.parts_of_api("Model", api_id)
        },
        gateway_responses=tuple(
            _gateway_response(response) for response in template.parts_of_api("GatewayResponse", api_id)
        ),
        api_keys=tuple(read_api_keys(template, usage_plans)),
        usage_plans=usage_plans,
        authorizers=tuple(_authorizers(template, api_id)),
        api_key_source=str(api.properties.get("ApiKeySourceType", "HEADER")),
        binary_media_types=tuple(map(text, api.properties.get("BinaryMediaTypes", ()))),
        minimum_compression_size=whole(api.properties.get("MinimumCompressionSize")),
    )


def _paths(template: StackTemplate, api_id: str) -> Mapping[str, str]:
    """Resource id to full path; the root is ``/``."""
    parents = {
        template.name_of(resource.logical_id): (resource.properties["ParentId"], resource.properties["PathPart"])
        for resource in template.parts_of_api("Resource", api_id)
    }
    paths = {root_resource_id(api_id): "/"}
    for resource_id in parents:
        parts: list[str] = []
        current = resource_id
        while current in parents:
            current, part = parents[current]
            parts.append(str(part))
            if len(parts) > len(parents):
                raise AssemblyError(f"API resource {'/'.join(reversed(parts[:3]))!r}: its ParentId leads back to it")
        paths[resource_id] = "/" + "/".join(reversed(parts))
    return paths


def _methods(template: StackTemplate, api_id: str, unsupported: list[Unsupported]) -> Iterator[Method]:
    paths = _paths(template, api_id)
    found = template.parts_of_api("RequestValidator", api_id)
    validators = {template.name_of(validator.logical_id): validator.properties for validator in found}
    for resource in template.parts_of_api("Method", api_id):
        properties = resource.properties
        integration = read_integration(properties.get("Integration", {}))
        if isinstance(integration, str):
            unsupported.append(Unsupported(resource.logical_id, resource.type, integration))
            continue
        reasons = undeclared_responses(properties)
        unsupported.extend(Unsupported(resource.logical_id, resource.type, reason) for reason in reasons)
        validator: Mapping[str, Any] = validators.get(properties.get("RequestValidatorId", ""), {})
        yield Method(
            logical_id=resource.logical_id,
            http_method=str(properties["HttpMethod"]),
            resource_path=paths.get(properties["ResourceId"], "/"),
            resource_id=str(properties["ResourceId"]),
            integration=integration,
            authorization_type=str(properties.get("AuthorizationType", "NONE")),
            authorizer_id=optional_text(properties.get("AuthorizerId")),
            api_key_required=flag(properties.get("ApiKeyRequired", False)),
            request_models=texts(properties.get("RequestModels")),
            request_parameters={key: flag(value) for key, value in properties.get("RequestParameters", {}).items()},
            validate_body=flag(validator.get("ValidateRequestBody", False)),
            validate_parameters=flag(validator.get("ValidateRequestParameters", False)),
            method_responses=tuple(int(response["StatusCode"]) for response in properties.get("MethodResponses", [])),
        )


def _authorizers(template: StackTemplate, api_id: str) -> Iterator[Authorizer]:
    for resource in template.parts_of_api("Authorizer", api_id):
        properties = resource.properties
        match = _FUNCTION_URI.search(str(properties.get("AuthorizerUri", "")))
        sources = str(properties.get("IdentitySource", "")).split(",")
        yield Authorizer(
            logical_id=resource.logical_id,
            id=template.name_of(resource.logical_id),
            name=str(properties.get("Name", resource.logical_id)),
            type=str(properties["Type"]),
            function_arn=match["arn"] if match else None,
            identity_source=tuple(source.strip() for source in sources if source.strip()),
            identity_validation=optional_text(properties.get("IdentityValidationExpression")),
            ttl_seconds=int(properties.get("AuthorizerResultTtlInSeconds", 300)),
        )


def _gateway_response(resource: Resource) -> GatewayResponse:
    properties = resource.properties
    return GatewayResponse(
        response_type=str(properties["ResponseType"]),
        status_code=whole(properties.get("StatusCode")),
        parameters=texts(properties.get("ResponseParameters")),
        templates=texts(properties.get("ResponseTemplates")),
    )
