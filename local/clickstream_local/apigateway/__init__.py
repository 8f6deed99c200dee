"""API Gateway REST APIs: routing, validation, mapping, AWS and MOCK integrations, gateway responses, access log."""

from clickstream_local.apigateway.service import RestApiService

__all__ = ["RestApiService"]
