"""Responses of the endpoint: each carries the CORS headers, or browsers hide it."""

from __future__ import annotations

import json

from aws_cdk import aws_apigateway as apigateway

from cdk_clickstream._findings import acknowledge
from cdk_clickstream.endpoint.cors import CorsOptions


class MethodResponses:
    """Makes the responses of methods and of API Gateway itself, with the headers of one :class:`CorsOptions`."""

    def __init__(self, cors: CorsOptions) -> None:
        self._cors = cors

    def integration_response(
        self, status: str, template: str, pattern: str | None = None, headers: dict[str, str] | None = None
    ) -> apigateway.IntegrationResponse:
        """Return the response to a status of the service that the pattern matches; without one, to any other."""
        return apigateway.IntegrationResponse(
            status_code=status,
            selection_pattern=pattern,
            response_templates={"application/json": self._cors.origin_template + template},
            response_parameters=_static_headers("method.response.header", {**self._cors.headers, **(headers or {})}),
        )

    def method_response(self, status: str, headers: tuple[str, ...] = ()) -> apigateway.MethodResponse:
        """Declare a status of a method, with the headers that it may carry beside those of CORS."""
        return apigateway.MethodResponse(
            status_code=status,
            response_parameters={f"method.response.header.{name}": True for name in (*self._cors.headers, *headers)},
            response_models={"application/json": apigateway.Model.EMPTY_MODEL},
        )

    def add_preflight(self, resource: apigateway.IResource, request_headers: tuple[str, ...]) -> None:
        """Answer ``OPTIONS`` of a resource; ``request_headers`` are those that a request may carry."""
        headers = self._cors.preflight_headers(request_headers)
        origins = self._cors.origin_template
        # A preflight has no Content-Type, which counts as application/json (facts/api-gateway.md#cors).
        _add_constant_method(
            resource,
            "OPTIONS",
            apigateway.IntegrationResponse(
                status_code="204",
                response_parameters=_static_headers("method.response.header", headers),
                response_templates={"application/json": origins} if origins else None,
            ),
            apigateway.MethodResponse(
                status_code="204", response_parameters={f"method.response.header.{name}": True for name in headers}
            ),
            "A browser sends the preflight without credentials",
        )

    def add_health(self, api: apigateway.RestApi) -> apigateway.Method:
        """Answer ``GET /health`` with 200 for load balancers and uptime checks; it reaches no service."""
        return _add_constant_method(
            api.root.add_resource("health"),
            "GET",
            self.integration_response("200", '{"status": "ok"}'),
            self.method_response("200"),
            "Uptime checks hold no credentials",
        )

    def add_gateway_responses(self, api: apigateway.RestApi, hint: str) -> None:
        """Put CORS headers on API Gateway's own responses, and a hint into the response to an invalid body."""
        # Without its leading "gatewayresponse.header.": the L2 adds that.
        headers = {name: f"'{value}'" for name, value in self._cors.headers.items()}
        for id_, type_ in (
            ("Default4xx", apigateway.ResponseType.DEFAULT_4_XX),
            ("Default5xx", apigateway.ResponseType.DEFAULT_5_XX),
        ):
            api.add_gateway_response(id_, type=type_, response_headers=headers)
        # Not $context.error.validationErrorString: it quotes the body.
        api.add_gateway_response(
            "BadRequestBody",
            type=apigateway.ResponseType.BAD_REQUEST_BODY,
            status_code="400",
            response_headers=headers,
            templates={"application/json": f'{{"message":$context.error.messageString,"hint":{json.dumps(hint)}}}'},
        )


def _static_headers(place: str, headers: dict[str, str]) -> dict[str, str]:
    return {f"{place}.{name}": f"'{value}'" for name, value in headers.items()}


def acknowledge_open(method: apigateway.Method, reason: str) -> None:
    """Acknowledge that a method has no authorizer."""
    acknowledge(method, "AwsSolutions-APIG4", reason)
    acknowledge(method, "AwsSolutions-COG4", reason)


def _add_constant_method(
    resource: apigateway.IResource,
    http_method: str,
    answer: apigateway.IntegrationResponse,
    declared: apigateway.MethodResponse,
    why_open: str,
) -> apigateway.Method:
    method = resource.add_method(
        http_method,
        apigateway.MockIntegration(
            passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
            request_templates={"application/json": '{"statusCode": 200}'},
            integration_responses=[answer],
        ),
        authorization_type=apigateway.AuthorizationType.NONE,
        method_responses=[declared],
    )
    acknowledge_open(method, f"{why_open}; the answer is constant and reaches no service.")
    return method
