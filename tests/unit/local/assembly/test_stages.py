"""The stages of an API."""

from __future__ import annotations

from pathlib import Path

from support.assemblies import load_resources


def test_the_stage_that_a_deployment_makes_is_served_with_its_settings(tmp_path: Path) -> None:
    settings = {"HttpMethod": "POST", "ResourcePath": "/~1events", "LoggingLevel": "INFO"}
    description = {"ThrottlingRateLimit": 5, "MethodSettings": [settings]}
    properties = {"RestApiId": {"Ref": "Api"}, "StageName": "prod", "StageDescription": description}
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi"},
        "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": properties},
    }
    (stage,) = load_resources(tmp_path, resources).rest_apis[0].stages
    assert stage.name == "prod"
    own, everywhere = stage.method_settings
    # CloudFormation writes the slash of a path as ~1.
    assert (own.http_method, own.resource_path, own.logging_level) == ("POST", "/events", "INFO")
    assert (everywhere.http_method, everywhere.resource_path, everywhere.rate) == ("*", "/*", 5.0)
