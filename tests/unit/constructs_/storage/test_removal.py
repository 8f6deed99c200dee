from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_s3 as s3

from cdk_clickstream import AccessLog, ApiAuth, Encryption, EventBucket, Queries, Source
from support.endpoints import api_in
from support.stacks import Synthesized, new_stack, pipeline_in, pipeline_refusal, refusal, stream_in

SNAPSHOT = cdk.RemovalPolicy.SNAPSHOT


def test_a_first_deployment_that_fails_leaves_nothing_that_blocks_the_next_one() -> None:
    """CloudFormation: RetainExceptOnCreate keeps what the operation that fails has not made itself."""
    stack = new_stack()
    pipeline_in(
        stack,
        source=Source.kinesis(),
        encryption=Encryption.kms(),
        queries=Queries(),
        access_log=AccessLog(account_role=True),
    )
    resources = Synthesized(stack).template["Resources"].values()
    kept = {one["Type"]: one["DeletionPolicy"] for one in resources if "DeletionPolicy" in one}
    assert {"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::Kinesis::Stream"} <= set(kept)
    assert set(kept.values()) == {"RetainExceptOnCreate"}


@pytest.mark.parametrize(
    "make",
    [
        lambda stack: EventBucket(stack, "Bucket", expirations={}, removal_policy=SNAPSHOT),
        lambda stack: api_in(stack, auth=ApiAuth.iam(), removal_policy=SNAPSHOT),
        lambda stack: stream_in(stack, removal_policy=SNAPSHOT),
    ],
)
def test_a_part_has_no_snapshots_either(make: Callable[[cdk.Stack], object]) -> None:
    assert "no snapshots" in refusal(lambda: make(new_stack()))


def test_a_pipeline_has_no_snapshots() -> None:
    assert pipeline_refusal(removal_policy=SNAPSHOT) == (
        "removal_policy='SNAPSHOT': buckets, keys, logs and streams have no snapshots. "
        "Use RETAIN_ON_UPDATE_OR_DELETE, RETAIN or DESTROY."
    )


EMPTY = assertions.Match.string_like_regexp("only when it is empty")


@pytest.mark.parametrize("path", ["Bucket", "Queries/Results"])
def test_buckets_that_go_with_the_stack_are_said_to_have_to_be_empty(path: str) -> None:
    stack = new_stack()
    pipeline_in(stack, queries=Queries(), removal_policy=cdk.RemovalPolicy.DESTROY)
    assertions.Annotations.from_stack(stack).has_warning(f"/Test/Pipeline/{path}", EMPTY)


def emptied(stack: cdk.Stack) -> None:
    pipeline_in(stack, removal_policy=cdk.RemovalPolicy.DESTROY)
    cdk.Mixins.of(stack).apply(s3.mixins.BucketAutoDeleteObjects())
    cdk.Annotations.of(stack).acknowledge_warning("cdk-clickstream:bucket-not-emptied")


@pytest.mark.parametrize("make", [pipeline_in, emptied])
def test_nothing_is_said_of_buckets_that_stay_or_that_the_cdk_empties(make: Callable[[cdk.Stack], object]) -> None:
    stack = new_stack()
    make(stack)
    assertions.Annotations.from_stack(stack).has_no_warning("*", EMPTY)
