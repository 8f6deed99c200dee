"""An AWS account as the environment of a deployment."""

from __future__ import annotations

import os
from typing import Any

import boto3

from clickstream_producer import FirehoseStream


class AwsAccount:
    """The account and region of a boto3 session. Implements :class:`~integ.environment.Environment`.

    Parameters
    ----------
    session:
        With credentials and a region.
    patience:
        Both buffers of a pipeline take a minute each; services behind them, CloudWatch above all, take longer.
        Default: a quarter of an hour.
    """

    def __init__(self, session: boto3.Session, *, patience: float = 900, pause: float = 10) -> None:
        assert session.region_name
        self.region: str = session.region_name
        self.patience = patience
        self.pause = pause
        self._session = session
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return a client of the service, the same one each time."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service)  # type: ignore[call-overload]
        return self._clients[service]

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Return the keys by as many listings as it takes."""
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def read(self, bucket: str, key: str) -> bytes:
        """Return the whole object; those of a run are small."""
        content: bytes = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def producer_target(self, stream: str) -> FirehoseStream:
        """Return the stream, with the session's own profile and region."""
        return FirehoseStream(stream, region=self.region, profile=os.environ.get("AWS_PROFILE"))

    def api_key(self, key_id: str) -> str:
        """Return the key's value, which the stack never shows."""
        value: str = self.client("apigateway").get_api_key(apiKey=key_id, includeValue=True)["value"]
        return value

    def log_lines(self, group: str) -> list[str]:
        """Return the messages of all streams of the group."""
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return [event["message"] for page in pages for event in page["events"]]

    def before_looking(self) -> None:
        """Do nothing: Firehose cannot be hurried."""
