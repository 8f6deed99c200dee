"""A small pipeline as a person would write it in YAML: an endpoint, a stream with a function and a backup, a bucket."""

from __future__ import annotations

from pathlib import Path

UPPER = """
import base64

def handler(event, context):
    def upper(record):
        data = base64.b64decode(record["data"])
        if b"poison" in data:
            return {"recordId": record["recordId"], "result": "ProcessingFailed", "data": record["data"]}
        changed = base64.b64encode(data.upper()).decode()
        return {"recordId": record["recordId"], "result": "Ok", "data": changed}
    print("got", len(event["records"]))
    return {"records": [upper(record) for record in event["records"]]}
"""

TEMPLATE = """
Resources:
  Lake:
    Type: AWS::S3::Bucket
    Properties: {BucketName: lake}
  DeliveryLog:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: /delivery}
  Upper:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: upper
      Runtime: python3.13
      Handler: index.handler
      Timeout: 20
      Role: arn:aws:iam::000000000000:role/upper
      Code:
        ZipFile: |
CODE
  Clicks:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamName: clicks
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Lake.Arn
        RoleARN: arn:aws:iam::000000000000:role/delivery
        Prefix: data/!{timestamp:yyyy-MM-dd}/
        ErrorOutputPrefix: errors/!{firehose:error-output-type}/
        BufferingHints: {IntervalInSeconds: 120, SizeInMBs: 5}
        CloudWatchLoggingOptions: {Enabled: true, LogGroupName: !Ref DeliveryLog, LogStreamName: S3}
        ProcessingConfiguration:
          Enabled: true
          Processors:
            - Type: Lambda
              Parameters:
                - {ParameterName: LambdaArn, ParameterValue: !GetAtt Upper.Arn}
                - {ParameterName: BufferIntervalInSeconds, ParameterValue: "60"}
                - {ParameterName: NumberOfRetries, ParameterValue: "0"}
        S3BackupMode: Enabled
        S3BackupConfiguration:
          BucketARN: !GetAtt Lake.Arn
          RoleARN: arn:aws:iam::000000000000:role/delivery
          Prefix: backup/
          CompressionFormat: GZIP
          BufferingHints: {IntervalInSeconds: 300, SizeInMBs: 5}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: small}
  Events:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: events}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Events
      HttpMethod: POST
      AuthorizationType: NONE
      MethodResponses: [{StatusCode: 202}]
      Integration:
        Type: AWS
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:firehose:action/PutRecord
        RequestTemplates:
          application/json: !Sub |
            {"DeliveryStreamName": "${Clicks}", "Record": {"Data": "$util.base64Encode("$input.body
            ")"}}
        IntegrationResponses: [{StatusCode: 202}]
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: [Post]
    Properties: {RestApiId: !Ref Api, StageName: v1}
Outputs:
  Endpoint: {Value: !Sub "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/v1/"}
"""


def small_template(folder: Path, code: str = UPPER) -> Path:
    """Write the template, the function's code in it; the stream's records end in a newline."""
    path = folder / "small.yaml"
    indented = "\n".join(f"          {line}" for line in code.strip().splitlines())
    path.write_text(TEMPLATE.replace("CODE", indented))
    return path
