"""A delivery stream that exists, in a team's stack."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from cdk_clickstream import DeliveryStream, IDeliveryStream, TransformFunction
from support.endpoints import api_in, method
from support.stacks import CONTEXT, Synthesized, flat, new_stack, refusal, stream_in

ARN = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/clicks"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/buffers"


def imported(stack: cdk.Stack, **attributes: Any) -> IDeliveryStream:
    return DeliveryStream.from_delivery_stream_attributes(stack, "Clicks", **attributes)


def granted(stack: cdk.Stack, stream: IDeliveryStream) -> list[tuple[Any, str]]:
    stream.grant_put_records(iam.Role(stack, "Producer", assumed_by=iam.AccountRootPrincipal()))
    statements = Synthesized(stack).statements("Producer").values()
    return [(one["Action"], flat(one["Resource"])) for one in statements]


PUTS = ["firehose:PutRecord", "firehose:PutRecordBatch"]


def test_a_stream_is_imported_by_its_name() -> None:
    stack = new_stack()
    stream = DeliveryStream.from_delivery_stream_name(stack, "Clicks", "clicks")
    assert stream.name == "clicks"
    arn = "arn:<AWS::Partition>:firehose:<AWS::Region>:<AWS::AccountId>:deliverystream/clicks"
    assert flat(stack.resolve(stream.arn)) == arn
    assert granted(stack, stream) == [(PUTS, arn)]


def test_a_stream_is_imported_by_its_arn() -> None:
    stack = new_stack()
    stream = DeliveryStream.from_delivery_stream_arn(stack, "Clicks", ARN)
    assert (stream.name, stream.arn) == ("clicks", ARN)
    assert granted(stack, stream) == [(PUTS, ARN)]


def test_producers_of_an_imported_stream_may_use_the_key_that_is_named() -> None:
    """facts/firehose.md#stream-encryption: the caller of PutRecord needs kms:GenerateDataKey and kms:Decrypt."""
    stack = new_stack()
    stream = imported(stack, delivery_stream_arn=ARN, key=kms.Key.from_key_arn(stack, "Key", KEY))
    assert granted(stack, stream) == [(PUTS, ARN), (["kms:Decrypt", "kms:GenerateDataKey"], KEY)]


def test_an_import_without_name_and_arn_is_refused() -> None:
    assert "is imported by its name or its ARN" in refusal(lambda: imported(new_stack()))


def test_a_function_rejects_events_into_an_imported_stream() -> None:
    stack = new_stack()
    TransformFunction(stack, "Transform", reject_stream=imported(stack, delivery_stream_arn=ARN))
    found = Synthesized(stack)
    environment = found.only("AWS::Lambda::Function")["Environment"]["Variables"]
    assert environment["CLICKSTREAM_REJECT_STREAM"] == "clicks"
    assert ARN in [one["Resource"] for one in found.statements("TransformRole").values()]


def test_an_endpoint_puts_into_an_imported_stream() -> None:
    stack = new_stack()
    api_in(stack, delivery_stream=imported(stack, delivery_stream_name="clicks"))
    found = Synthesized(stack)
    assert not found.of_type("AWS::KinesisFirehose::DeliveryStream")
    template = method(found, "POST")["Integration"]["RequestTemplates"]["application/json"]
    assert '"DeliveryStreamName":"clicks"' in flat(template)


@pytest.mark.parametrize(
    ("region", "account", "message"),
    [("us-east-1", "111122223333", "of region eu-west-1"), ("eu-west-1", "444455556666", "of account 111122223333")],
)
def test_an_endpoint_for_a_stream_elsewhere_is_refused(region: str, account: str, message: str) -> None:
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Test", env=cdk.Environment(account=account, region=region))
    stream = imported(stack, delivery_stream_arn=ARN)
    assert message in refusal(lambda: api_in(stack, delivery_stream=stream))


def test_the_metrics_are_those_of_the_stream() -> None:
    stack = new_stack()
    for stream, name in (
        (stream_in(stack), {"Ref": "Stream790BDEE4"}),
        (imported(stack, delivery_stream_arn=ARN), "clicks"),
    ):
        metrics = {
            "IncomingRecords": stream.metric_incoming_records(),
            "ThrottledRecords": stream.metric_throttled_records(),
            "DeliveryToS3.DataFreshness": stream.metric_data_freshness(),
            "DeliveryToS3.Success": stream.metric_delivery_success(),
        }
        for metric_name, metric in metrics.items():
            assert (metric.namespace, metric.metric_name) == ("AWS/Firehose", metric_name)
            assert stack.resolve(metric.dimensions) == {"DeliveryStreamName": name}
