"""Supported combinations: the one table of sources and transforms, by which pipelines are checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cdk_clickstream._validation import refuse
from cdk_clickstream.delivery.sources.base import EventSource, SourceKind
from cdk_clickstream.delivery.sources.eventbridge import EventBridgeSource
from cdk_clickstream.delivery.sources.iot import IotSource
from cdk_clickstream.endpoint.auth import ApiAuth
from cdk_clickstream.partitions.record_key import RecordKey
from cdk_clickstream.transform.kind import TransformKind


@dataclass(frozen=True)
class _SourceTraits:
    endpoint: str
    """How the HTTP endpoint puts records; empty if it cannot."""
    supports_requeue: bool
    """Whether the transform can requeue its overflow into the stream."""


@dataclass(frozen=True)
class _TransformTraits:
    endpoint: bool
    """Whether the transform reads what the HTTP endpoint sends."""
    own_schema: bool
    """Whether the transform brings the columns; otherwise they are those of the pipeline's schema."""
    partitioning: str
    """Factories of ``DynamicPartitioning`` that can take keys from its rows; empty for none."""


_SOURCES = {
    SourceKind.DIRECT_PUT: _SourceTraits("Firehose PutRecord", supports_requeue=True),
    SourceKind.KINESIS: _SourceTraits("Kinesis PutRecord", supports_requeue=False),
    SourceKind.LOG_MESSAGES: _SourceTraits("", supports_requeue=False),
    SourceKind.LOG_DOCUMENTS: _SourceTraits("", supports_requeue=True),
    SourceKind.EVENTBRIDGE: _SourceTraits("Firehose PutRecord", supports_requeue=True),
    SourceKind.IOT: _SourceTraits("Firehose PutRecord", supports_requeue=True),
}

_TRANSFORMS = {
    TransformKind.CLICK: _TransformTraits(endpoint=True, own_schema=False, partitioning="from_lambda"),
    TransformKind.PER_EVENT: _TransformTraits(endpoint=True, own_schema=False, partitioning="from_lambda"),
    TransformKind.LINE_BLUEPRINT: _TransformTraits(endpoint=False, own_schema=True, partitioning=""),
    TransformKind.LOG_BLUEPRINT: _TransformTraits(endpoint=False, own_schema=True, partitioning=""),
    TransformKind.FUNCTION: _TransformTraits(endpoint=True, own_schema=False, partitioning="jq, from_lambda"),
    TransformKind.NONE: _TransformTraits(endpoint=True, own_schema=False, partitioning="jq"),
}

_UNPACK = "let Firehose unpack them with extract_messages=True, or use Blueprint.CLOUDWATCH_LOGS"
_NOT_LINES = ("are JSON, not lines of a log", "use Transform.per_event, or shape them in the rule for Transform.click")
_DOCUMENTS = ("are gzip documents of several log events", _UNPACK)
_NO_DOCUMENTS = ("are no documents of CloudWatch Logs", "use Source.cloudwatch_logs(group, extract_messages=False)")

_REFUSED = {
    (SourceKind.LOG_MESSAGES, TransformKind.LOG_BLUEPRINT): (
        "are unpacked already",
        "use Source.cloudwatch_logs(group, extract_messages=False)",
    ),
    (SourceKind.LOG_DOCUMENTS, TransformKind.CLICK): _DOCUMENTS,
    (SourceKind.LOG_DOCUMENTS, TransformKind.PER_EVENT): _DOCUMENTS,
    (SourceKind.LOG_DOCUMENTS, TransformKind.LINE_BLUEPRINT): _DOCUMENTS,
    (SourceKind.LOG_DOCUMENTS, TransformKind.NONE): _DOCUMENTS,
    (SourceKind.EVENTBRIDGE, TransformKind.LINE_BLUEPRINT): _NOT_LINES,
    (SourceKind.EVENTBRIDGE, TransformKind.LOG_BLUEPRINT): _NO_DOCUMENTS,
    (SourceKind.IOT, TransformKind.LINE_BLUEPRINT): _NOT_LINES,
    (SourceKind.IOT, TransformKind.LOG_BLUEPRINT): _NO_DOCUMENTS,
}

_CONDITIONS = {
    (SourceKind.LOG_MESSAGES, TransformKind.CLICK): "each message is an event in JSON",
    (SourceKind.LOG_MESSAGES, TransformKind.PER_EVENT): "each message is an event in JSON",
    (SourceKind.LOG_MESSAGES, TransformKind.NONE): "each message is a row in JSON",
    (SourceKind.EVENTBRIDGE, TransformKind.CLICK): "members name event_name",
    (SourceKind.IOT, TransformKind.CLICK): "the SQL gives event_name",
}


