"""The processors of a destination, read from its ProcessingConfiguration.

Source: facts/firehose.md#processing-order, #function-failures, #dynamic-partitioning, facts/sources.md#cloudwatch-logs.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clickstream_local.firehose.config.values import MEBIBYTE, ConfigurationError, check_range, is_true
from clickstream_local.firehose.records.deaggregation import Deaggregation

LAMBDA_DEFAULTS = {"NumberOfRetries": "3", "BufferSizeInMBs": "1", "BufferIntervalInSeconds": "60"}
LAMBDA_NUMBERS = ("BufferSizeInMBs", "BufferIntervalInSeconds", "NumberOfRetries")
MAX_PROCESSORS = 5
_JQ_ENGINE = "JQ-1.6"
_TYPES = (
    "Decompression",
    "CloudWatchLogProcessing",
    "RecordDeAggregation",
    "Lambda",
    "MetadataExtraction",
    "AppendDelimiterToRecord",
)


@dataclass(frozen=True)
class LambdaProcessor:
    """The Lambda processor: ``retries`` come on top of the first attempt."""

    function_arn: str
    retries: int
    buffer_bytes: int
    interval: float


@dataclass(frozen=True)
class Processors:
    """The processors of a destination, in the order in which they run."""

    decompress: bool = False
    extract_messages: bool = False
    deaggregation: Deaggregation | None = None
    function: LambdaProcessor | None = None
    metadata_query: str | None = None
    delimiter: bytes | None = None

    @classmethod
    def read(cls, configuration: Mapping[str, Any] | None, interval: float | None) -> Processors:
        """Read a ``ProcessingConfiguration``, which is off unless it says that it is enabled.

        Source: facts/firehose.md#function-failures.

        ``interval`` replaces the Lambda processor's. Raises :class:`ConfigurationError`.
        """
        if configuration is None or not is_true(configuration.get("Enabled", False)):
            return cls()
        listed = list(configuration.get("Processors", []))
        if not 1 <= len(listed) <= MAX_PROCESSORS:
            raise ConfigurationError(
                f"A maximum of {MAX_PROCESSORS} and a minimum of 1 processor needs to be supplied when processing is "
                "enabled."
            )
        by_type: dict[str, dict[str, str]] = {}
        for processor in listed:
            kind = processor["Type"]
            if kind not in _TYPES:
                raise ConfigurationError(f"processor type {kind!r}: it must be one of {', '.join(_TYPES)}")
            if kind == "Lambda" and kind in by_type:
                raise ConfigurationError("Cannot have more than 1 Lambda processor")
            by_type.setdefault(kind, parameters(processor))
        if "CloudWatchLogProcessing" in by_type and "Decompression" not in by_type:
            raise ConfigurationError("CloudWatchLogProcessingProcessor can only be enabled with DecompressionProcessor")
        return cls(
            decompress=_decompresses(by_type.get("Decompression")),
            extract_messages=is_true(by_type.get("CloudWatchLogProcessing", {}).get("DataMessageExtraction", False)),
            deaggregation=_deaggregation(by_type.get("RecordDeAggregation")),
            function=_function(by_type.get("Lambda"), interval),
            metadata_query=_metadata_query(by_type.get("MetadataExtraction")),
            delimiter=_delimiter(by_type.get("AppendDelimiterToRecord")),
        )


def parameters(processor: Mapping[str, Any]) -> dict[str, str]:
    """A processor's parameters by name."""
    return {entry["ParameterName"]: str(entry["ParameterValue"]) for entry in processor.get("Parameters") or []}


def _decompresses(values: Mapping[str, str] | None) -> bool:
    if values is None:
        return False
    form = values.get("CompressionFormat", "GZIP")
    if form != "GZIP":
        raise ConfigurationError(f"the Decompression processor's CompressionFormat is {form!r}: it must be GZIP")
    return True


def _deaggregation(values: Mapping[str, str] | None) -> Deaggregation | None:
    if values is None:
        return None
    kind = values.get("SubRecordType", "")
    if kind == "JSON":
        return Deaggregation(None)
    if kind != "DELIMITED":
        raise ConfigurationError(
            f"the RecordDeAggregation processor's SubRecordType is {kind!r}: it must be JSON or DELIMITED"
        )
    text = values.get("Delimiter", "")
    try:
        delimiter = base64.b64decode(text, validate=True)
    except binascii.Error:
        delimiter = b""
    if not delimiter:
        raise ConfigurationError(
            f"the RecordDeAggregation processor's Delimiter is {text!r}: with SubRecordType DELIMITED it must be the "
            "delimiter in base64, for example IyMjIw== for ####"
        )
    return Deaggregation(delimiter)


def _function(given: Mapping[str, str] | None, interval: float | None) -> LambdaProcessor | None:
    if given is None:
        return None
    values = LAMBDA_DEFAULTS | dict(given)
    if not values.get("LambdaArn"):
        raise ConfigurationError("the Lambda processor has no LambdaArn: give the ARN of a function")
    size, hinted_interval, retries = (_number(values, name) for name in LAMBDA_NUMBERS)
    check_range("the Lambda processor's BufferSizeInMBs", size, 0.2, 3)
    check_range("the Lambda processor's BufferIntervalInSeconds", hinted_interval, 0, 900)
    return LambdaProcessor(
        function_arn=values["LambdaArn"],
        retries=int(retries),
        buffer_bytes=int(size * MEBIBYTE),
        interval=hinted_interval if interval is None else interval,
    )


def _number(values: Mapping[str, str], name: str) -> float:
    try:
        number = float(values[name])
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise ConfigurationError(f"the Lambda processor's {name} is {values[name]!r}: it must be a number, 0 or more")
    return number


def _metadata_query(values: Mapping[str, str] | None) -> str | None:
    if values is None:
        return None
    query, engine = values.get("MetadataExtractionQuery", ""), values.get("JsonParsingEngine", _JQ_ENGINE)
    if engine != _JQ_ENGINE:
        raise ConfigurationError(
            f"the MetadataExtraction processor's JsonParsingEngine is {engine!r}: it must be {_JQ_ENGINE}"
        )
    if not query:
        raise ConfigurationError("the MetadataExtraction processor has no MetadataExtractionQuery: give a jq program")
    return query


def _delimiter(values: Mapping[str, str] | None) -> bytes | None:
    if values is None:
        return None
    # Templates write the two characters \n for a newline (facts/firehose.md#dynamic-partitioning).
    return values.get("Delimiter", "\\n").replace("\\n", "\n").encode()
