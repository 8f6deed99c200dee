"""Stacks of the CDK's own constructs, without ours, start and deliver."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_s3 as s3

from clickstream_local.testing import LocalPipeline
from support.stacks import CONTEXT

pytestmark = pytest.mark.xdist_group("pipeline")

WEAK = {"@aws-cdk/core:defaultCrossStackReferences": "weak"}


def test_a_delivery_stream_of_the_cdk_over_two_stacks_delivers_what_its_data_stream_gets() -> None:
    app = cdk.App(context={**CONTEXT, **WEAK}, analytics_reporting=False)
    lake = s3.Bucket(cdk.Stack(app, "Lake"), "Lake")
    stack = cdk.Stack(app, "Shop")
    cdk.Stack(app, "Empty")
    source = kinesis.Stream(stack, "Source")
    firehose.DeliveryStream(
        stack,
        "Delivery",
        source=firehose.KinesisStreamSource(source),
        destination=firehose.S3Bucket(lake, data_output_prefix="data/"),
    )
    with LocalPipeline(app) as running:
        (name,) = running.client("kinesis").list_streams()["StreamNames"]
        running.client("kinesis").put_record(StreamName=name, Data=b"one\n", PartitionKey="k")
        running.flush()
        (written,) = running.objects("data/")
        assert written.path.read_bytes() == b"one\n"
