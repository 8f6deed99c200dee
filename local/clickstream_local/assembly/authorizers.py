"""Authorizers of a REST API."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clickstream_local.assembly.rest_api_parts import parts_of
from clickstream_local.assembly.template import Template
from clickstream_local.assembly.values import optional_text
from clickstream_local.common.model import Authorizer

# arn:<partition>:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations
_FUNCTION_URI = re.compile(r":lambda:path/[\d-]+/functions/(?P<arn>.+)/invocations$")


def read_authorizers(template: Template, api_id: str) -> Iterator[Authorizer]:
    """The authorizers of an API, of all types."""
    for resource in parts_of(template, "Authorizer", api_id):
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
