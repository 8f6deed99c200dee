"""Templates as files: JSON, and YAML with CloudFormation's short forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from clickstream_local.assembly.cloud_assembly import load_stacks
from clickstream_local.assembly.documents import read_template
from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.common.model import Stack

PIPELINE = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Team: {Type: String, Default: web}
Conditions:
  IsWeb: !Equals [!Ref Team, web]
Resources:
  Lake:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "${Team}-lake"}
  Delivery:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamName: !Join ["-", [clicks, !If [IsWeb, !Select [1, !Split [",", "a,b"]], none]]]
      ExtendedS3DestinationConfiguration: &destination
        BucketARN: !GetAtt Lake.Arn
        RoleARN: arn:aws:iam::000000000000:role/r
  Second:
    Type: AWS::KinesisFirehose::DeliveryStream
    Condition: IsWeb
    Properties:
      ExtendedS3DestinationConfiguration: *destination
  Api:
    Type: AWS::ApiGateway::RestApi
  Events:
    Type: AWS::ApiGateway::Resource
    Properties:
      RestApiId: !Ref Api
      ParentId: !GetAtt [Api, RootResourceId]
      PathPart: events
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Events
      HttpMethod: POST
      AuthorizationType: NONE
      MethodResponses: [{StatusCode: 200}]
      Integration:
        Type: AWS
        IntegrationHttpMethod: POST
        Uri: !Sub arn:${AWS::Partition}:apigateway:${AWS::Region}:firehose:action/PutRecord
        RequestTemplates:
          application/json: !Sub |
            {"DeliveryStreamName": "${Delivery}", "Record": {"Data": "$util.base64Encode($input.body)"}}
        IntegrationResponses: [{StatusCode: 200}]
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: Post
    Properties:
      RestApiId: !Ref Api
      StageName: prod
"""


def load(folder: Path, text: str, name: str = "shop.template.yaml") -> Stack:
    path = folder / name
    path.write_text(text)
    (stack,) = load_stacks(path)
    return stack


def test_short_forms_and_anchors_of_a_hand_written_template_are_resolved(tmp_path: Path) -> None:
    stack = load(tmp_path, PIPELINE)
    assert stack.name == "shop"
    assert [stream.name for stream in stack.delivery_streams] == ["clicks-b", "shop-Second"]
    assert {s.properties["ExtendedS3DestinationConfiguration"]["BucketARN"] for s in stack.delivery_streams} == {
        "arn:aws:s3:::web-lake"
    }
    (method,) = stack.rest_apis[0].methods
    assert method.resource_path == "/events"
    assert '"DeliveryStreamName": "clicks-b"' in method.integration.request_templates["application/json"]
    assert stack.unsupported == ()


@pytest.mark.parametrize("text", ["{}", '{"Parameters": {}, "Rules": {}}', "Outputs: {}\n"])
def test_a_template_without_resources_is_that_of_an_empty_stack(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.yaml").write_text(text)
    assert read_template(tmp_path / "t.yaml")["Resources"] == {}


def test_dates_stay_text(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("Resources: {}\nVersion: 2012-10-17\n")
    assert read_template(tmp_path / "t.yaml")["Version"] == "2012-10-17"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resources: [", r"cannot be read as YAML: .* line 1, column 13"),
        ("Resources:\n  A: {Type: T}\n  A: {Type: T}\n", r"found the key 'A' twice .* line 3, column 3"),
        ("- a\n", "is not a CloudFormation template: it has no Resources"),
        ('{"Resources": {"A": {}}}', "resource 'A' has no Type"),
        ('{"Resources": ', "cannot be read as JSON"),
        ("[" * 5000, "nested too deeply"),
        ("Resources: &r\n  A: {Type: AWS::Glue::Table, Properties: *r}\n", "holds itself by a YAML anchor"),
    ],
)
def test_what_is_no_template_is_refused_with_the_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(AssemblyError, match=message):
        load(tmp_path, text)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AssemblyError, match=r"t\.json cannot be read"):
        load_stacks(tmp_path / "t.json")
