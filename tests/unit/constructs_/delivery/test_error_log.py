from __future__ import annotations

from aws_cdk import aws_logs as logs

from support.stacks import Synthesized, destination_of, new_stack, stream_in


def test_errors_are_logged_into_streams_that_exist(reference: Synthesized) -> None:
    """facts/firehose.md#error-log: through CloudFormation you must create group and stream yourself."""
    found = destination_of(reference)
    streams = reference.of_type("AWS::Logs::LogStream")
    for options, name in (
        (found["CloudWatchLoggingOptions"], "DestinationDelivery"),
        (found["S3BackupConfiguration"]["CloudWatchLoggingOptions"], "BackupDelivery"),
    ):
        log_stream = streams[options["LogStreamName"]["Ref"]]["Properties"]
        assert options["Enabled"] is True
        assert log_stream["LogStreamName"] == name
        assert log_stream["LogGroupName"] == options["LogGroupName"]


def test_an_existing_log_group_takes_the_errors() -> None:
    stack = new_stack()
    stream_in(stack, log_group=logs.LogGroup.from_log_group_name(stack, "Errors", "/app/shop"))
    found = Synthesized(stack)
    assert not found.of_type("AWS::Logs::LogGroup")
    assert found.only("AWS::Logs::LogStream")["LogGroupName"] == "/app/shop"
