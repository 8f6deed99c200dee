from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from cdk_clickstream import Source
from support.stacks import STREAM, Synthesized, new_stack, refusal, stream_in


def log_group(stack: cdk.Stack) -> logs.ILogGroup:
    return logs.LogGroup.from_log_group_name(stack, "Application", "/app/shop")


def test_a_log_group_sends_its_messages() -> None:
    """facts/sources.md#cloudwatch-logs: CloudWatchLogProcessing requires Decompression; GZIP and nothing else."""
    stack = new_stack()
    stream_in(stack, source=Source.cloudwatch_logs(log_group(stack), filter_pattern="{ $.event_name = * }"))
    found = Synthesized(stack)
    processing = found.only(STREAM)["ExtendedS3DestinationConfiguration"]["ProcessingConfiguration"]
    assert [(one["Type"], one["Parameters"]) for one in processing["Processors"]] == [
        ("Decompression", [{"ParameterName": "CompressionFormat", "ParameterValue": "GZIP"}]),
        ("CloudWatchLogProcessing", [{"ParameterName": "DataMessageExtraction", "ParameterValue": "true"}]),
    ]
    subscription = found.only("AWS::Logs::SubscriptionFilter")
    assert subscription["LogGroupName"] == "/app/shop"
    assert subscription["FilterPattern"] == "{ $.event_name = * }"


def test_the_subscription_is_made_after_its_roles_policy() -> None:
    """facts/sources.md#cloudwatch-logs: CloudWatch Logs puts a test message when the filter is made."""
    stack = new_stack()
    stream_in(stack, source=Source.cloudwatch_logs(log_group(stack)))
    (subscription,) = Synthesized(stack).of_type("AWS::Logs::SubscriptionFilter").values()
    assert any("DefaultPolicy" in one for one in subscription["DependsOn"])


def test_a_log_group_can_send_its_documents_as_they_are() -> None:
    stack = new_stack()
    stream_in(stack, source=Source.cloudwatch_logs(log_group(stack), extract_messages=False))
    found = Synthesized(stack).only(STREAM)["ExtendedS3DestinationConfiguration"]
    assert found["ProcessingConfiguration"] == {"Enabled": False, "Processors": []}


def test_nobody_else_puts_into_a_stream_with_decompression() -> None:
    """facts/sources.md#cloudwatch-logs: PutRecord from anyone but CloudWatch Logs -> InvalidSourceException."""
    stack = new_stack()
    stream = stream_in(stack, source=Source.cloudwatch_logs(log_group(stack)))
    role = iam.Role(stack, "Producer", assumed_by=iam.AccountRootPrincipal())
    assert "is the only one that may put" in refusal(lambda: stream.grant_put_records(role))
