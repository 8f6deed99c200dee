"""The second deployment: what an update of the delivery stream leaves out keeps its value, so nothing may be left out.

The members come from the schema of CloudFormation's registry, which cfn-lint carries, and not from our options.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from cdk_clickstream import (
    BufferingHints,
    Compression,
    DynamicPartitioning,
    Encryption,
    InputFormat,
    LambdaProcessor,
    OutputFormat,
    Permissions,
    S3Prefix,
    Source,
    SourceBackup,
    TableReference,
)
from clickstream_local.plan.finding import Severity
from support.plans import findings, one, stack
from support.stacks import STREAM, Synthesized, new_stack, stream_in

S3 = "ExtendedS3DestinationConfiguration"
CONVERSION = "DataFormatConversionConfiguration"
PARTITIONED = S3Prefix("raw/!{partitionKeyFromQuery:tenant}/!{timestamp:yyyy}/")
TABLE = TableReference("clicks", "events")


def _function(stack: cdk.Stack) -> LambdaProcessor:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:rows"
    return LambdaProcessor(lambda_.Function.from_function_arn(stack, "Rows", arn))


def _key(stack: cdk.Stack) -> kms.IKey:
    return kms.Key.from_key_arn(stack, "Given", "arn:aws:kms:eu-west-1:111122223333:key/11111111")


def _parquet(**more: Any) -> dict[str, Any]:
    return {"output": OutputFormat.parquet(), "table": TABLE, **more}


SETS: dict[str, Callable[[cdk.Stack], dict[str, Any]]] = {
    "nothing": lambda stack: {},
    "gzip": lambda stack: {"output": OutputFormat.json()},
    "zip": lambda stack: {"output": OutputFormat.raw(compression=Compression.ZIP)},
    "function": lambda stack: {"processor": _function(stack)},
    "newlines": lambda stack: {"append_newline": True},
    "backup": lambda stack: {"processor": _function(stack), "backup": SourceBackup()},
    "parquet": lambda stack: _parquet(),
    "parquet with backup": lambda stack: _parquet(backup=SourceBackup(compression=Compression.NONE)),
    "parquet read by Hive": lambda stack: _parquet(input_format=InputFormat.hive()),
    "parquet by another account's table": lambda stack: _parquet(
        table=TableReference("clicks", "events", catalog_id="222222222222", region="us-east-1", version_id="3")
    ),
    "orc": lambda stack: {"output": OutputFormat.orc(), "table": TABLE},
    "names": lambda stack: {"file_extension": ".log", "time_zone": "Europe/Vienna"},
    "other folders": lambda stack: {"prefix": S3Prefix("new/"), "error_prefix": S3Prefix("broken/")},
    "buffering": lambda stack: {"buffering": BufferingHints(size=cdk.Size.mebibytes(1))},
    "key": lambda stack: {"encryption": Encryption.kms(_key(stack))},
    "wide role": lambda stack: {"permissions": Permissions(object_prefixes=False, log_streams=False)},
    "partitioning": lambda stack: {
        "partitioning": DynamicPartitioning.jq({"tenant": ".tenant"}),
        "prefix": PARTITIONED,
    },
    "Kinesis": lambda stack: {"source": Source.kinesis()},
    "hint": lambda stack: {"source": Source.direct_put(throughput_hint=5)},
}


@cache
def stream_with(name: str) -> dict[str, Any]:
    """Properties of the delivery stream with a set of options."""
    made = new_stack()
    stream_in(made, **SETS[name](made))
    return Synthesized(made).only(STREAM)


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", STREAM).schema
    return schema


def _members(definition: str) -> list[str]:
    return list(_schema()["definitions"][definition]["properties"])


def vanished(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Members of the destination that an update would leave as they were, although they were taken away.

    The conversion is merged member by member, too (facts/firehose.md#updates); while it is off, its members do nothing.
    """
    yield from (name for name in _members(S3) if name in before and name not in after)
    old, new = before.get(CONVERSION, {}), after.get(CONVERSION, {})
    if new.get("Enabled") is True:
        yield from (f"{CONVERSION}.{name}" for name in _members(CONVERSION) if name in old and name not in new)
        old, new = old.get("SchemaConfiguration", {}), new["SchemaConfiguration"]
        yield from (f"SchemaConfiguration.{x}" for x in _members("SchemaConfiguration") if x in old and x not in new)


def severities(before: str, after: str) -> set[Severity]:
    """How bad ``clickstream plan`` finds the change of the delivery stream."""
    old, new = (stack({"Stream": one(STREAM, stream_with(name))}) for name in (before, after))
    return {finding.severity for finding in findings(old, new)}


def test_no_member_of_the_destination_vanishes_from_one_deployment_to_the_next() -> None:
    """Unless the update is refused or replaces the stream: doors that docs/one-way-doors.md has."""
    lost = {}
    for before, after in itertools.permutations(SETS, 2):
        gone = [*vanished(stream_with(before)[S3], stream_with(after)[S3])]
        if gone and not severities(before, after) & {Severity.REFUSED, Severity.LOSS}:
            lost[before, after] = gone
    assert lost == {}


@pytest.mark.parametrize("name", _members(S3))
def test_a_member_that_vanishes_is_seen(name: str) -> None:
    """The test above can fail, at each member that the schema has and some set of options writes."""
    written = [found[S3] for found in map(stream_with, SETS) if name in found[S3]]
    assert written, f"no set of options writes {name}"
    without = {member: value for member, value in written[0].items() if member != name}
    assert name in [*vanished(written[0], without)]


def test_a_member_of_the_conversion_that_vanishes_is_seen() -> None:
    before = stream_with("parquet by another account's table")[S3]
    conversion = before[CONVERSION]
    schema = {name: value for name, value in conversion["SchemaConfiguration"].items() if name != "CatalogId"}
    assert [*vanished(before, {**before, CONVERSION: {**conversion, "SchemaConfiguration": schema}})] == [
        "SchemaConfiguration.CatalogId"
    ]
    less = {name: value for name, value in conversion.items() if name != "InputFormatConfiguration"}
    assert [*vanished(before, {**before, CONVERSION: less})] == [f"{CONVERSION}.InputFormatConfiguration"]


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        ("function", "backup", Severity.IRREVERSIBLE),
        ("backup", "function", Severity.REFUSED),
        ("nothing", "partitioning", Severity.REFUSED),
        ("partitioning", "nothing", Severity.REFUSED),
        ("nothing", "Kinesis", Severity.LOSS),
        ("Kinesis", "nothing", Severity.LOSS),
        ("nothing", "hint", Severity.LOSS),
        ("hint", "nothing", Severity.LOSS),
    ],
)
def test_a_door_is_as_far_open_as_the_page_says(before: str, after: str, severity: Severity) -> None:
    """docs/one-way-doors.md."""
    assert severity in severities(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("function", "nothing"),
        ("parquet", "gzip"),
        ("parquet", "zip"),
        ("parquet read by Hive", "parquet"),
        ("parquet by another account's table", "parquet"),
        ("names", "nothing"),
        ("newlines", "nothing"),
        ("key", "nothing"),
    ],
)
def test_what_can_be_taken_back_is_neither_refused_nor_lost(before: str, after: str) -> None:
    assert not severities(before, after) & {Severity.REFUSED, Severity.LOSS}
