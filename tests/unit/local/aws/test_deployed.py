from __future__ import annotations

import boto3
import pytest

from clickstream_local.aws.deployed import bucket_by_hand, deployed_stack, deployed_streams
from clickstream_local.aws.session import AwsError, AwsSession
from support.deployed_stack import REGION, STACK
from support.deployed_stack import aws as aws


@pytest.fixture
def session(aws: str) -> AwsSession:
    return AwsSession(None, None)


def test_a_stack_tells_its_streams_with_their_locations_function_and_logs(session: AwsSession) -> None:
    (stream, rejects) = sorted(deployed_stack(session, STACK).streams, key=lambda stream: stream.name)
    assert (stream.name, stream.data, stream.errors, stream.backup) == (
        "clicks",
        "lake/data/",
        "lake/errors/",
        "lake/backup/",
    )
    assert (stream.reject_stream, stream.function_log) == ("clicks-rejects", "/aws/lambda/upper")
    assert stream.error_logs == (("/delivery", "S3"),)
    assert (rejects.name, rejects.data) == ("clicks-rejects", "lake/errors/rejected/")


def test_a_stream_by_hand_brings_that_of_its_rejected_events(session: AwsSession) -> None:
    assert [stream.name for stream in deployed_streams(session, ["clicks"]).streams] == ["clicks", "clicks-rejects"]


def test_a_bucket_by_hand_has_the_folders_of_a_pipeline() -> None:
    (stream,) = bucket_by_hand("lake").streams
    assert (stream.data, stream.errors, stream.backup) == ("lake/events/", "lake/errors/", "lake/backup/")


def test_a_stack_without_a_stream_says_so(session: AwsSession) -> None:
    body = '{"Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/else"}}}}'
    boto3.client("cloudformation", region_name=REGION).create_stack(StackName="Other", TemplateBody=body)
    with pytest.raises(AwsError, match="stack Other has no delivery stream"):
        deployed_stack(session, "Other")


def test_a_stack_that_is_not_there_is_named(session: AwsSession) -> None:
    with pytest.raises(AwsError, match=r"ListStackResources.*Nobody"):
        deployed_stack(session, "Nobody")
