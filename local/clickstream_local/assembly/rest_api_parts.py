"""The resources that belong to a REST API."""

from __future__ import annotations

from collections.abc import Iterator

from clickstream_local.assembly.template import Resource, Template


def parts_of(template: Template, kind: str, api_id: str) -> Iterator[Resource]:
    """The resources ``AWS::ApiGateway::<kind>`` of one API."""
    for resource in template.resources(f"AWS::ApiGateway::{kind}"):
        if resource.properties.get("RestApiId") == api_id:
            yield resource
