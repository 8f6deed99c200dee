"""What does not run is named with its logical id and property, and what does run is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.assembly.properties import _KNOWN
from support.assemblies import load_resources
from support.sample_data import shared_file

API = {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "a"}}}
REF = {"RestApiId": {"Ref": "Api"}}
HEADER = "method.response.header.A"
# What an integration answers with has to be declared by the method (facts/api-gateway.md#deployments).
MOCK = {"Type": "MOCK", "IntegrationResponses": [{"StatusCode": "200", "ResponseParameters": {HEADER: "'a'"}}]}


@pytest.mark.parametrize(
    ("kind", "properties", "path"),
    [
        ("ApiGateway::RestApi", {"Policy": {"Statement": []}}, "Policy"),
        ("ApiGateway::RestApi", {"DisableExecuteApiEndpoint": True}, "DisableExecuteApiEndpoint"),
        (
            "ApiGateway::RestApi",
            {"EndpointConfiguration": {"VpcEndpointIds": ["v"]}},
            "EndpointConfiguration.VpcEndpointIds",
        ),
        ("ApiGateway::Stage", {**REF, "StageName": "p", "CanarySetting": {"PercentTraffic": 5}}, "CanarySetting"),
        ("ApiGateway::Stage", {**REF, "StageName": "p", "CacheClusterEnabled": True}, "CacheClusterEnabled"),
        (
            "ApiGateway::Stage",
            {**REF, "StageName": "p", "MethodSettings": [{"CachingEnabled": True}]},
            "MethodSettings.CachingEnabled",
        ),
        (
            "ApiGateway::Stage",
            {**REF, "StageName": "p", "AccessLogSetting": {"DestinationArn": "arn:aws:firehose:r:1:deliverystream/x"}},
            "AccessLogSetting.DestinationArn arn:aws:firehose:r:1:deliverystream/x",
        ),
        (
            "ApiGateway::Method",
            {**REF, "HttpMethod": "GET", "ResourceId": "r", "AuthorizationScopes": ["s"]},
            "AuthorizationScopes",
        ),
        (
            "ApiGateway::Method",
            {**REF, "HttpMethod": "GET", "ResourceId": "r", "Integration": {"Type": "MOCK", "ConnectionId": "c"}},
            "Integration.ConnectionId",
        ),
        (
            "ApiGateway::Method",
            {**REF, "HttpMethod": "GET", "ResourceId": "r", "Integration": MOCK},
            "IntegrationResponses 200",
        ),
        (
            "ApiGateway::Method",
            {
                **REF,
                "HttpMethod": "GET",
                "ResourceId": "r",
                "Integration": MOCK,
                "MethodResponses": [{"StatusCode": 200}],
            },
            "IntegrationResponses 200",
        ),
        ("ApiGateway::UsagePlan", {"Quota": {"Limit": 1, "Period": "DAY", "Offset": 2}}, "Quota.Offset"),
        (
            "KinesisFirehose::DeliveryStream",
            {"RedshiftDestinationConfiguration": {"a": 1}},
            "RedshiftDestinationConfiguration",
        ),
        ("S3::Bucket", {"NotificationConfiguration": {"a": 1}}, "NotificationConfiguration"),
        (
            "Glue::Table",
            {"DatabaseName": "d", "TableInput": {}, "OpenTableFormatInput": {"a": 1}},
            "OpenTableFormatInput",
        ),
        ("Logs::LogGroup", {"DataProtectionPolicy": {"a": 1}}, "DataProtectionPolicy"),
    ],
)
def test_a_property_that_does_not_run_is_named(
    tmp_path: Path, kind: str, properties: dict[str, Any], path: str
) -> None:
    resources = API | {"Thing": {"Type": f"AWS::{kind}", "Properties": properties}}
    (found,) = load_resources(tmp_path, resources).unsupported
    assert (found.logical_id, found.reason.partition(": ")[0]) == ("Thing", path)


def test_a_switch_that_is_off_is_not_named(tmp_path: Path) -> None:
    properties = {**REF, "StageName": "p", "CacheClusterEnabled": False, "CanarySetting": {}}
    resources = API | {"Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": properties}}
    assert load_resources(tmp_path, resources).unsupported == ()


def test_the_listed_properties_are_those_of_the_cloudformation_schema() -> None:
    """cfn-companions.json: a property with another name would never be found in a template."""
    schemas = json.loads(shared_file("facts/cfn-companions.json").read_text())["resources"]
    compared = [resource_type for resource_type in _KNOWN if resource_type in schemas]
    assert len(compared) >= 6
    for resource_type in compared:
        listed = {path.partition(".")[0] for path in _KNOWN[resource_type].split()}
        assert listed <= set(schemas[resource_type]["properties"]), resource_type
