"""Calls of AWS, each with the right that it needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clickstream_local.s3.endpoint_store import AWS, EndpointStore

CALLS = Path(__file__).with_name("calls.json")
"""Every call of AWS, the right that it needs, on what, and the grant of the pipeline that gives it.

The constructs make ``grant_diagnose`` and ``grant_operate`` of it, and the documentation its table.
"""

_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_MISSING = "ResourceNotFoundException"
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class AwsError(Exception):
    """AWS did not answer as it should; the message names the call, the cause and the way out."""


class NotFoundError(AwsError):
    """AWS does not know what was asked for."""


class AwsSession:
    """A session of boto3, whose calls are those of :data:`CALLS`.

    Parameters
    ----------
    profile, region
        Default: those that boto3 finds.

    Raises
    ------
    AwsError
        If there is no such profile, or neither region nor credentials are found.
    """

    def __init__(self, profile: str | None, region: str | None) -> None:
        # boto3 takes longer to import than most commands of the data directory take to run.
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError

        self._errors = (BotoCoreError, ClientError)
        self._config = Config(retries={"mode": "standard", "total_max_attempts": 5})
        self._clients: dict[str, Any] = {}
        try:
            self.session = boto3.Session(profile_name=profile, region_name=region)
            known = self.session.get_credentials() is not None
        except BotoCoreError as error:
            raise AwsError(f"{error}; choose another with --profile, or set AWS_PROFILE") from None
        if not known:
            raise AwsError("no AWS credentials are found; give a profile with --profile, or set AWS_PROFILE")
        if self.session.region_name is None:
            raise AwsError("no AWS region is found; give it with --region, or set AWS_REGION")
        self._calls = json.loads(CALLS.read_text(encoding="utf-8"))

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        """The answer to a call such as ``firehose:DescribeDeliveryStream``. Raises :class:`AwsError`."""
        try:
            answer: dict[str, Any] = getattr(self._client(name), _method(name))(**arguments)
        except self._errors as error:
            raise self._explained(name, error) from None
        return answer

    def pages(self, name: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """All pages of the answer to a call. Raises :class:`AwsError`."""
        try:
            yield from self._client(name).get_paginator(_method(name)).paginate(**arguments)
        except self._errors as error:
            raise self._explained(name, error) from None

    def store(self) -> EndpointStore:
        """The buckets, for reading."""
        return EndpointStore(AWS, self.session, self._remedy)

    def _explained(self, name: str, error: Exception) -> AwsError:
        code = str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))
        if code == _MISSING:
            return NotFoundError(f"{name}: {error}")
        if code not in _DENIED:
            return AwsError(f"{name}: {error}")
        return AwsError(f"{name}: {error}; {self._remedy(name, str(error))}")

    def _remedy(self, name: str, denial: str) -> str:
        """The right that a denied call needs; of several, the one that the denial names."""
        rights = [one for one in self._calls if one["call"] == name]
        one = next((one for one in rights if one["right"] in denial), rights[0])
        return f"the right {one['right']} is missing, which pipeline.grant_{one['grant']}(role) gives"

    def _client(self, name: str) -> Any:
        service = name.partition(":")[0]
        if service not in self._clients:
            client: Any = self.session.client
            self._clients[service] = client(service, config=self._config)
        return self._clients[service]


def _method(name: str) -> str:
    return _WORD.sub("_", name.partition(":")[2]).lower()
