"""Dynamic partitioning: objects grouped by values of the records."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_kinesisfirehose as firehose

from cdk_clickstream._validation import amount, check_range, checked, is_token, refuse
from cdk_clickstream.delivery.processors import LambdaProcessor, render_processor
from cdk_clickstream.partitions.partition_key import FROM_LAMBDA, FROM_QUERY, check_key_name
from cdk_clickstream.partitions.prefix import S3Prefix

MAX_KEYS = 50
"""Keys of a stream (facts/firehose.md#dynamic-partitioning)."""

MAX_QUERY_LENGTH = 5120
"""Characters of a processor parameter, the jq program being one (facts/cloudformation.md#delivery-stream)."""


@checked
@dataclass(frozen=True)
class DeAggregation:
    """How Firehose splits a record (de-aggregation) before it extracts partition keys.

    Made by :meth:`json` or :meth:`delimited`. At most 500 records from one (facts/firehose.md#dynamic-partitioning).
    De-aggregation runs before
    the processor's function.
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-multirecord-deaggergation.html
    """

    delimiter: str | None

    @classmethod
    def json(cls) -> DeAggregation:
        """Split consecutive JSON objects; an array is invalid."""
        return cls(None)

    @classmethod
    def delimited(cls, delimiter: str) -> DeAggregation:
        """Split at a text.

        Parameters
        ----------
        delimiter:
            Text between the records, such as ``"####"``, as it is and not in base64.
        """
        if not delimiter:
            refuse("delimiter", delimiter, "must not be empty", "give the text between the records, such as '\\n'")
        return cls(delimiter)

    def render(self) -> firehose.CfnDeliveryStream.ProcessorProperty:
        """Return the processor's CloudFormation."""
        if self.delimiter is None:
            return render_processor("RecordDeAggregation", {"SubRecordType": "JSON"})
        encoded = base64.b64encode(self.delimiter.encode()).decode()
        return render_processor("RecordDeAggregation", {"SubRecordType": "DELIMITED", "Delimiter": encoded})


@checked
@dataclass(frozen=True)
class DynamicPartitioning:
    """Objects grouped by keys of each *record*. Made by :meth:`jq` or :meth:`from_lambda`.

    A one-way door: it exists from a stream's creation on or never (facts/firehose.md#dynamic-partitioning). To
    switch, make a new stream beside
    the old one. A partition that is not delivered yet is active; a stream has 500 active ones unless the quota is
    raised, and what comes beyond goes to the error prefix. Costs per GB and per object, jq also per hour.
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html
    """

    queries: Mapping[str, str]
    lambda_keys: tuple[str, ...]
    retry_duration: cdk.Duration
    de_aggregation: DeAggregation | None

    @classmethod
    def jq(
        cls,
        queries: Mapping[str, str],
        *,
        lambda_keys: Sequence[str] = (),
        retry_duration: cdk.Duration | None = None,
        de_aggregation: DeAggregation | None = None,
    ) -> DynamicPartitioning:
        """Take keys from JSON records, by jq 1.6.

        Parameters
        ----------
        queries:
            Key to jq expression, such as ``{"tenant": ".tenant_id"}``; 1..50, every one used in the prefix as
            ``!{partitionKeyFromQuery:<key>}``.
        lambda_keys:
            Keys that the processor's function returns beside them. Default: none.
        retry_duration:
            Time for which a failed write of a partition is retried, 0..7,200 s. Default: 300 s.
        de_aggregation:
            Splits records that hold several. Default: no de-aggregation.
        """
        if not queries:
            refuse("partitioning.queries", {}, "must name a key", "name at least one, such as {'tenant': '.tenant_id'}")
        return cls(dict(queries), tuple(lambda_keys), retry_duration or cdk.Duration.seconds(300), de_aggregation)

    @classmethod
    def from_lambda(
        cls,
        keys: Sequence[str],
        *,
        retry_duration: cdk.Duration | None = None,
        de_aggregation: DeAggregation | None = None,
    ) -> DynamicPartitioning:
        """Take keys from the ``metadata.partitionKeys`` of each record that the processor's function returns.

        Parameters
        ----------
        keys:
            Their names; 1..50, every one used in the prefix as ``!{partitionKeyFromLambda:<key>}``.
        retry_duration, de_aggregation:
            As in :meth:`jq`.
        """
        if not keys:
            refuse("partitioning.keys", keys, "must be a list of keys", "name at least one, such as ['tenant']")
        return cls({}, tuple(keys), retry_duration or cdk.Duration.seconds(300), de_aggregation)

    def __post_init__(self) -> None:
        names = [*self.queries, *self.lambda_keys]
        for name in names:
            check_key_name("partitioning key", name)
        if len(names) > MAX_KEYS:
            refuse("partitioning", f"{len(names)} keys", f"a stream has at most {MAX_KEYS}", "use fewer keys")
        for name, query in self.queries.items():
            if not query.strip():
                refuse(f"partitioning.queries[{name!r}]", query, "is empty", f"write an expression, such as '.{name}'")
        if self.queries and len(self._query) > MAX_QUERY_LENGTH:
            refuse(
                "partitioning.queries",
                f"{len(self._query)} characters",
                f"the jq program has at most {MAX_QUERY_LENGTH}",
                "shorten the expressions, or take the keys from a function",
            )
        check_range(
            "partitioning.retry_duration",
            self._retry_seconds,
            0,
            7200,
            "seconds",
            "choose a duration in this range",
        )

    @property
    def _retry_seconds(self) -> int:
        return amount("partitioning.retry_duration", self.retry_duration, "seconds")

    @property
    def _query(self) -> str:
        return "{" + ",".join(f"{json.dumps(name)}:{query}" for name, query in self.queries.items()) + "}"

    def render(self) -> firehose.CfnDeliveryStream.DynamicPartitioningConfigurationProperty:
        """Return the configuration of the destination."""
        return firehose.CfnDeliveryStream.DynamicPartitioningConfigurationProperty(
            enabled=True,
            retry_options=firehose.CfnDeliveryStream.RetryOptionsProperty(duration_in_seconds=self._retry_seconds),
        )

    def render_extraction(self) -> list[firehose.CfnDeliveryStream.ProcessorProperty]:
        """Return the processor that runs the jq program, if there is one."""
        if not self.queries:
            return []
        parameters = {"MetadataExtractionQuery": self._query, "JsonParsingEngine": "JQ-1.6"}
        return [render_processor("MetadataExtraction", parameters)]


def check_partitioning(
    partitioning: DynamicPartitioning | None,
    prefix: S3Prefix,
    processor: LambdaProcessor | None,
    *,
    append_newline: bool,
) -> None:
    """Refuse keys that partitioning, prefix and function do not agree on, and what packed records do not support."""
    if processor is not None and processor.packs_events:
        for option, given in (
            ("partitioning.queries", partitioning and partitioning.queries),
            ("partitioning.de_aggregation", partitioning and partitioning.de_aggregation),
            ("append_newline", append_newline),
        ):
            if given:
                refuse(
                    option,
                    "given",
                    "works on each record, and with this function a record holds several events",
                    "drop it, or put one event into each record and use a function of your own",
                )
    if processor is not None and processor.partition_keys is not None:
        _check_given_keys(processor.partition_keys, partitioning.lambda_keys if partitioning else ())
    if partitioning is None:
        check_unpartitioned("prefix", prefix)
        return
    if partitioning.lambda_keys and processor is None:
        refuse(
            "partitioning",
            list(partitioning.lambda_keys),
            "are keys of a function, and the stream has no processor",
            "pass processor=, or take them from the record with DynamicPartitioning.jq",
        )
    if not is_token(prefix.text):
        _check_declared_keys(partitioning, prefix)


def check_unpartitioned(option: str, prefix: S3Prefix) -> None:
    """Refuse partition keys in a prefix of a stream without dynamic partitioning, or of its backup."""
    if is_token(prefix.text):
        return
    for one in prefix.expressions:
        if one.is_partition_key:
            refuse(
                option,
                prefix.text,
                f"!{{{one.namespace}:{one.value}}} needs dynamic partitioning",
                "pass partitioning= with the prefix of the data, or use !{timestamp:...}",
            )


def _check_given_keys(given: Sequence[str], declared: Sequence[str]) -> None:
    if {*given} != {*declared}:
        refuse(
            "transform.partition_keys",
            sorted(given),
            f"are not the keys of the stream's partitioning, {sorted(declared)}",
            "name the same keys here, in partitioning=DynamicPartitioning.from_lambda([...]) and in the prefix",
        )


def _check_declared_keys(partitioning: DynamicPartitioning, prefix: S3Prefix) -> None:
    used = {(one.namespace, one.value) for one in prefix.expressions if one.is_partition_key}
    declared = {
        *((FROM_QUERY, name) for name in partitioning.queries),
        *((FROM_LAMBDA, name) for name in partitioning.lambda_keys),
    }
    for namespace, name in sorted(declared - used):
        refuse(
            "prefix",
            prefix.text,
            f"must use the partition key {name!r}: Firehose requires every declared key",
            f"add !{{{namespace}:{name}}}, or drop the key",
        )
    for namespace, name in sorted(used - declared):
        refuse(
            "prefix",
            prefix.text,
            f"!{{{namespace}:{name}}} is a key that the partitioning does not declare",
            f"declare {name!r} in DynamicPartitioning.{'jq' if namespace == FROM_QUERY else 'from_lambda'}",
        )
