"""The parts of a synthesized pipeline that are metered, read from its template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from clickstream_local.assembly.cloud_assembly import load_templates
from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.stack_template import StackTemplate
from clickstream_local.common.model import DeliveryStream, KinesisStream, Stack
from clickstream_local.cost.endpoint import Endpoint, endpoint_of
from clickstream_local.cost.errors import CostError
from clickstream_local.cost.fixed_costs import FixedCosts, read_fixed_costs
from clickstream_local.firehose.config.format_conversion import converts
from clickstream_local.firehose.config.processors import LambdaProcessor, Processors
from clickstream_local.firehose.config.stream_config import buffering_hints, partitions_dynamically, s3_properties
from clickstream_local.firehose.config.values import ConfigurationError

_Loaded = Sequence[tuple[StackTemplate, Stack]]


class RecordSource(Enum):
    """What puts records into a stream, where it is not the endpoint."""

    PRODUCER = "a producer"
    LOGS = "a subscription of CloudWatch Logs"
    RULE = "a rule, each event a record"


@dataclass(frozen=True)
class DeliveryBuffer:
    """How objects are written: the buffer's size (MiB) and interval (seconds), and in what form.

    ``expires_days`` is when the bucket's lifecycle deletes them; None for never, or for a bucket made elsewhere.
    """

    size: float
    interval: float
    compressed: bool
    encrypted: bool
    expires_days: int | None


@dataclass(frozen=True)
class TransformCalls:
    """The function of the stream and the buffer before it; without ``memory`` it is not in the template."""

    size: float
    interval: float
    memory: int | None
    arm: bool


@dataclass(frozen=True)
class MeteredPipeline:
    """A delivery stream with all that is metered before, in and after it."""

    stack: str
    region: str
    stream: str
    record_source: RecordSource
    endpoint: Endpoint | None
    kinesis: KinesisStream | None
    function: TransformCalls | None
    converts: bool
    partitions: bool
    jq: bool
    decompresses: bool
    events: DeliveryBuffer
    backup: DeliveryBuffer | None
    fixed_costs: FixedCosts
    not_counted: tuple[str, ...]


def read_pipeline(assembly: Path, *, stack: str | None = None, stream: str | None = None) -> MeteredPipeline:
    """The pipeline of one delivery stream.

    Parameters
    ----------
    assembly, stack:
        As for ``load_stacks``.
    stream:
        Name or logical id of the delivery stream. Default: the only one, or the only one with a function.

    Raises
    ------
    AssemblyError
        If the assembly cannot be read.
    CostError
        If it is not clear which stream is meant, or the stream could not be deployed so.
    """
    loaded = load_templates(assembly, stack=stack)
    template, model, chosen = _choose(loaded, assembly, stream)
    try:
        return _read(loaded, template, model, chosen)
    except ConfigurationError as error:
        raise CostError(f"delivery stream {chosen.logical_id}: {error}") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, CostError):
            raise
        raise AssemblyError(
            f"delivery stream {chosen.logical_id}: a property is missing or another type: {error!r}"
        ) from None


def _choose(loaded: _Loaded, assembly: Path, wanted: str | None) -> tuple[StackTemplate, Stack, DeliveryStream]:
    streams = [(template, stack, one) for template, stack in loaded for one in stack.delivery_streams]
    if not streams:
        raise CostError(f"{assembly} has no delivery stream: give the assembly of a pipeline with --assembly")
    if wanted is not None:
        found = [entry for entry in streams if wanted in (entry[2].logical_id, entry[2].name)]
    elif len(streams) == 1:
        found = streams
    else:
        found = [entry for entry in streams if _has_function(entry[2])]
    if len(found) == 1:
        return found[0]
    names = ", ".join(stream.logical_id for _, _, stream in streams)
    asked = f"there is no delivery stream {wanted!r}" if wanted and not found else "which delivery stream is not clear"
    remedy = "say also which --stack" if found and wanted else f"give one of {names} with --stream"
    raise CostError(f"{asked} in {assembly}; {remedy}")


def _has_function(stream: DeliveryStream) -> bool:
    try:
        return _processors(s3_properties(stream.properties)).function is not None
    except ConfigurationError:
        return False


def _processors(s3: Mapping[str, Any]) -> Processors:
    return Processors.read(s3.get("ProcessingConfiguration"), None)


def _read(loaded: _Loaded, template: StackTemplate, stack: Stack, stream: DeliveryStream) -> MeteredPipeline:
    s3 = s3_properties(stream.properties)
    processors = _processors(s3)
    kinesis, foreign = _kinesis(loaded, stream)
    apis = [api for _, one in loaded for api in one.rest_apis]
    target = foreign or (stream.name if kinesis is None else kinesis.name)
    called = processors.function
    large = converts(s3) or partitions_dynamically(s3)
    backup = s3.get("S3BackupConfiguration") if s3.get("S3BackupMode") == "Enabled" else None
    return MeteredPipeline(
        stack=stack.name,
        region=stack.region,
        stream=stream.logical_id,
        record_source=_record_source(loaded, stream.arn),
        endpoint=endpoint_of(apis, target),
        kinesis=kinesis,
        function=None if called is None else _function(loaded, called),
        converts=converts(s3),
        partitions=partitions_dynamically(s3),
        jq=processors.metadata_query is not None,
        decompresses=processors.decompress,
        events=_delivery_buffer(loaded, s3, large=large),
        backup=None if backup is None else _delivery_buffer(loaded, backup, large=False),
        fixed_costs=read_fixed_costs([one for one, _ in loaded]),
        not_counted=tuple(_left_aside(loaded, stream, processors, foreign)),
    )


def _kinesis(loaded: _Loaded, stream: DeliveryStream) -> tuple[KinesisStream | None, str | None]:
    """The Kinesis stream that is read, or the ARN of one that no template here makes."""
    configuration = stream.properties.get("KinesisStreamSourceConfiguration")
    if not configuration:
        return None, None
    arn = str(configuration["KinesisStreamARN"])
    for _, stack in loaded:
        for one in stack.kinesis_streams:
            if one.arn == arn:
                return one, None
    return None, arn.rpartition("/")[2]


def _function(loaded: _Loaded, called: LambdaProcessor) -> TransformCalls:
    memory, arm = None, False
    for template, _ in loaded:
        for resource in template.resources("AWS::Lambda::Function"):
            if _is_called(template.arn_of(resource.logical_id), called.function_arn):
                memory = int(resource.properties.get("MemorySize", 128))
                arm = "arm64" in (resource.properties.get("Architectures") or ())
    return TransformCalls(called.buffer_bytes / 2**20, called.interval, memory, arm)


def _is_called(arn: str, called: str) -> bool:
    """Whether a function is the one that is called: by its ARN, or with a version or an alias after a colon."""
    return f"{called}:".startswith(f"{arn}:")


def _record_source(loaded: _Loaded, arn: str) -> RecordSource:
    for template, stack in loaded:
        if any(one.destination_arn == arn for one in stack.subscription_filters):
            return RecordSource.LOGS
        rules = template.resources("AWS::Events::Rule", "AWS::IoT::TopicRule")
        name = arn.rpartition("/")[2]
        if any(f'"{arn}"' in text or f'"{name}"' in text for text in (json.dumps(r.properties) for r in rules)):
            return RecordSource.RULE
    return RecordSource.PRODUCER


def _delivery_buffer(loaded: _Loaded, s3: Mapping[str, Any], *, large: bool) -> DeliveryBuffer:
    size, interval = buffering_hints(s3, large=large)
    return DeliveryBuffer(
        size=size,
        interval=interval,
        compressed=s3.get("CompressionFormat", "UNCOMPRESSED") != "UNCOMPRESSED",
        encrypted="KMSEncryptionConfig" in (s3.get("EncryptionConfiguration") or {}),
        expires_days=_expires_days(loaded, str(s3["BucketARN"]), str(s3.get("Prefix") or "")),
    )


def _expires_days(loaded: _Loaded, bucket_arn: str, prefix: str) -> int | None:
    days = []
    for template, _ in loaded:
        for bucket in template.resources("AWS::S3::Bucket"):
            if template.arn_of(bucket.logical_id) != bucket_arn:
                continue
            for rule in (bucket.properties.get("LifecycleConfiguration") or {}).get("Rules", ()):
                held = prefix.startswith(str(rule.get("Prefix") or "")) and not rule.get("TagFilters")
                if held and rule.get("Status") == "Enabled" and "ExpirationInDays" in rule:
                    days.append(int(rule["ExpirationInDays"]))
    return min(days, default=None)


def _left_aside(loaded: _Loaded, stream: DeliveryStream, processors: Processors, foreign: str | None) -> Iterator[str]:
    if foreign is not None:
        yield f"the Kinesis stream {foreign}, which is made elsewhere"
    called = "" if processors.function is None else processors.function.function_arn
    for template, stack in loaded:
        for other in stack.delivery_streams:
            if other.arn != stream.arn:
                yield f"delivery stream {other.logical_id}: taken to get nothing"
        for resource in template.resources("AWS::Lambda::Function"):
            if not _is_called(template.arn_of(resource.logical_id), called):
                yield f"function {resource.logical_id}: its calls are not known"
