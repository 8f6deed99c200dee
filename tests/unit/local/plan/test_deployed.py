from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from clickstream_local.plan.deployed import deployed_stack
from clickstream_local.plan.errors import PlanError
from support.moto_server import moto_server

LOG = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}}
YAML = """
Parameters:
  Days: {Type: Number, Default: 7}
  Secret: {Type: String, NoEcho: true, Default: hidden}
Resources:
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {RetentionInDays: !Ref Days}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_ACCESS_KEY_ID": "LOCAL", "AWS_SECRET_ACCESS_KEY": "local"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


def deploy(server: str, name: str, body: str, **options: Any) -> None:
    boto3.client("cloudformation", region_name="eu-west-1", endpoint_url=server).create_stack(
        StackName=name, TemplateBody=body, **options
    )


def test_the_template_of_a_deployed_stack_is_read(server: str) -> None:
    deploy(server, "Json", json.dumps({"Resources": {"Log": LOG}}))
    side = deployed_stack("Json", region="eu-west-1", endpoint_url=server)
    assert (side.name, side.region, side.account) == ("Json", "eu-west-1", "123456789012")
    assert side.body["Resources"] == {"Log": LOG}


def test_yaml_and_the_values_of_parameters_are_read_and_secrets_are_not(server: str) -> None:
    deploy(server, "Yaml", YAML, Parameters=[{"ParameterKey": "Days", "ParameterValue": "14"}])
    side = deployed_stack("Yaml", region="eu-west-1", endpoint_url=server)
    assert side.body["Resources"]["Log"]["Properties"] == {"RetentionInDays": {"Ref": "Days"}}
    assert side.parameters == {"Days": "14"}


def test_a_nested_stack_is_read_where_it_is_asked_for(server: str) -> None:
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=server)
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="inner.json", Body=json.dumps({"Resources": {"Log": LOG}}))
    url = "https://templates.s3.amazonaws.com/inner.json"
    inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    deploy(server, "Outer", json.dumps({"Resources": {"Inner": inner}}))
    side = deployed_stack("Outer", region="eu-west-1", endpoint_url=server)
    found = side.nested("Inner", "")
    assert found is not None
    assert found.body["Resources"] == {"Log": LOG}
    assert side.nested("Absent", "") is None


def test_a_stack_that_is_not_there_is_named(server: str) -> None:
    with pytest.raises(PlanError, match="stack 'Nowhere' cannot be read: "):
        deployed_stack("Nowhere", region="eu-west-1", endpoint_url=server)


def test_a_missing_region_and_a_missing_profile_name_the_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    with pytest.raises(PlanError, match="--region and --profile say where it is"):
        deployed_stack("Shop")
    with pytest.raises(PlanError, match="--region and --profile say where it is"):
        deployed_stack("Shop", profile="nobody", region="eu-west-1")
