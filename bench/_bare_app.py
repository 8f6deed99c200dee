"""The reference stack's resources by the CDK's own constructs alone: what bench/synth.py compares with.

It has the same number of resources of each type. Its policies, templates and columns are shorter than they would have
to be, so it costs rather less than the same stack written with care.
"""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

CODE = Path(__file__).parents[1] / "lambda" / "transform"
COLUMNS = 58
TEMPLATE = '{"DeliveryStreamName":"events","Record":{"Data":"$util.base64Encode($input.body)"}}'


class BareStack(cdk.Stack):
    """Buckets, streams, function, table and API."""

    def __init__(self, scope: cdk.App, name: str) -> None:
        super().__init__(scope, name)
        access = self.bucket("AccessLog", None)
        self.lake = self.bucket("Lake", access)
        rejects = self.stream("Rejects", None, "errors/rejected/")
        function = self.function(rejects)
        table = self.table()
        stream = self.stream("Events", function, "events/")
        stream.add_dependency(table)
        self.api(stream)

    def bucket(self, name: str, log: s3.IBucket | None) -> s3.Bucket:
        """A private bucket."""
        return s3.Bucket(
            self,
            name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            versioned=True,
            server_access_logs_bucket=log,
            lifecycle_rules=[s3.LifecycleRule(prefix="errors/", expiration=cdk.Duration.days(90))],
        )

    def role(self, name: str, service: str, *grants: tuple[list[str], list[str]]) -> iam.Role:
        """A role with a policy."""
        role = iam.Role(self, name, assumed_by=iam.ServicePrincipal(service))
        for actions, resources in grants:
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
        return role

    def function(self, rejects: firehose.CfnDeliveryStream) -> lambda_.Function:
        """The transform."""
        log = logs.LogGroup(self, "FunctionLog", retention=logs.RetentionDays.THREE_MONTHS)
        role = self.role(
            "FunctionRole",
            "lambda.amazonaws.com",
            (["logs:CreateLogStream", "logs:PutLogEvents"], [log.log_group_arn]),
            (["firehose:PutRecordBatch"], [rejects.attr_arn]),
        )
        function = lambda_.Function(
            self,
            "Function",
            code=lambda_.Code.from_asset(str(CODE), exclude=["**/__pycache__"]),
            handler="clickstream_transform.handler.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            role=role,
            log_group=log,
            timeout=cdk.Duration.minutes(1),
        )
        policy = iam.Policy(self, "Overflow", roles=[role])
        policy.add_statements(
            iam.PolicyStatement(actions=["firehose:PutRecordBatch"], resources=[f"{function.function_arn}:stream"])
        )
        return function

    def table(self) -> glue.CfnTable:
        """Database and table."""
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=self.account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(name="clicks"),
        )
        columns = [glue.CfnTable.ColumnProperty(name=f"column_{number}", type="string") for number in range(COLUMNS)]
        return glue.CfnTable(
            self,
            "Table",
            catalog_id=self.account,
            database_name=database.ref,
            table_input=glue.CfnTable.TableInputProperty(
                name="events",
                table_type="EXTERNAL_TABLE",
                partition_keys=[glue.CfnTable.ColumnProperty(name="dt", type="string")],
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=columns, location=self.lake.s3_url_for_object("events/")
                ),
            ),
        )

    def stream(self, name: str, function: lambda_.Function | None, prefix: str) -> firehose.CfnDeliveryStream:
        """A delivery stream with its role and its log streams."""
        log = logs.LogGroup(self, f"{name}Log", retention=logs.RetentionDays.THREE_MONTHS)
        parts = ("Delivery", "Backup") if function else ("Delivery",)
        streams = [logs.LogStream(self, f"{name}{part}", log_group=log) for part in parts]
        objects = ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"]
        role = self.role(
            f"{name}Role",
            "firehose.amazonaws.com",
            (objects, [self.lake.arn_for_objects(f"{prefix}*")]),
            (["s3:ListBucket", "s3:GetBucketLocation"], [self.lake.bucket_arn]),
            (["logs:PutLogEvents"], [log.log_group_arn]),
            *([(["lambda:InvokeFunction"], [function.function_arn])] if function else []),
        )
        processing = (
            firehose.CfnDeliveryStream.ProcessingConfigurationProperty(
                enabled=True,
                processors=[
                    firehose.CfnDeliveryStream.ProcessorProperty(
                        type="Lambda",
                        parameters=[
                            firehose.CfnDeliveryStream.ProcessorParameterProperty(
                                parameter_name="LambdaArn", parameter_value=function.function_arn
                            )
                        ],
                    )
                ],
            )
            if function
            else None
        )
        made = firehose.CfnDeliveryStream(
            self,
            name,
            delivery_stream_type="DirectPut",
            extended_s3_destination_configuration=firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=self.lake.bucket_arn,
                role_arn=role.role_arn,
                prefix=prefix,
                processing_configuration=processing,
                cloud_watch_logging_options=firehose.CfnDeliveryStream.CloudWatchLoggingOptionsProperty(
                    enabled=True, log_group_name=log.log_group_name, log_stream_name=streams[0].log_stream_name
                ),
            ),
        )
        made.node.add_dependency(role)
        return made

    def api(self, stream: firehose.CfnDeliveryStream) -> None:
        """The API with its methods, models and gateway responses."""
        role = self.role("ApiRole", "apigateway.amazonaws.com", (["firehose:PutRecord"], [stream.attr_arn]))
        api = apigateway.RestApi(self, "Api", cloud_watch_role=False)
        validator = api.add_request_validator("Validator", validate_request_body=True)
        for path in ("events", "records"):
            model = api.add_model(f"{path}Model", schema=apigateway.JsonSchema(type=apigateway.JsonSchemaType.OBJECT))
            resource = api.root.add_resource(path)
            resource.add_method(
                "POST",
                apigateway.AwsIntegration(
                    service="firehose",
                    action="PutRecord",
                    options=apigateway.IntegrationOptions(
                        credentials_role=role,
                        passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                        request_templates={"application/json": TEMPLATE, "text/plain": TEMPLATE},
                        integration_responses=[
                            apigateway.IntegrationResponse(status_code=status, selection_pattern=pattern)
                            for status, pattern in (("202", r"2\d{2}"), ("503", r"5\d{2}"), ("502", None))
                        ],
                    ),
                ),
                request_validator=validator,
                request_models={"application/json": model, "text/plain": model},
                method_responses=[apigateway.MethodResponse(status_code=status) for status in ("202", "502", "503")],
            )
            resource.add_cors_preflight(allow_origins=["*"])
        api.root.add_resource("health").add_method("GET", apigateway.MockIntegration())
        for number, kind in enumerate(
            (
                apigateway.ResponseType.DEFAULT_4_XX,
                apigateway.ResponseType.DEFAULT_5_XX,
                apigateway.ResponseType.BAD_REQUEST_BODY,
            )
        ):
            api.add_gateway_response(f"Answer{number}", type=kind)


def main() -> None:
    """Synthesize the stack into the folder that the environment names."""
    app = cdk.App()
    BareStack(app, "Bare")
    app.synth()


if __name__ == "__main__":
    main()
