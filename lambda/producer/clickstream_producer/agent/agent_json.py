"""Reads the configuration file of the Kinesis Agent, ``agent.json``, as it is (its source: 2.0, aa0d908)."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from clickstream_producer._limits import MAX_RECORD_BYTES, MAX_REQUEST_BYTES
from clickstream_producer.agent.options import AgentOptions, FlowOptions, compiled
from clickstream_producer.agent.processing import processing_steps
from clickstream_producer.errors import InvalidOption
from clickstream_producer.targets.aws_stream import AwsStream
from clickstream_producer.targets.firehose import FirehoseStream
from clickstream_producer.targets.kinesis import KinesisStream

_TOP: Final = frozenset(
    {
        "flows",
        "checkpointFile",
        "checkpointTimeToLiveDays",
        "shutdownTimeoutMillis",
        "log.statusReportingPeriodSeconds",
        "firehose.endpoint",
        "firehose.region",
        "kinesis.endpoint",
        "kinesis.region",
        "awsAccessKeyId",
        "awsSecretAccessKey",
        "assumeRoleARN",
    }
)
_TOP_WITHOUT_EFFECT: Final = frozenset(
    {
        "cloudwatch.emitMetrics",
        "cloudwatch.endpoint",
        "cloudwatch.metricsBufferTimeMillis",
        "cloudwatch.metricsQueueSize",
        "cloudwatch.namespace",
        "cloudwatch.tagInstance",
        "connectionTTLMillis",
        "connectionTimeoutMillis",
        "log.emitInternalMetrics",
        "log.emitMetrics",
        "maxConnections",
        "maxSendingThreads",
        "maxSendingThreadsPerCore",
        "sendingThreadsKeepAliveMillis",
        "sendingThreadsMaxQueueSize",
        "socketTimeoutMillis",
        "useHttpGzip",
        "useTcpKeepAlive",
    }
)
_NO_JAVA = "Java classes do not run here; use credential_process in an AWS profile"

_TOP_REFUSED: Final = {
    "assumeRoleExternalId": "assume the role in a profile of the AWS configuration (external_id) and set AWS_PROFILE",
    "sts.endpoint": "set the environment variable AWS_ENDPOINT_URL_STS",
    "userDefinedCredentialsProvider.classname": _NO_JAVA,
    "userDefinedCredentialsProvider.location": _NO_JAVA,
}
"""Options without which the agent would do something else than it was told, and what to do instead."""

_FLOW: Final = frozenset(
    {
        "filePattern",
        "deliveryStream",
        "kinesisStream",
        "partitionKeyOption",
        "initialPosition",
        "maxBufferAgeMillis",
        "maxBufferSizeBytes",
        "minTimeBetweenFilePollsMillis",
        "multiLineStartPattern",
        "skipHeaderLines",
        "aggregatedRecordSizeBytes",
        "dataProcessingOptions",
    }
)
_FLOW_WITHOUT_EFFECT: Final = frozenset(
    {
        "log.emitInternalMetrics",
        "maxBufferSizeRecords",
        "maxTimeBetweenFileTrackerRefreshMillis",
        "publishQueueCapacity",
        "retryInitialBackoffMillis",
        "retryMaxBackoffMillis",
        "truncatedRecordTerminator",
        "waitOnEmptyPublishQueueMillis",
        "waitOnFullPublishQueueMillis",
        "waitOnFullRetryQueueMillis",
    }
)
_FLOW_REFUSED: Final = {
    "fileFooterPattern": "lines after a footer are not left out here; remove it, or leave them out downstream",
}


def read_agent_json(path: Path, default_checkpoint_file: Path) -> tuple[AgentOptions, list[str]]:
    """Read a configuration file.

    Comments (``//`` and ``/* */``) are allowed, as in the Kinesis Agent. Two defaults differ from that agent's, which
    a file can set back: records are packed (``"aggregatedRecordSizeBytes": 0`` leaves lines unpacked), and a line waits
    5 s for company, not 60 (``maxBufferAgeMillis``).

    Parameters
    ----------
    path
        The file.
    default_checkpoint_file
        Used when it names no ``checkpointFile``.

    Returns
    -------
    tuple
        The options, and what to tell the user: each unknown option, and each that has no effect here.

    Raises
    ------
    InvalidOption
        It is no such file, or has an option that cannot be followed; the message names it and the way out.
    """
    try:
        config = json.loads(_without_comments(path.read_text(encoding="utf-8-sig")))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidOption(f"{path} must be JSON: {error}") from None
    if not isinstance(config, dict) or not isinstance(config.get("flows"), list):
        raise InvalidOption(f'{path} must have a list "flows", as the configuration of an agent has')
    notes = _check("", config, _TOP, _TOP_WITHOUT_EFFECT, _TOP_REFUSED)
    flows = []
    for index, flow in enumerate(config["flows"]):
        where = f"flows[{index}]."
        if not isinstance(flow, dict):
            raise InvalidOption(f"flows[{index}] must be an object")
        notes += _check(where, flow, _FLOW, _FLOW_WITHOUT_EFFECT, _FLOW_REFUSED)
        try:
            flows.append(_flow(flow, config))
        except InvalidOption as error:
            raise InvalidOption(f"flows[{index}]: {error}") from None
    options = AgentOptions(
        tuple(flows),
        Path(_text(config, "checkpointFile") or default_checkpoint_file),
        shutdown_timeout=_number(config, "shutdownTimeoutMillis", 10_000) / 1000,
        statistics_interval=_number(config, "log.statusReportingPeriodSeconds", 30),
        forget_after=_number(config, "checkpointTimeToLiveDays", 7) * 86_400,
    )
    return options, notes


def _flow(flow: Mapping[str, Any], config: Mapping[str, Any]) -> FlowOptions:
    pattern = _text(flow, "filePattern")
    if not pattern:
        raise InvalidOption("a flow needs a filePattern")
    position = flow.get("initialPosition", "END_OF_FILE")
    if position not in ("START_OF_FILE", "END_OF_FILE"):
        raise InvalidOption(f"initialPosition={position!r} must be START_OF_FILE or END_OF_FILE")
    processing = flow.get("dataProcessingOptions") or []
    if not isinstance(processing, list) or not all(isinstance(option, dict) for option in processing):
        raise InvalidOption("dataProcessingOptions must be a list of objects")
    packed = _number(flow, "aggregatedRecordSizeBytes", 250_000, MAX_RECORD_BYTES)
    multi_line = _text(flow, "multiLineStartPattern")
    if multi_line:
        compiled(multi_line, "multiLineStartPattern")
    return FlowOptions(
        pattern,
        _target(flow, config),
        start="start" if position == "START_OF_FILE" else "end",
        line_format="raw",
        steps=processing_steps(processing),
        multi_line=multi_line,
        skip_header_lines=int(_number(flow, "skipHeaderLines", 0)),
        linger=_number(flow, "maxBufferAgeMillis", 5_000) / 1000,
        chunk_bytes=max(1, int(_number(flow, "maxBufferSizeBytes", 1_000_000, MAX_REQUEST_BYTES))),
        events_per_record=None if packed else 1,
        record_bytes=int(packed) or 250_000,
        poll=_number(flow, "minTimeBetweenFilePollsMillis", 250) / 1000,
    )


def _target(flow: Mapping[str, Any], config: Mapping[str, Any]) -> AwsStream:
    firehose, kinesis = _text(flow, "deliveryStream"), _text(flow, "kinesisStream")
    if bool(firehose) == bool(kinesis):
        raise InvalidOption("a flow needs a deliveryStream or a kinesisStream, one of the two")
    service = "firehose" if firehose else "kinesis"
    endpoint, region = _text(config, f"{service}.endpoint"), _text(config, f"{service}.region")
    if endpoint:
        endpoint = endpoint if "://" in endpoint else f"https://{endpoint}"
        named = re.fullmatch(rf"{service}(?:-fips)?\.([a-z0-9-]+)\..+", urlsplit(endpoint).hostname or "")
        region = region or (named[1] if named else None)
    key, secret = _text(config, "awsAccessKeyId"), _text(config, "awsSecretAccessKey")
    if bool(key) != bool(secret):
        raise InvalidOption("awsAccessKeyId and awsSecretAccessKey belong together: give both, or neither")
    credentials = {"access_key_id": key, "secret_access_key": secret} if key and secret else None
    role = _text(config, "assumeRoleARN")
    if firehose:
        return FirehoseStream(firehose, region=region, endpoint_url=endpoint, credentials=credentials, role_arn=role)
    option = flow.get("partitionKeyOption", "RANDOM")
    if option not in ("RANDOM", "DETERMINISTIC"):
        raise InvalidOption(f"partitionKeyOption={option!r} must be RANDOM or DETERMINISTIC")
    return KinesisStream(
        str(kinesis),
        partition_key=_digest if option == "DETERMINISTIC" else None,
        region=region,
        endpoint_url=endpoint,
        credentials=credentials,
        role_arn=role,
    )


def _digest(event: object) -> str:
    assert isinstance(event, bytes)
    return hashlib.md5(event, usedforsecurity=False).hexdigest()


def _check(
    where: str,
    given: Mapping[str, Any],
    used: frozenset[str],
    without_effect: frozenset[str],
    refused: Mapping[str, str],
) -> list[str]:
    notes = []
    for name in given:
        if name in refused:
            raise InvalidOption(f"{where}{name} cannot be followed: {refused[name]}")
        if name in without_effect:
            notes.append(f"{where}{name} has no effect here")
        elif name not in used:
            near = difflib.get_close_matches(name, used, 1)
            notes.append(f"{where}{name} is unknown and left out" + (f"; is it meant to be {near[0]}?" if near else ""))
    return notes


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidOption(f"{name}={value!r} must be text")
    return value or None


def _number(given: Mapping[str, Any], name: str, default: float, most: float = 1e12) -> float:
    value = given.get(name, default)
    try:
        number = float(value)  # the Kinesis Agent takes a number in quotes, too
    except (TypeError, ValueError):
        number = -1.0
    if isinstance(value, bool) or not 0 <= number <= most:
        raise InvalidOption(f"{name}={value!r} must be a number from 0 to {most:,.0f}")
    return number


def _without_comments(text: str) -> str:
    """Blank out comments; what looks like one inside a string stays."""
    return re.sub(
        r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/',
        lambda match: match[0] if match[0].startswith('"') else " ",
        text,
        flags=re.DOTALL,
    )
