"""Options that say where to send, the same in every command."""

from __future__ import annotations

import argparse
from typing import TypeAlias

import boto3
from botocore.exceptions import BotoCoreError

from clickstream_producer.errors import InvalidOption
from clickstream_producer.targets.aws_stream import AwsStream
from clickstream_producer.targets.firehose import FirehoseStream
from clickstream_producer.targets.kinesis import KinesisStream

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What the commands are added to."""


def add_target_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add ``--stream`` and the others to a command."""
    where = parser.add_argument_group("where to")
    where.add_argument(
        "--stream", required=required, metavar="NAME", help="delivery stream, or ARN of a Kinesis stream"
    )
    where.add_argument("--region", metavar="REGION", help="AWS region (default: of the environment or profile)")
    where.add_argument("--profile", metavar="NAME", help="profile of the AWS configuration files")
    where.add_argument("--endpoint-url", metavar="URL", help="another endpoint, such as the local runtime")
    where.add_argument(
        "--unpacked", action="store_true", help="one event a record, for streams that partition by an event's field"
    )


def target_of(options: argparse.Namespace) -> AwsStream:
    """Make the target that the options name.

    Raises
    ------
    InvalidOption
        The name of the stream is not one.
    """
    kind = KinesisStream if ":kinesis:" in options.stream else FirehoseStream
    return kind(options.stream, region=options.region, profile=options.profile, endpoint_url=options.endpoint_url)


def need_identity(target: AwsStream) -> None:
    """Refuse to begin without a region or credentials: a command that ends by itself has no time to wait for them.

    Raises
    ------
    InvalidOption
        There are none, or they cannot be had.
    """
    target.check()
    if target.credentials is not None or target.client is not None:
        return
    try:
        found = boto3.Session(profile_name=target.profile).get_credentials()
    except BotoCoreError as error:
        raise InvalidOption(f"the AWS credentials cannot be had: {error}") from error
    if found is None:
        raise InvalidOption(
            "there are no AWS credentials: give --profile, set AWS_PROFILE or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or run where a role is"
        )
