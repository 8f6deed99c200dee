"""Usage plans and API keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clickstream_local.assembly.physical import opaque_id
from clickstream_local.assembly.stack_template import StackTemplate
from clickstream_local.assembly.values import flag, number, whole
from clickstream_local.common.model import ApiKey, MethodSetting, PlanStage, UsagePlan


def read_usage_plans(template: StackTemplate, api_id: str) -> Iterator[UsagePlan]:
    """The usage plans that open a stage of an API."""
    keys: dict[str, list[str]] = {}
    for link in template.resources("AWS::ApiGateway::UsagePlanKey"):
        keys.setdefault(str(link.properties["UsagePlanId"]), []).append(str(link.properties["KeyId"]))
    for plan in template.resources("AWS::ApiGateway::UsagePlan"):
        stages = tuple(
            PlanStage(str(stage["Stage"]), tuple(_throttles(stage.get("Throttle", {}))))
            for stage in plan.properties.get("ApiStages", [])
            if stage.get("ApiId") == api_id and "Stage" in stage
        )
        if not stages:
            continue
        plan_id = template.name_of(plan.logical_id)
        throttle, quota = plan.properties.get("Throttle", {}), plan.properties.get("Quota", {})
        yield UsagePlan(
            logical_id=plan.logical_id,
            id=plan_id,
            stages=stages,
            key_ids=tuple(keys.get(plan_id, ())),
            rate=number(throttle.get("RateLimit")),
            burst=whole(throttle.get("BurstLimit")),
            quota_limit=whole(quota.get("Limit")),
            quota_period=str(quota.get("Period", "DAY")),
        )


def read_api_keys(template: StackTemplate, plans: Iterable[UsagePlan]) -> Iterator[ApiKey]:
    """The keys of usage plans."""
    members = {key_id for plan in plans for key_id in plan.key_ids}
    for key in template.resources("AWS::ApiGateway::ApiKey"):
        key_id = template.name_of(key.logical_id)
        if key_id in members:
            yield ApiKey(
                key.logical_id,
                key_id,
                name=str(key.properties.get("Name", key.logical_id)),
                # Left out, the service makes a value of its own.
                value=str(key.properties.get("Value", opaque_id(key_id, "value") * 2)),
                # CloudFormation's default, unlike the console's, is a key that is not enabled; the CDK sets true.
                enabled=flag(key.properties.get("Enabled", False)),
            )


def _throttles(settings: Mapping[str, Mapping[str, Any]]) -> Iterator[MethodSetting]:
    """Throttles by ``<resource path>/<HTTP method>``, such as ``/events/POST``."""
    for place, throttle in settings.items():
        path, _, http_method = place.rpartition("/")
        yield MethodSetting(
            http_method, path or "/", rate=number(throttle.get("RateLimit")), burst=whole(throttle.get("BurstLimit"))
        )
