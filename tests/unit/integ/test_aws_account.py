"""How an account is read."""

from __future__ import annotations

import boto3
import pytest

from integ.aws_account import AwsAccount

pytestmark = pytest.mark.xdist_group("integ")


def test_objects_log_lines_and_keys_of_an_account_are_read(session: boto3.Session) -> None:
    environment = AwsAccount(session)
    s3 = environment.client("s3")
    s3.create_bucket(Bucket="integ-lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key in ("events/a", "events/b", "errors/c"):
        s3.put_object(Bucket="integ-lake", Key=key, Body=key.encode())
    logs = environment.client("logs")
    logs.create_log_group(logGroupName="/integ/group")
    logs.create_log_stream(logGroupName="/integ/group", logStreamName="s")
    now = 1_795_000_000_000
    logs.put_log_events(
        logGroupName="/integ/group", logStreamName="s", logEvents=[{"timestamp": now, "message": "one"}]
    )
    key = environment.client("apigateway").create_api_key(name="k", value="a-value-of-twenty-chars")
    assert environment.keys("integ-lake", "events/") == ["events/a", "events/b"]
    assert environment.read("integ-lake", "events/b") == b"events/b"
    assert environment.api_key(key["id"]) == "a-value-of-twenty-chars"
    assert environment.log_lines("/integ/group") == ["one"]
