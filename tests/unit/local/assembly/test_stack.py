"""Templates that are wrong: what is wrong is named and left out, and the rest is read."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from clickstream_local.apigateway.service import RestApiService
from clickstream_local.assembly.documents import read_template
from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.properties import _KNOWN
from clickstream_local.assembly.stack import _RUN
from clickstream_local.common.model import RestApi, SavedQuery
from support.assemblies import load_resources, load_template

MUTATIONS = 400
ODD = (None, "", "x", 7, -1, True, [], {}, [1], {"a": 1}, {"Ref": "Nobody"}, {"Fn::Sub": 3}, {"Fn::Join": "x"}, [[]])

WHOLE = """
Conditions: {Web: !Equals [a, a]}
Mappings: {Sizes: {us-east-1: {size: 3}}}
Resources:
  Lake: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${AWS::StackName}-lake"}}
  Clicks:
    Type: AWS::KinesisFirehose::DeliveryStream
    Condition: Web
    Properties: {ExtendedS3DestinationConfiguration: {BucketARN: !GetAtt Lake.Arn}}
  Events:
    Type: AWS::Glue::Table
    Properties:
      DatabaseName: db
      TableInput: {Name: t, StorageDescriptor: {Columns: [{Name: a, Type: int}]}, PartitionKeys: [{Name: b}]}
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: g}}
  Stream: {Type: AWS::Logs::LogStream, Properties: {LogGroupName: !Ref Group, LogStreamName: s}}
  Guard:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.f
      Code: {ZipFile: "x = 1"}
      Timeout: !FindInMap [Sizes, !Ref "AWS::Region", size]
      Environment: {Variables: {A: !Join ["", [a, b]]}}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: n, BinaryMediaTypes: [a/b], MinimumCompressionSize: 1}}
  Path:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: p}
  Model: {Type: AWS::ApiGateway::Model, Properties: {RestApiId: !Ref Api, Schema: {type: object}}}
  Check: {Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: !Ref Api, ValidateRequestBody: true}}
  Auth:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Type: TOKEN
      IdentitySource: method.request.header.A
      AuthorizerResultTtlInSeconds: 1
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Path
      HttpMethod: POST
      AuthorizerId: !Ref Auth
      RequestValidatorId: !Ref Check
      RequestModels: {application/json: !Ref Model}
      RequestParameters: {method.request.header.A: true}
      MethodResponses: [{StatusCode: 200, ResponseParameters: {method.response.header.A: true}}]
      Integration:
        Type: AWS
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:firehose:action/PutRecord
        TimeoutInMillis: 100
        RequestTemplates: {application/json: x}
        IntegrationResponses: [{StatusCode: 200, ResponseParameters: {method.response.header.A: "'a'"}}]
  Gateway:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: {RestApiId: !Ref Api, ResponseType: DEFAULT_4XX, StatusCode: 400}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      StageName: prod
      AccessLogSetting: {DestinationArn: !GetAtt Group.Arn, Format: f}
      MethodSettings: [{HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2}]
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true, Value: v}}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties:
      ApiStages: [{ApiId: !Ref Api, Stage: !Ref Stage, Throttle: {/p/POST: {RateLimit: 1}}}]
      Throttle: {RateLimit: 1, BurstLimit: 2}
      Quota: {Limit: 1, Period: DAY}
  Link: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, UsagePlanId: !Ref Plan}}
Outputs:
  Name: {Value: !Ref Lake, Export: {Name: lake}}
