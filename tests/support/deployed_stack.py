"""A small pipeline deployed into moto, by the names of :mod:`small_template`, whose objects it may then have."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from moto.core.common_models import CloudFormationModel
from moto.firehose.models import firehose_backends

from support.moto_server import moto_server

REGION = "us-east-1"
STACK = "Shop"
ROLE = "arn:aws:iam::123456789012:role/delivery"


class FirehoseInCloudFormation(CloudFormationModel):
    """Delivery streams of templates, which moto's CloudFormation does not know; its Firehose makes them."""

    @property
    def physical_resource_id(self) -> str:
        return self.name

    def __init__(self, name: str) -> None:
        self.name = name

    @staticmethod
    def cloudformation_name_type() -> str:
        return "DeliveryStreamName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::KinesisFirehose::DeliveryStream"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> FirehoseInCloudFormation:
        properties = cloudformation_json["Properties"]
        firehose_backends[account_id][region_name].create_delivery_stream(
            region=region_name,
            delivery_stream_name=resource_name,
            delivery_stream_type="DirectPut",
            kinesis_stream_source_configuration={},
            delivery_stream_encryption_configuration_input={},
            s3_destination_configuration={},
            extended_s3_destination_configuration=properties["ExtendedS3DestinationConfiguration"],
            redshift_destination_configuration={},
            elasticsearch_destination_configuration={},
            splunk_destination_configuration={},
            http_endpoint_destination_configuration={},
            snowflake_destination_configuration={},
            iceberg_destination_configuration={},
            tags=[],
        )
        return cls(resource_name)

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name: str, *arguments: Any) -> None:
        account_id, region_name = arguments[-2:]
        firehose_backends[account_id][region_name].delete_delivery_stream(resource_name)


def template(function_arn: str, bucket: str = "lake", stream: str = "clicks", folder: str = "") -> dict[str, Any]:
    """A stream with a function, a backup, a log and a stream of rejected events."""
    logging = {"Enabled": True, "LogGroupName": "/delivery", "LogStreamName": "S3"}
    destination = {
        "BucketARN": f"arn:aws:s3:::{bucket}",
        "RoleARN": ROLE,
        "Prefix": f"{folder}data/!{{timestamp:yyyy-MM-dd}}/",
        "ErrorOutputPrefix": f"errors/{folder}!{{firehose:error-output-type}}/",
        "BufferingHints": {"IntervalInSeconds": 120, "SizeInMBs": 5},
        "CloudWatchLoggingOptions": logging,
        "ProcessingConfiguration": {
            "Enabled": True,
            "Processors": [
                {"Type": "Lambda", "Parameters": [{"ParameterName": "LambdaArn", "ParameterValue": function_arn}]}
            ],
        },
        "S3BackupMode": "Enabled",
        "S3BackupConfiguration": {
            "BucketARN": f"arn:aws:s3:::{bucket}",
            "RoleARN": ROLE,
            "Prefix": f"backup/{folder}",
        },
    }
    rejected = {
        "BucketARN": f"arn:aws:s3:::{bucket}",
        "RoleARN": ROLE,
        "Prefix": f"errors/{folder}rejected/dt=!{{timestamp:yyyy-MM-dd}}/",
        "ErrorOutputPrefix": f"errors/{folder}rejected/undelivered/!{{firehose:error-output-type}}/",
    }
    kind = "AWS::KinesisFirehose::DeliveryStream"
    return {
        "Resources": {
            "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": f"/made/{stream}"}},
            "Rejects": {
                "Type": kind,
                "Properties": {
                    "DeliveryStreamName": f"{stream}-rejects",
                    "ExtendedS3DestinationConfiguration": rejected,
                },
            },
            "Clicks": {
                "Type": kind,
                "Properties": {"DeliveryStreamName": stream, "ExtendedS3DestinationConfiguration": destination},
            },
        }
    }


def make_function(name: str, reject_stream: str) -> str:
    """A function that only tells its settings; its ARN."""
    iam = boto3.client("iam", region_name=REGION)
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName="function", AssumeRolePolicyDocument="{}")
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): ...")
    made = boto3.client("lambda", region_name=REGION).create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=iam.get_role(RoleName="function")["Role"]["Arn"],
        Handler="index.handler",
        Code={"ZipFile": package.getvalue()},
        Environment={"Variables": {"CLICKSTREAM_REJECT_STREAM": reject_stream}},
    )
    return str(made["FunctionArn"])


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """Address of an AWS that has the stack ``Shop``; boto3 finds it without being told."""
    with pytest.MonkeyPatch.context() as patch, moto_server() as url:
        for name, value in {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "anyone",
            "AWS_SECRET_ACCESS_KEY": "very-secret",
            "AWS_DEFAULT_REGION": REGION,
        }.items():
            patch.setenv(name, value)
        boto3.client("s3", region_name=REGION).create_bucket(Bucket="lake")
        body = json.dumps(template(make_function("upper", "clicks-rejects")))
        boto3.client("cloudformation", region_name=REGION).create_stack(StackName=STACK, TemplateBody=body)
        try:
            yield url
        finally:
            httpx.post(f"{url}/moto-api/reset")  # moto's memory outlives a server


class WorkGroupInCloudFormation(CloudFormationModel):
    """An Athena workgroup of a template, by its name: moto's CloudFormation makes none."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def physical_resource_id(self) -> str:
        return self.name

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> WorkGroupInCloudFormation:
        return cls(resource_name)

    @staticmethod
    def cloudformation_name_type() -> str:
        return "Name"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Athena::WorkGroup"


@pytest.fixture
def lake(aws: str) -> str:
    """Name of a stack with an Athena workgroup and a saved query."""
    client = boto3.client("athena", region_name=REGION)
    if all(one["Name"] != "analysts" for one in client.list_work_groups()["WorkGroups"]):
        client.create_work_group(Name="analysts", Configuration={})
        client.create_named_query(
            Name="names", Database="web", QueryString="SELECT name FROM events", WorkGroup="analysts"
        )
        body = {"Resources": {"Queries": {"Type": "AWS::Athena::WorkGroup", "Properties": {"Name": "analysts"}}}}
        boto3.client("cloudformation", region_name=REGION).create_stack(StackName="Lake", TemplateBody=json.dumps(body))
    return "Lake"