@dataclass(frozen=True)
class Combination:
    """A source with a transform.

    Attributes
    ----------
    problem, remedy:
        Why the two do not work together; empty if they do.
    condition:
        What must hold of the records; empty for nothing.
    endpoint:
        How the HTTP endpoint puts records beside the source; empty if there can be none.
    supports_requeue:
        Whether the records that overflow a reply are requeued; otherwise they fail.
    own_schema:
        Whether the transform brings the columns.
    partitioning:
        Which partition keys are possible; empty for none.
    """

    source: SourceKind
    transform: TransformKind
    problem: str
    remedy: str
    condition: str
    endpoint: str
    supports_requeue: bool
    own_schema: bool
    partitioning: str


def combination_of(source: SourceKind, transform: TransformKind) -> Combination:
    """Return the combination of a source and a transform."""
    problem, remedy = _REFUSED.get((source, transform), ("", ""))
    of_source, of_transform = _SOURCES[source], _TRANSFORMS[transform]
    return Combination(
        source=source,
        transform=transform,
        problem=problem,
        remedy=remedy,
        condition=_CONDITIONS.get((source, transform), ""),
        endpoint=of_source.endpoint if of_transform.endpoint else "",
        supports_requeue=of_source.supports_requeue,
        own_schema=of_transform.own_schema,
        partitioning=of_transform.partitioning,
    )


def combinations() -> Iterator[Combination]:
    """Yield every combination, source by source."""
    return (combination_of(source, transform) for source in SourceKind for transform in TransformKind)


def check_combination(
    source: EventSource, transform: TransformKind, *, endpoint: bool, own_schema: bool, partitioning: bool
) -> Combination:
    """Return the combination that a pipeline was given, or refuse it.

    Parameters
    ----------
    source, transform:
        Source and kind of transform of the pipeline.
    endpoint, own_schema, partitioning:
        Whether the pipeline was given an ``auth``, a ``schema`` and a ``partitioning``.
    """
    combination = combination_of(source.kind, transform)
    name = source.kind.value
    if combination.problem:
        problem = f"its records {combination.problem}: {transform.value!r} cannot read them"
        refuse("source", name, problem, combination.remedy)
    if endpoint and not combination.endpoint:
        refuse(
            "auth",
            "given",
            f"source {name!r} with transform {transform.value!r} does not support an endpoint",
            "pass auth=None for a pipeline without an endpoint, and make another pipeline for requests",
        )
    if own_schema and combination.own_schema:
        refuse("schema", "given", f"the {transform.value} brings its own columns", "leave schema= out")
    if partitioning and not combination.partitioning:
        refuse(
            "partitioning",
            "given",
            f"keys are taken per record, and a record of transform {transform.value!r} holds several events",
            "use Transform.from_function or Transform.none(), or leave partitioning= out",
        )
    _check_event_name(source, transform)
    return combination


def check_partition_keys(keys: Mapping[str, RecordKey], auth: ApiAuth) -> None:
    """Refuse keys by an API key or a principal that the endpoint never knows: every record would be ``other``."""
    for name, key in keys.items():
        if key.source != "context":
            continue
        if key.detail == "api_key_id" and not auth.needs_key:
            refuse(
                f"transform.partition_keys[{name!r}]",
                key.detail,
                "is never known: callers of this endpoint send no API key, so every record would be 'other'",
                "pass auth=ApiAuth.api_key(), or take another key",
            )
        if key.detail == "principal" and (auth.needs_key or auth.public_reason is not None):
            refuse(
                f"transform.partition_keys[{name!r}]",
                key.detail,
                "is never known: nobody signs in to this endpoint, so every record would be 'other'",
                "pass auth=ApiAuth.authorizer(...), or take another key",
            )


def _check_event_name(source: EventSource, transform: TransformKind) -> None:
    if transform is not TransformKind.CLICK:
        return
    if isinstance(source, EventBridgeSource) and "event_name" not in (source.members or {}):
        refuse(
            "source.members",
            source.members,
            "must set event_name, or every event is rejected",
            "name it: members={'event_name': '$.detail-type', ...}",
        )
    if isinstance(source, IotSource) and not source.names_events:
        refuse(
            "source.sql",
            source.sql,
            "must set event_name, or every event is rejected",
            "select it: SELECT *, 'reading' AS event_name FROM ...",
        )
