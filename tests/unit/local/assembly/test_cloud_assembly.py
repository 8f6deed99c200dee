from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.assembly import AssemblyError, load_stacks


def write(
    folder: Path, stacks: dict[str, dict[str, Any]], *, environment: str = "aws://unknown-account/unknown-region"
) -> Path:
    artifacts: dict[str, Any] = {}
    for name, template in stacks.items():
        (folder / f"{name}.template.json").write_text(json.dumps(template))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": environment,
            "properties": {"templateFile": f"{name}.template.json"},
        }
        artifacts[f"{name}.assets"] = {"type": "cdk:asset-manifest", "properties": {"file": f"{name}.assets.json"}}
        (folder / f"{name}.assets.json").write_text(
            json.dumps({"files": {"c0de": {"source": {"path": "asset.c0de", "packaging": "zip"}}}})
        )
    (folder / "asset.c0de").mkdir()
    (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": artifacts}))
    return folder


FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"S3Bucket": "assets", "S3Key": "c0de.zip"},
        "Environment": {"Variables": {"STREAM": {"Ref": "Stream"}}},
        "Timeout": 30,
    },
}
STREAM = {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": {}}


def test_a_function_has_its_asset_folder_and_its_resolved_environment(tmp_path: Path) -> None:
    write(tmp_path, {"Shop": {"Resources": {"Fn": FUNCTION, "Stream": STREAM}}})
    (stack,) = load_stacks(tmp_path)
    (function,) = stack.functions
    assert function.code_dir == tmp_path / "asset.c0de"
    assert function.environment == {"STREAM": "Shop-Stream"}
    assert (function.timeout_seconds, function.memory_mb) == (30, 128)
    assert function.log_group == "/aws/lambda/Shop-Fn"


def test_an_environment_agnostic_stack_runs_in_the_default_region_and_account(tmp_path: Path) -> None:
    write(tmp_path, {"Shop": {"Resources": {"Stream": STREAM}}})
    (stack,) = load_stacks(tmp_path)
    assert stack.delivery_streams[0].arn == "arn:aws:firehose:us-east-1:000000000000:deliverystream/Shop-Stream"


def test_a_stack_with_an_environment_keeps_it(tmp_path: Path) -> None:
    write(tmp_path, {"Shop": {"Resources": {"Stream": STREAM}}}, environment="aws://444455556666/eu-west-1")
    (stack,) = load_stacks(tmp_path)
    assert (stack.account, stack.region) == ("444455556666", "eu-west-1")


def test_a_stack_imports_what_another_exports(tmp_path: Path) -> None:
    exporting = {
        "Resources": {"Lake": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {"Lake": {"Value": {"Ref": "Lake"}, "Export": {"Name": "lake-name"}}},
    }
    importing = {"Resources": {}, "Outputs": {"Bucket": {"Value": {"Fn::ImportValue": "lake-name"}}}}
    write(tmp_path, {"Importing": importing, "Exporting": exporting})
    (stack,) = load_stacks(tmp_path, stack="Importing")
    assert stack.outputs == {"Bucket": "exporting-lake"}


def test_an_unknown_stack_name_lists_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, {"Shop": {"Resources": {}}})
    with pytest.raises(AssemblyError, match=r"no stack 'Shopp' .* its stacks: Shop"):
        load_stacks(tmp_path, stack="Shopp")


def test_a_missing_assembly_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="run `make synth` or `cdk synth` first"):
        load_stacks(tmp_path / "cdk.out")


def test_resource_types_that_do_not_run_are_named(tmp_path: Path) -> None:
    resources = {"Queue": {"Type": "AWS::SQS::Queue"}, "Fn": FUNCTION | {"Properties": {"Runtime": "nodejs22.x"}}}
    write(tmp_path, {"Shop": {"Resources": resources}})
    (stack,) = load_stacks(tmp_path)
    assert [(found.logical_id, found.reason) for found in stack.unsupported] == [
        ("Fn", "runtime nodejs22.x: only Python functions run locally"),
        ("Queue", "the local runtime does not run this resource type"),
    ]


def test_a_method_gets_its_full_path_its_validator_and_the_action_of_its_integration(tmp_path: Path) -> None:
    api = {"Ref": "Api"}
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "ingest"}},
        "V1": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {"RestApiId": api, "ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "PathPart": "v1"},
        },
        "Events": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {"RestApiId": api, "ParentId": {"Ref": "V1"}, "PathPart": "events"},
        },
        "Body": {
            "Type": "AWS::ApiGateway::RequestValidator",
            "Properties": {"RestApiId": api, "ValidateRequestBody": True},
        },
        "Post": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": api,
                "ResourceId": {"Ref": "Events"},
                "HttpMethod": "POST",
                "RequestValidatorId": {"Ref": "Body"},
                "MethodResponses": [{"StatusCode": "202"}, {"StatusCode": "502"}],
                "Integration": {
                    "Type": "AWS",
                    "Uri": {"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:firehose:action/PutRecord"},
                    "IntegrationResponses": [
                        {"StatusCode": "202"},
                        {"StatusCode": "502", "SelectionPattern": "5\\d{2}"},
                    ],
                },
            },
        },
        "Lambda": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": api,
                "ResourceId": {"Ref": "V1"},
                "HttpMethod": "GET",
                "Integration": {"Type": "AWS_PROXY", "Uri": "arn:x"},
            },
        },
    }
    write(tmp_path, {"Shop": {"Resources": resources}})
    (stack,) = load_stacks(tmp_path)
    (method,) = stack.rest_apis[0].methods
    assert (method.resource_path, method.validate_body) == ("/v1/events", True)
    assert (method.integration.service, method.integration.action) == ("firehose", "PutRecord")
    assert [r.selection_pattern for r in method.integration.responses] == [None, "5\\d{2}"]
    assert [found.logical_id for found in stack.unsupported] == ["Lambda"]


def test_inline_code_becomes_a_folder_with_index_py(tmp_path: Path) -> None:
    function = FUNCTION | {"Properties": {"Runtime": "python3.13", "Handler": "index.f", "Code": {"ZipFile": "x = 1"}}}
    write(tmp_path, {"Shop": {"Resources": {"Fn": function}}})
    (stack,) = load_stacks(tmp_path)
    assert (stack.functions[0].code_dir / "index.py").read_text() == "x = 1"
