"""A hand-written template whose roles lack rights: what shows where, as on AWS."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from click.testing import CliRunner

from clickstream_local.cli import main
from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from clickstream_local.testing import LocalPipeline

PUTS_ON = """
import base64, boto3
firehose = boto3.client("firehose")
def handler(event, context):
    if "methodArn" in event:
        allowed = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
        return {"principalId": "u", "policyDocument": {"Statement": [allowed]}}
    for record in event["records"]:
        record["result"] = "Ok"
        try:
            firehose.put_record(DeliveryStreamName="copies", Record={"Data": base64.b64decode(record["data"])})
        except Exception as error:
            record["data"] = base64.b64encode(str(error).encode()).decode()
    print("put", len(event["records"]))
    return {"records": event["records"]}
"""
SERVICES = {
    "Delivery": "firehose",
    "Endpoint": "apigateway",
    "Function": "lambda",
    "Caller": "ec2",
    "Subscriber": "logs",
}
ARN = "arn:aws:firehose:us-east-1:000000000000:deliverystream"
RIGHTS: dict[str, list[str]] = {
    "Delivery": ["s3:*", "lambda:InvokeFunction", "logs:PutLogEvents", "kinesis:*"],
    "Endpoint": ["firehose:PutRecord"],
    "Function": ["firehose:PutRecord"],
    "Caller": ["execute-api:Invoke", "firehose:PutRecord"],
    "Subscriber": ["firehose:PutRecordBatch"],
}


def role_of(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def stream(name: str, **more: Any) -> dict[str, Any]:
    logged = {"Enabled": True, "LogGroupName": "/delivery", "LogStreamName": name}
    destination = {"BucketARN": role_of("Lake"), "RoleARN": role_of("Delivery"), "Prefix": f"{name}/"}
    destination |= {"ErrorOutputPrefix": "errors/", "CloudWatchLoggingOptions": logged}
    destination |= {key: more.pop(key) for key in ("ProcessingConfiguration",) if key in more}
    return {
        "Type": "AWS::KinesisFirehose::DeliveryStream",
        "Properties": {"DeliveryStreamName": name, "ExtendedS3DestinationConfiguration": destination, **more},
    }


def write(folder: Path, *, lacking: str = "", distrusted: str = "", authorizers: str = "authorizers") -> Path:
    """The template without the actions that begin with ``lacking``, each role trusted but one.

    The permission of the authorizer is for a source ARN with ``authorizers`` in it.
    """
    roles = {
        name: {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": name.lower(),
                "AssumeRolePolicyDocument": {
                    "Statement": {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": f"{'ec2' if name == distrusted else service}.amazonaws.com"},
                    }
                },
                "Policies": [
                    {
                        "PolicyName": "P",
                        "PolicyDocument": {
                            "Statement": [
                                {"Effect": "Allow", "Action": action, "Resource": "*"}
                                for action in RIGHTS[name]
                                if not lacking or not f"{name} {action}".startswith(lacking)
                            ]
                        },
                    }
                ],
            },
        }
        for name, service in SERVICES.items()
    }
    parameters = [
        {"ParameterName": "LambdaArn", "ParameterValue": role_of("Rows")},
        {"ParameterName": "NumberOfRetries", "ParameterValue": "2"},
    ]
    puts = '{"DeliveryStreamName": "clicks", "Record": {"Data": "$util.base64Encode($input.body)"}}'
    document = {
        **roles,
        "Lake": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "lake"}},
        "Shards": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "shards", "ShardCount": 1}},
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/app"}},
        "Rows": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "rows",
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Timeout": 20,
                "Role": role_of("Function"),
                "Code": {"ZipFile": PUTS_ON},
            },
        },
        "Clicks": stream(
            "clicks",
            ProcessingConfiguration={"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": parameters}]},
        ),
        "Copies": stream("copies"),
        "FromShards": stream(
            "from-shards",
            DeliveryStreamType="KinesisStreamAsSource",
            KinesisStreamSourceConfiguration={"KinesisStreamARN": role_of("Shards"), "RoleARN": role_of("Delivery")},
        ),
        "Filter": {
            "Type": "AWS::Logs::SubscriptionFilter",
            "Properties": {
                "LogGroupName": "/app",
                "FilterPattern": "",
                "DestinationArn": role_of("Copies"),
                "RoleArn": role_of("Subscriber"),
            },
        },
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api"}},
        "Post": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
                "HttpMethod": "POST",
                "AuthorizationType": "AWS_IAM",
                "MethodResponses": [{"StatusCode": "200"}, {"StatusCode": "400"}],
                "Integration": {
                    "Type": "AWS",
                    "Credentials": role_of("Endpoint"),
                    "IntegrationHttpMethod": "POST",
                    "Uri": "arn:aws:apigateway:us-east-1:firehose:action/PutRecord",
                    "RequestTemplates": {"application/json": puts},
                    "IntegrationResponses": [
                        {"StatusCode": "200"},
                        {"StatusCode": "400", "SelectionPattern": "4.."},
                    ],
                },
            },
        },
        "Auth": {
            "Type": "AWS::ApiGateway::Authorizer",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "Name": "auth",
                "Type": "TOKEN",
                "IdentitySource": "method.request.header.Authorization",
                "AuthorizerUri": {
                    "Fn::Sub": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Rows.Arn}/invocations"
                },
            },
        },
        "AuthPermission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Rows"},
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": {
                    "Fn::Sub": f"arn:aws:execute-api:us-east-1:000000000000:${{Api}}/{authorizers}/${{Auth}}"
                },
            },
        },
        "Guarded": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
                "HttpMethod": "PUT",
                "AuthorizationType": "CUSTOM",
                "AuthorizerId": {"Ref": "Auth"},
                "MethodResponses": [{"StatusCode": "200"}],
                "Integration": {
                    "Type": "MOCK",
                    "RequestTemplates": {"application/json": '{"statusCode": 200}'},
                    "IntegrationResponses": [{"StatusCode": "200"}],
                },
            },
        },
        "Deployment": {
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": ["Post", "Guarded"],
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "StageName": "v1",
                "StageDescription": {
                    "MethodSettings": [{"HttpMethod": "*", "ResourcePath": "/*", "LoggingLevel": "ERROR"}]
                },
            },
        },
    }
    path = folder / "rights.json"
    path.write_text(json.dumps({"Resources": document}))
    return path


def posted(pipeline: LocalPipeline, *, by: str = "LOCAL") -> tuple[int, str]:
    """Answer to a signed POST."""
    url = f"{pipeline.endpoint}/"
    request = AWSRequest("POST", url, data=b"{}", headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials(by, "local"), "execute-api", "us-east-1").add_auth(request)
    answer = pipeline.post(b"{}", path="/", headers=dict(request.headers.items()))
    return answer.status, answer.body.decode()


def denied(pipeline: LocalPipeline) -> list[str]:
    return [f"{one.action} {one.where}" for one in pipeline.denials]


def logged(pipeline: LocalPipeline, group: str) -> list[str]:
    return [event.message for event in pipeline.logs(group)]


def test_with_all_rights_everything_arrives(tmp_path: Path) -> None:
    with LocalPipeline(write(tmp_path)) as pipeline:
        assert posted(pipeline)[0] == posted(pipeline, by="caller")[0] == 200
        pipeline.flush()
        assert [one.path.read_bytes() for one in pipeline.objects("clicks")] == [b"{}{}"]
        assert pipeline.denials == []


@pytest.mark.parametrize(
    ("lacking", "distrusted", "code"),
    [
        ("Delivery lambda", "", "Lambda.InvokeAccessDenied"),
        ("", "Function", "Lambda.InvocationFailure"),
    ],
)
def test_records_whose_function_may_not_be_called_fail_with_aws_s_code(
    tmp_path: Path, lacking: str, distrusted: str, code: str
) -> None:
    with LocalPipeline(write(tmp_path, lacking=lacking, distrusted=distrusted)) as pipeline:
        pipeline.put("a", stream="clicks")
        pipeline.flush()
        (failed,) = pipeline.errors("processing-failed")
        assert failed.reason.startswith(f"{code}: ")
        assert json.loads(failed.file.read_text())["attemptsMade"] == 3
        assert pipeline.counts("clicks")["records_failed"] == 1


def test_objects_that_may_not_be_written_stay_buffered(tmp_path: Path) -> None:
    pipeline = LocalPipeline(write(tmp_path, lacking="Delivery s3"), data_dir=tmp_path / "data")
    pipeline.put("a", stream="copies")
    with pytest.raises(DeliveryError, match=r"S3\.AccessDenied: User: .* \(role Delivery, policy Delivery/P\)"):
        pipeline.flush()
    # The other one is CloudWatch Logs' own, by which it tries the filter.
    assert pipeline.counts("copies")["records_buffered"] == pipeline.counts("copies")["records_received"] == 2
    assert json.loads(logged(pipeline, "/delivery")[0])["errorCode"] == "S3.AccessDenied"
    with pytest.warns(UserWarning, match="records were not delivered"):
        pipeline.stop()
    found = CliRunner().invoke(main, ["errors", "--data-dir", str(tmp_path / "data"), "--json"])
    assert ["s3:PutObject" in line for line in found.output.splitlines()].count(True) > 0


def test_a_role_that_may_not_log_leaves_no_log(tmp_path: Path) -> None:
    with LocalPipeline(write(tmp_path, lacking="Delivery lo")) as pipeline:
        assert "logs:PutLogEvents role Delivery, policy Delivery/P" in denied(pipeline)
    pipeline = LocalPipeline(write(tmp_path, lacking="Delivery"))
    pipeline.put("a", stream="copies")
    with pytest.warns(UserWarning, match="records were not delivered"):
        pipeline.stop()
    assert logged(pipeline, "/delivery") == []


def test_a_data_stream_that_may_not_be_read_keeps_its_records(tmp_path: Path) -> None:
    with LocalPipeline(write(tmp_path, lacking="Delivery kinesis")) as pipeline:
        kinesis = pipeline.client("kinesis")
        kinesis.put_record(StreamName="shards", Data=b"a", PartitionKey="k")
        pipeline.flush()
        assert pipeline.counts("from-shards")["records_received"] == 0
        assert [json.loads(one)["errorCode"] for one in logged(pipeline, "/delivery")] == ["Kinesis.AccessDenied"]
        shard = kinesis.list_shards(StreamName="shards")["Shards"][0]["ShardId"]
        place = kinesis.get_shard_iterator(StreamName="shards", ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        assert len(kinesis.get_records(ShardIterator=place["ShardIterator"])["Records"]) == 1


def test_log_events_that_may_not_be_put_stay_in_their_group(tmp_path: Path) -> None:
    with LocalPipeline(write(tmp_path, lacking="Subscriber")) as pipeline:
        logs = pipeline.client("logs")
        logs.create_log_stream(logGroupName="/app", logStreamName="s")
        event = {"timestamp": int(pipeline.now.timestamp() * 1000), "message": "m"}
        logs.put_log_events(logGroupName="/app", logStreamName="s", logEvents=[event])
        pipeline.flush()
        assert (pipeline.objects("copies"), logged(pipeline, "/app")) == ([], ["m"])
        assert denied(pipeline) == ["firehose:PutRecord role Subscriber, policy Subscriber/P"]


def test_an_endpoint_whose_role_lacks_the_right_passes_firehose_s_answer_on(tmp_path: Path) -> None:
    with LocalPipeline(write(tmp_path, lacking="Endpoint")) as pipeline:
        status, body = posted(pipeline)
        assert (status, json.loads(body)["__type"]) == (400, "AccessDeniedException")
        assert "assumed-role/endpoint/BackplaneAssumeRoleSession is not authorized" in body
        assert pipeline.counts("clicks")["records_received"] == 0


def test_an_endpoint_that_may_not_assume_its_role_answers_500_and_logs_why(tmp_path: Path) -> None:
    with LocalPipeline(write(tmp_path, distrusted="Endpoint")) as pipeline:
        assert posted(pipeline) == (500, '{"message": "Internal server error"}')
        (file,) = (pipeline.data_dir / "logs").glob("API-Gateway-Execution-Logs_*/v1/execution.log")
        role = "arn:aws:iam::000000000000:role/endpoint"
        assert (
            "Execution failed due to configuration error: API Gateway does not have permission to assume the provided "
            f"role {role}" in file.read_text()
        )


@pytest.mark.parametrize(("authorizers", "status"), [("authorizers", 200), ("others", 500)])
def test_an_authorizer_that_api_gateway_may_not_call_lets_nobody_through(
    tmp_path: Path, authorizers: str, status: int
) -> None:
    with LocalPipeline(write(tmp_path, authorizers=authorizers)) as pipeline:
        assert pipeline.post(b"{}", path="/", method="PUT", headers={"Authorization": "t"}).status == status
        logs = (pipeline.data_dir / "logs").glob("API-Gateway-Execution-Logs_*/v1/execution.log")
        logged = "".join(file.read_text() for file in logs)
        line = "Execution failed due to configuration error: Invalid permissions on Lambda function"
        assert (line in logged) is (status == 500)
        where = "lambda:InvokeFunction policy AuthPermission"
        assert (where in denied(pipeline)) is (status == 500)


def test_a_function_without_the_right_gets_the_service_s_refusal(tmp_path: Path) -> None:
    with LocalPipeline(write(tmp_path, lacking="Function")) as pipeline:
        pipeline.put("a", stream="clicks")
        pipeline.flush()
        (found,) = pipeline.objects("clicks")
        assert found.path.read_text() == (
            "An error occurred (AccessDeniedException) when calling the PutRecord operation: User: arn:aws:sts::"
            "000000000000:assumed-role/function/rows is not authorized to perform: firehose:PutRecord on resource: "
            f"{ARN}/copies because no identity-based policy allows the firehose:PutRecord action"
        )
        assert denied(pipeline) == ["firehose:PutRecord role Function, policy Function/P"]


def test_who_signs_with_a_role_has_its_rights_and_no_more(tmp_path: Path) -> None:
    with LocalPipeline(write(tmp_path, lacking="Caller")) as pipeline:
        status, body = posted(pipeline, by="caller")
        assert (status, list(json.loads(body))) == (403, ["Message"])
        assert "assumed-role/caller/caller is not authorized to perform: execute-api:Invoke on resource: " in body
        assert "arn:aws:execute-api:us-east-1:********0000:" in body
        firehose = pipeline.client("firehose", role="caller")
        with pytest.raises(ClientError, match="AccessDeniedException"):
            firehose.put_record(DeliveryStreamName="copies", Record={"Data": b"a"})
        assert posted(pipeline)[0] == 200
        assert len(pipeline.denials) == 2


@pytest.mark.parametrize("stream", ["shards", "other"])
def test_what_an_earlier_call_gave_is_for_the_stream_that_it_is_of(tmp_path: Path, stream: str) -> None:
    path = write(tmp_path)
    template = json.loads(path.read_text())
    reads = {"Effect": "Allow", "Action": "kinesis:*", "Resource": f"arn:aws:kinesis:*:*:stream/{stream}"}
    template["Resources"]["Caller"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"] = [reads]
    template["Resources"]["Shards"]["Properties"]["ShardCount"] = 2
    path.write_text(json.dumps(template))
    with LocalPipeline(path) as pipeline:
        anyone, caller = pipeline.client("kinesis"), pipeline.client("kinesis", role="caller")
        page = anyone.list_shards(StreamName="shards", MaxResults=1)
        shard = {"ShardId": page["Shards"][0]["ShardId"], "ShardIteratorType": "LATEST"}
        iterator = anyone.get_shard_iterator(StreamName="shards", **shard)["ShardIterator"]
        calls = (
            lambda: caller.get_records(ShardIterator=iterator),
            lambda: caller.list_shards(NextToken=page["NextToken"]),
        )
        for call in calls:
            if stream == "shards":
                call()
            else:
                with pytest.raises(ClientError, match=r"on resource: arn:aws:kinesis:.*:stream/shards because"):
                    call()
        with pytest.raises(ClientError, match=r"Invalid ShardIterator\."):
            caller.get_records(ShardIterator="none")


def test_as_many_denials_are_kept_as_the_bound_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clickstream_local.serve.runtime.SHOWN_DENIALS", 2)
    with LocalPipeline(write(tmp_path, lacking="Caller")) as pipeline:
        firehose = pipeline.client("firehose", role="caller")
        for name in ("one", "one", "two", "three"):
            with pytest.raises(ClientError, match="AccessDeniedException"):
                firehose.put_record(DeliveryStreamName=name, Record={"Data": b"a"})
        assert [one.resource.rpartition("/")[2] for one in pipeline.denials] == ["one", "two"]
        written = json.loads((pipeline.data_dir / "denials.json").read_text())
        assert len(written) == 2


def test_a_denial_is_shown_on_the_live_page(tmp_path: Path) -> None:
    with (
        LocalPipeline(write(tmp_path, lacking="Endpoint")) as pipeline,
        urllib.request.urlopen(f"{pipeline.url}/_local/events", timeout=10) as events,
    ):
        lines = iter(events.readline, b"")
        assert any(b"event: denied" in line for line in lines)
        assert b"firehose:PutRecord" in next(lines)


def test_without_judgement_a_role_may_do_everything_and_the_start_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with LocalPipeline(write(tmp_path, lacking="Endpoint"), iam=False) as pipeline:
        assert posted(pipeline)[0] == 200
    assert "rights are not judged" in capfd.readouterr().err
