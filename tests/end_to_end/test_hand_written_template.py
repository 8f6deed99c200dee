"""A template that nobody's construct made, served whole: YAML, an inline authorizer, IAM, keys, Firehose, S3."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from clickstream_local.assembly.cloud_assembly import load_stacks
from clickstream_local.serve.runtime import Runtime

TEMPLATE = """
Resources:
  Lake:
    Type: AWS::S3::Bucket
    Properties: {BucketName: lake}
  Clicks:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Lake.Arn
        RoleARN: arn:aws:iam::000000000000:role/delivery
        Prefix: raw/
  Guard:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Timeout: 10
      Role: arn:aws:iam::000000000000:role/guard
      Code:
        ZipFile: |
          def handler(event, context):
              effect = "Allow" if event["authorizationToken"] == "let-me-in" else "Deny"
              statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
              return {"principalId": "inline", "policyDocument": {"Statement": [statement]}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: hand-written}
  Authorizer:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Name: guard
      Type: TOKEN
      IdentitySource: method.request.header.X-Token
      AuthorizerUri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Guard.Arn}/invocations
  Guarded:
    Type: AWS::ApiGateway::Method
    Properties: &settings
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: POST
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Authorizer
      MethodResponses: [{StatusCode: 200}]
      Integration:
        Type: AWS
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:firehose:action/PutRecord
        RequestTemplates:
          application/json: !Sub |
            {"DeliveryStreamName": "${Clicks}",
             "Record": {"Data": "$util.base64Encode("$context.authorizer.principalId $input.body;")"}}
        IntegrationResponses: [{StatusCode: 200}]
  Signed:
    Type: AWS::ApiGateway::Method
    Properties:
      <<: *settings
      HttpMethod: PUT
      AuthorizationType: AWS_IAM
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: [Guarded, Signed]
    Properties:
      RestApiId: !Ref Api
      StageName: v1
      StageDescription: {LoggingLevel: INFO}
"""


def send(url: str, method: str, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, b'{"a":1}', headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def signed(url: str, secret: str) -> dict[str, str]:
    request = AWSRequest("PUT", url, data=b'{"a":1}', headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials("LOCAL", secret), "execute-api", "us-east-1").add_auth(request)
    return {name: str(value) for name, value in request.headers.items()}


@pytest.fixture
def serve(tmp_path: Path) -> Callable[[Callable[[str], Any]], Any]:
    """Runs the template while ``talk`` uses its endpoint, then delivers."""

    def run(talk: Callable[[str], Any]) -> Any:
        path = tmp_path / "hand.yaml"
        path.write_text(TEMPLATE)

        async def main() -> Any:
            stacks = load_stacks(path)
            runtime = await Runtime.start(stacks, data_dir=tmp_path / "data", buffer_interval=600)
            try:
                assert runtime.unsupported() == ()
                return await asyncio.to_thread(talk, runtime.state()["endpoints"]["Api"] + "/")
            finally:
                await runtime.close()

        return asyncio.run(main())

    return run


def test_it_runs_as_written(serve: Any, tmp_path: Path) -> None:
    json_type = {"Content-Type": "application/json"}

    def talk(url: str) -> list[int]:
        return [
            send(url, "POST", json_type | {"X-Token": "let-me-in"}),
            send(url, "POST", json_type | {"X-Token": "let-me-out"}),
            send(url, "POST", json_type),
            send(url, "PUT", signed(url, "local")),
            send(url, "PUT", signed(url, "wrong")),
            send(url, "PUT", json_type),
        ]

    assert serve(talk) == [200, 403, 401, 200, 403, 403]
    (delivered,) = (path for path in (tmp_path / "data/s3/lake/raw").rglob("*") if path.is_file())
    assert delivered.read_text() == 'inline {"a":1}; {"a":1};'
    (log,) = (tmp_path / "data/logs").glob("API-Gateway-Execution-Logs_*/v1/*.log")
    messages = [json.loads(line)["message"] for line in log.read_text().splitlines()]
    assert sum("Method completed with status: 200" in message for message in messages) == 2