"""


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "whole.yaml").write_text(WHOLE)
    return dict(read_template(tmp_path / "whole.yaml"))


def build(api: RestApi) -> RestApiService:
    """The API as it would be served: what cannot run in it is named, and no more."""
    return RestApiService(
        api,
        call_service=_nothing,
        access_log=_nothing,
        execution_log=_nothing,
        functions=_nothing,
        secret_of=_nothing,
        account="1",
        region="us-east-1",
    )


_nothing = Mock(spec=["find"])


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each container with each key or index in it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(pairs):
        yield value, key
        yield from places(item)


def test_the_template_that_the_others_are_made_of_is_good(whole: dict[str, Any], tmp_path: Path) -> None:
    stack = load_template(tmp_path, whole)
    assert stack.unsupported == ()
    assert stack.functions[0].timeout_seconds == 3


def test_a_mutated_template_is_read_or_refused_and_never_a_crash(whole: dict[str, Any], tmp_path: Path) -> None:
    chance = random.Random(6)
    outcomes = {"whole": 0, "in part": 0, "refused": 0}
    for _ in range(MUTATIONS):
        template = copy.deepcopy(whole)
        container, key = chance.choice(list(places(template)))
        change = chance.choice((*ODD, "delete"))
        if change == "delete":
            del container[key]
        else:
            container[key] = change
        try:
            stack = load_template(tmp_path, template)
            for api in stack.rest_apis:
                build(api)
            outcomes["in part" if stack.unsupported else "whole"] += 1
        except AssemblyError:
            outcomes["refused"] += 1
    assert min(outcomes["whole"], outcomes["in part"]) > MUTATIONS / 10
    assert outcomes["refused"] < MUTATIONS / 4  # resources without a Type, which no deployment takes


@pytest.mark.parametrize(
    ("resource", "member", "value", "message"),
    [
        ("Post", "HttpMethod", None, "'HttpMethod' is missing"),
        ("Link", "KeyId", None, "'KeyId' is missing"),
        ("Gateway", "StatusCode", "many", "a property has a value of another type: .*'many'"),
        ("Lake", "BucketName", {"Fn::Join": "x"}, "Fn::Join has an argument of another form"),
        ("Guard", "Timeout", {"Fn::Cidr": []}, "the intrinsic function Fn::Cidr is not supported"),
    ],
)
def test_what_is_wrong_is_named_with_its_resource_and_left_out(
    whole: dict[str, Any], tmp_path: Path, resource: str, member: str, value: Any, message: str
) -> None:
    properties = whole["Resources"][resource]["Properties"]
    if value is None:
        del properties[member]
    else:
        properties[member] = value
    stack = load_template(tmp_path, whole)
    reasons = {found.logical_id: found.reason for found in stack.unsupported}
    assert re.search(message, reasons[resource])
    assert [table.name for table in stack.tables] == ["t"]


def test_an_output_that_cannot_be_resolved_is_named(whole: dict[str, Any], tmp_path: Path) -> None:
    whole["Outputs"]["Odd"] = {"Value": {"Fn::ImportValue": "nobody's"}}
    stack = load_template(tmp_path, whole)
    assert stack.outputs == {"Name": "shop-lake"}
    assert [found.logical_id for found in stack.unsupported] == ["Odd"]


def test_an_iceberg_table_without_table_input_does_not_keep_the_rest_from_running(tmp_path: Path) -> None:
    """AWS::Glue::Table: TableInput is optional since OpenTableFormatInput can hold a whole table."""
    iceberg = {"IcebergInput": {"MetadataOperation": "CREATE", "IcebergTableInput": {"Location": "s3://l/t"}}}
    table = {"CatalogId": "1", "DatabaseName": "db", "Name": "t", "OpenTableFormatInput": iceberg}
    resources = {"T": {"Type": "AWS::Glue::Table", "Properties": table}, "Lake": {"Type": "AWS::S3::Bucket"}}
    stack = load_resources(tmp_path, resources)
    assert ([found.name for found in stack.buckets], stack.tables) == (["shop-lake"], ())
    assert [found.reason for found in stack.unsupported] == ["OpenTableFormatInput: this property is not run locally"]


def test_queries_that_athena_saves_are_read(tmp_path: Path) -> None:
    saved = {"Name": "all", "Database": {"Ref": "Db"}, "QueryString": "SELECT 1", "Description": "One"}
    database = {"CatalogId": "1", "DatabaseInput": {"Name": "web"}}
    resources = {
        "Db": {"Type": "AWS::Glue::Database", "Properties": database},
        "Q": {"Type": "AWS::Athena::NamedQuery", "Properties": saved},
        "Bare": {"Type": "AWS::Athena::NamedQuery", "Properties": {"Database": "app", "QueryString": "SELECT 2"}},
    }
    assert load_resources(tmp_path, resources).saved_queries == (
        SavedQuery("all", "web", "SELECT 1", "One"),
        SavedQuery("Bare", "app", "SELECT 2"),
    )


def test_parameters_of_a_table_can_be_a_text_of_json(tmp_path: Path) -> None:
    table = {"CatalogId": "1", "DatabaseName": "db", "TableInput": {"Name": "t", "Parameters": '{"a": "b"}'}}
    stack = load_resources(tmp_path, {"T": {"Type": "AWS::Glue::Table", "Properties": table}})
    assert stack.tables[0].parameters == {"a": "b"}


@pytest.mark.parametrize("resource_type", sorted(_RUN))
def test_a_resource_with_no_more_than_its_required_properties_keeps_nothing_from_running(
    resource_type: str, tmp_path: Path
) -> None:
    """By the CloudFormation registry, as cfn-lint bundles it."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
    required = {name: _least(schema["properties"][name], schema) for name in schema.get("required", ())}
    resources = {
        "Bare": {"Type": resource_type, "Properties": required},
        "Empty": {"Type": resource_type},
        "Clicks": {"Type": "AWS::KinesisFirehose::DeliveryStream"},
    }
    stack = load_resources(tmp_path, resources)
    assert "Clicks" in [stream.logical_id for stream in stack.delivery_streams]
    if resource_type != "AWS::ApiGateway::Stage":  # its name is optional in the registry only
        assert "Bare" not in [found.logical_id for found in stack.unsupported if "missing" in found.reason]


