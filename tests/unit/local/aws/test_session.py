from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from clickstream_local.aws.session import CALLS, AwsError, AwsSession
from clickstream_local.s3.store import StoreError
from support.deployed_stack import aws as aws


def test_a_call_that_is_denied_names_the_right_and_the_grant_that_gives_it(
    aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = AwsSession(None, None)

    def denied(**arguments: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeDeliveryStream")

    monkeypatch.setattr(session._client("firehose:DescribeDeliveryStream"), "describe_delivery_stream", denied)
    with pytest.raises(AwsError, match=r"firehose:DescribeDeliveryStream is missing, .* pipeline\.grant_diagnose\("):
        session.call("firehose:DescribeDeliveryStream", DeliveryStreamName="clicks")


@pytest.mark.parametrize(
    ("denial", "right"), [("not for you", "s3:GetObject"), ("not authorized to perform: kms:Decrypt on", "kms:Decrypt")]
)
def test_an_object_that_is_denied_names_the_right_and_the_grant_that_gives_it(
    aws: str, denial: str, right: str
) -> None:
    store = AwsSession(None, None).store()
    with Stubber(store._client) as s3:
        s3.add_client_error("get_object", "AccessDenied", denial)
        with pytest.raises(StoreError, match=rf"the right {right} is missing, which pipeline\.grant_diagnose\("):
            list(store.chunks("lake", "events/a"))


def test_a_listing_that_is_denied_names_its_right(aws: str) -> None:
    store = AwsSession(None, None).store()
    with Stubber(store._client) as s3:
        s3.add_client_error("list_objects_v2", "AccessDenied", "no")
        with pytest.raises(StoreError, match="the right s3:ListBucket is missing"):
            list(store.list("lake", "events/"))


def test_a_profile_that_is_not_there_is_named(aws: str) -> None:
    with pytest.raises(AwsError, match=r"nobody.*--profile"):
        AwsSession("nobody", None)


def test_no_region_says_how_to_give_one(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(AwsError, match="--region"):
        AwsSession(None, None)


def test_each_call_of_the_commands_is_in_the_table() -> None:
    """The S3 calls are made by the endpoint store."""
    source = "\n".join(path.read_text("utf-8") for path in Path(CALLS).parent.glob("*.py"))
    calls = {one["call"] for one in json.loads(CALLS.read_text("utf-8"))}
    made = {word for word in source.replace('"', " ").split() if word.count(":") == 1 and word[-1] not in ":,"}
    assert {one for one in made if one.split(":")[0] in {"cloudformation", "firehose", "lambda", "logs"}} <= calls
