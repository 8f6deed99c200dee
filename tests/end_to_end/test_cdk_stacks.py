"""Stacks of the CDK, run from the objects themselves."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream import ApiAuth, ClickstreamPipeline, IngestApi
from clickstream_local.testing import LocalPipeline, LocalPipelineError
from support.small_template import UPPER

pytestmark = pytest.mark.xdist_group("cdk")


class PlainPipeline(cdk.Stack):
    """The same road with nothing but the CDK's own constructs: RestApi, DeliveryStream, Bucket, inline function."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, env=cdk.Environment(region="eu-west-1", account="123456789012"))
        bucket = s3.Bucket(self, "Lake")
        function = lambda_.Function(
            self,
            "Upper",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            timeout=cdk.Duration.seconds(20),
            code=lambda_.Code.from_inline(UPPER),
        )
        stream = firehose.DeliveryStream(
            self,
            "Clicks",
            destination=firehose.S3Bucket(
                bucket,
                processors=[firehose.LambdaFunctionProcessor(function)],
                data_output_prefix="data/!{timestamp:yyyy}/",
                error_output_prefix="errors/!{firehose:error-output-type}/",
                s3_backup=firehose.DestinationS3BackupProps(
                    mode=firehose.BackupMode.ALL, bucket=bucket, data_output_prefix="backup/"
                ),
            ),
        )
        api = apigateway.RestApi(self, "Api", cloud_watch_role=False)
        role = iam.Role(self, "ApiRole", assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"))
        stream.grant_put_records(role)
        template = (
            f'{{"DeliveryStreamName": "{stream.delivery_stream_name}", '
            '"Record": {"Data": "$util.base64Encode("$input.body\n")"}}'
        )
        api.root.add_resource("events").add_method(
            "POST",
            apigateway.AwsIntegration(
                service="firehose",
                action="PutRecord",
                options=apigateway.IntegrationOptions(
                    credentials_role=role,
                    request_templates={"application/json": template},
                    integration_responses=[apigateway.IntegrationResponse(status_code="200")],
                ),
            ),
            method_responses=[apigateway.MethodResponse(status_code="200")],
        )


def test_a_stack_of_plain_cdk_constructs_runs_from_its_template_alone(tmp_path: Path) -> None:
    stack = PlainPipeline(cdk.App(outdir=str(tmp_path / "cdk.out")), "Plain")
    with LocalPipeline(stack) as pipeline:
        assert pipeline.post({"event_name": "click"}).status == 200
        pipeline.put("poison\n")
        pipeline.advance(600)
        assert [found.path.read_bytes() for found in pipeline.objects("data/")] == [b'{"EVENT_NAME": "CLICK"}\n']
        assert [failed.raw for failed in pipeline.errors()] == [b"poison\n"]
        assert pipeline.backups() == [b'{"event_name": "click"}\npoison\n']


def test_of_an_app_with_two_stacks_the_given_one_runs() -> None:
    app = cdk.App()
    one, other = cdk.Stack(app, "One"), cdk.Stack(app, "Other")
    for stack in (one, other):
        ClickstreamPipeline(stack, "Clicks", auth=ApiAuth.public(reason="Only this test sends events, on loopback."))
    with LocalPipeline(other) as pipeline:
        assert len(pipeline.endpoints) == 1
        assert pipeline.stream.startswith("Other-")
    with LocalPipeline(app) as both:
        assert len(both.endpoints) == 2


def test_a_pipeline_delivers_into_the_bucket_and_through_the_function_of_other_stacks() -> None:
    """What one stack exports and another imports is one thing here, too: Fn::ImportValue of names and ARNs."""
    app = cdk.App()
    storage, code, pipeline_stack = (cdk.Stack(app, name) for name in ("Storage", "Code", "Pipeline"))
    bucket = s3.Bucket(storage, "Lake")
    function = lambda_.Function(
        code,
        "Upper",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        timeout=cdk.Duration.seconds(20),
        code=lambda_.Code.from_inline(UPPER),
    )
    firehose.DeliveryStream(
        pipeline_stack,
        "Clicks",
        destination=firehose.S3Bucket(
            bucket, processors=[firehose.LambdaFunctionProcessor(function)], data_output_prefix="data/"
        ),
    )
    with LocalPipeline(app) as pipeline:
        pipeline.put("across\n")
        pipeline.flush()
        (found,) = pipeline.objects("data/")
        assert found.bucket.startswith("storage-lake")
        assert found.path.read_bytes() == b"ACROSS\n"
    template = json.dumps(app.synth().get_stack_by_name("Pipeline").template)
    assert "Fn::ImportValue" in template


def test_an_endpoint_in_another_stack_than_the_function_writes_context_lines_that_it_believes() -> None:
    app = cdk.App()
    lake = ClickstreamPipeline(cdk.Stack(app, "Lake"), "Clicks", auth=None)
    auth = ApiAuth.public(reason="Only this test sends events, on loopback.")
    IngestApi(cdk.Stack(app, "Edge"), "Api", delivery_stream=lake.delivery_stream, auth=auth)
    with LocalPipeline(app) as pipeline:
        pipeline.post({"event_name": "click"}, headers={"User-Agent": "Shop/1.0"})
        pipeline.flush()
        assert [row["user_agent"] for row in pipeline.rows()] == ["Shop/1.0"]


def test_a_stack_whose_function_is_another_s_says_so_when_it_runs_alone() -> None:
    app = cdk.App()
    code, pipeline_stack = cdk.Stack(app, "Code"), cdk.Stack(app, "Pipeline")
    function = lambda_.Function(
        code,
        "Upper",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(UPPER),
    )
    firehose.DeliveryStream(
        pipeline_stack,
        "Clicks",
        destination=firehose.S3Bucket(
            s3.Bucket(pipeline_stack, "Lake"), processors=[firehose.LambdaFunctionProcessor(function)]
        ),
    )
    with pytest.raises(LocalPipelineError, match=r"Clicks.*the Lambda processor's function .* is not in the template"):
        LocalPipeline(pipeline_stack)