def _least(property_schema: dict[str, Any], schema: dict[str, Any]) -> Any:
    """The smallest value that a property's schema takes, so far as it matters here."""
    while "$ref" in property_schema:
        property_schema = schema["definitions"][property_schema["$ref"].rpartition("/")[2]]
    if "enum" in property_schema:
        return property_schema["enum"][0]
    kind = property_schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        required = property_schema.get("required", ())
        return {name: _least(property_schema["properties"][name], schema) for name in required}
    return {"string": "x", "integer": 1, "number": 1, "boolean": True, "array": []}[kind]


def test_attributes_of_resources_that_do_not_run_have_a_stand_in(tmp_path: Path) -> None:
    resources = {
        "Cluster": {"Type": "AWS::RDS::DBCluster"},
        "Lake": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::GetAtt": "Cluster.Endpoint.Address"}}},
    }
    assert load_resources(tmp_path, resources).buckets[0].name == "shop-Cluster-Endpoint.Address"
    resources["Lake"]["Properties"] = {"BucketName": {"Fn::GetAtt": ["Lake2", "Color"]}}
    resources["Lake2"] = {"Type": "AWS::S3::Bucket"}
    found = {one.logical_id: one.reason for one in load_resources(tmp_path, resources).unsupported}
    assert "'Color' of a AWS::S3::Bucket is not known" in found["Lake"]


def test_what_does_not_run_is_named_whatever_it_holds(tmp_path: Path) -> None:
    resources = {
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"Zone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]}}},
        "Fn": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x"}},
    }
    stack = load_resources(tmp_path, resources, Transform="AWS::Serverless-2016-10-31")
    assert [(found.logical_id, found.reason.partition(";")[0]) for found in stack.unsupported] == [
        ("shop", "Transform 'AWS::Serverless-2016-10-31': macros are not expanded"),
        ("Fn", "runtime nodejs22.x: only Python functions run locally"),
        ("Subnet", "the local runtime does not run this resource type"),
    ]


def test_every_type_that_runs_has_its_properties_listed() -> None:
    assert set(_KNOWN) == set(_RUN)
