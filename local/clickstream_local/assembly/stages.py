"""Stages of a REST API: stage resources, and the stages that deployments make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clickstream_local.assembly.stack_template import StackTemplate
from clickstream_local.assembly.values import flag, number, optional_text, texts, whole
from clickstream_local.common.model import MethodSetting, Stage, Unsupported


def read_stages(template: StackTemplate, api_id: str, unsupported: list[Unsupported]) -> Iterator[Stage]:
    """The stages of an API."""
    for resource in template.parts_of_api("Stage", api_id):
        yield _stage(
            resource.logical_id, resource.type, str(resource.properties["StageName"]), resource.properties, unsupported
        )
    for resource in template.parts_of_api("Deployment", api_id):
        name = resource.properties.get("StageName")
        if name is not None:
            description = resource.properties.get("StageDescription", {})
            # What it holds beside its MethodSettings is for all methods.
            settings = [*description.get("MethodSettings", []), description]
            stage = {**description, "MethodSettings": settings}
            yield _stage(resource.logical_id, resource.type, str(name), stage, unsupported)


def _stage(
    logical_id: str, resource_type: str, name: str, properties: Mapping[str, Any], unsupported: list[Unsupported]
) -> Stage:
    access_log = properties.get("AccessLogSetting", {})
    destination = str(access_log.get("DestinationArn", ""))
    group = destination.split(":log-group:")[-1].removesuffix(":*") if ":log-group:" in destination else None
    if destination and group is None:
        reason = f"AccessLogSetting.DestinationArn {destination}: access logs go to log groups only here"
        unsupported.append(Unsupported(logical_id, resource_type, reason))
    return Stage(
        logical_id=logical_id,
        name=name,
        variables=texts(properties.get("Variables")),
        method_settings=tuple(map(_setting, properties.get("MethodSettings", []))),
        access_log_group=group,
        access_log_format=optional_text(access_log.get("Format")),
    )


def _setting(properties: Mapping[str, Any]) -> MethodSetting:
    # CloudFormation writes a path as a JSON pointer does, with ~1 for a slash: `/~1events`, and `/*` for all.
    path = str(properties.get("ResourcePath", "/*")).replace("~1", "/").replace("//", "/")
    return MethodSetting(
        http_method=str(properties.get("HttpMethod", "*")),
        resource_path=path,
        rate=number(properties.get("ThrottlingRateLimit")),
        burst=whole(properties.get("ThrottlingBurstLimit")),
        logging_level=optional_text(properties.get("LoggingLevel")),
        data_trace=flag(properties.get("DataTraceEnabled", False)),
    )
