"""Turns a template's resources into the runtime's model of a stack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from clickstream_local.assembly.circular import check_circular
from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.functions import read_functions
from clickstream_local.assembly.properties import unsupported_properties
from clickstream_local.assembly.rest_apis import read_rest_apis
from clickstream_local.assembly.stack_template import Resource, StackTemplate
from clickstream_local.common.model import (
    Bucket,
    Column,
    DeliveryStream,
    KinesisStream,
    LogGroup,
    SavedQuery,
    Stack,
    SubscriptionFilter,
    Table,
    Unsupported,
)

# Types that the runtime runs, and types that have nothing to run: permissions, keys, names, deployments.
_RUN = frozenset(
    {
        "AWS::ApiGateway::ApiKey",
        "AWS::ApiGateway::Authorizer",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::GatewayResponse",
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::Model",
        "AWS::ApiGateway::RequestValidator",
        "AWS::ApiGateway::Resource",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "AWS::ApiGateway::UsagePlan",
        "AWS::ApiGateway::UsagePlanKey",
        "AWS::Glue::Table",
        "AWS::Kinesis::Stream",
        "AWS::KinesisFirehose::DeliveryStream",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::Logs::LogStream",
        "AWS::Logs::SubscriptionFilter",
        "AWS::S3::Bucket",
    }
)
_NOTHING_TO_RUN = frozenset(
    {
        "AWS::ApiGateway::Account",
        "AWS::Athena::NamedQuery",
        "AWS::Athena::WorkGroup",
        "AWS::CDK::Metadata",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::Glue::Database",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
        "AWS::LakeFormation::PrincipalPermissions",
        "AWS::Lambda::Permission",
        "AWS::Logs::ResourcePolicy",
        "AWS::S3::BucketPolicy",
    }
)


def read_stack(template: StackTemplate) -> Stack:
    """The model of one stack; what the runtime cannot run is listed in ``unsupported``.

    A resource that cannot be resolved, lacks a property or has a value of another type there is left out and named: the
    rest may run without it.

    Raises
    ------
    AssemblyError
        The template itself cannot be read.
    """
    while True:
        try:
            return _read(template)
        except KeyError as error:
            reason = f"{error} is missing"
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            reason = f"a property has a value of another type: {error}"
        except AssemblyError as error:
            if template.current is None:
                raise
            reason = str(error).removeprefix(f"{template.place}: ")
        if template.current is None:
            raise AssemblyError(f"{template.place}: {reason}")
        template.left_out[template.current] = reason


def _read(template: StackTemplate) -> Stack:
    template.at("its resources")
    check_circular(template)
    outputs_unsupported: list[Unsupported] = []
    functions, functions_unsupported = read_functions(template)
    rest_apis, apis_unsupported = read_rest_apis(template)
    return Stack(
        name=template.stack,
        region=template.region,
        account=template.account,
        partition=template.partition,
        rest_apis=rest_apis,
        delivery_streams=tuple(
            _delivery_stream(template, stream) for stream in _all(template, "KinesisFirehose::DeliveryStream")
        ),
        functions=functions,
        tables=tuple(_tables(template)),
        saved_queries=tuple(_saved_query(query) for query in _all(template, "Athena::NamedQuery")),
        buckets=tuple(Bucket(r.logical_id, template.name_of(r.logical_id)) for r in _all(template, "S3::Bucket")),
        log_groups=tuple(_log_groups(template)),
        kinesis_streams=tuple(_kinesis_stream(template, stream) for stream in _all(template, "Kinesis::Stream")),
        subscription_filters=tuple(
            _subscription_filter(template, found) for found in _all(template, "Logs::SubscriptionFilter")
        ),
        outputs=dict(_outputs(template, outputs_unsupported)),
        unsupported=(
            *_macros(template),
            *outputs_unsupported,
            *_left_out(template),
            *functions_unsupported,
            *apis_unsupported,
            *_unsupported_properties(template),
            *_unknown_types(template),
        ),
    )


def _all(template: StackTemplate, resource_type: str) -> Iterator[Resource]:
    return template.resources(f"AWS::{resource_type}")


def _delivery_stream(template: StackTemplate, resource: Resource) -> DeliveryStream:
    return DeliveryStream(
        logical_id=resource.logical_id,
        name=template.name_of(resource.logical_id),
        arn=template.arn_of(resource.logical_id),
        properties=resource.properties,
    )


def _kinesis_stream(template: StackTemplate, resource: Resource) -> KinesisStream:
    properties = resource.properties
    # A stream on demand begins with four shards.
    on_demand = (properties.get("StreamModeDetails") or {}).get("StreamMode") == "ON_DEMAND"
    shard_count = 4 if on_demand else int(properties.get("ShardCount", 1))
    if shard_count < 1:
        raise ValueError(f"ShardCount is {shard_count}: it must be at least 1")
    return KinesisStream(
        logical_id=resource.logical_id,
        name=template.name_of(resource.logical_id),
        arn=template.arn_of(resource.logical_id),
        shard_count=shard_count,
        retention_hours=int(properties.get("RetentionPeriodHours", 24)),
        max_record_kib=int(properties.get("MaxRecordSizeInKiB", 1024)),
        on_demand=on_demand,
    )


def _subscription_filter(template: StackTemplate, resource: Resource) -> SubscriptionFilter:
    properties = resource.properties
    return SubscriptionFilter(
        logical_id=resource.logical_id,
        name=template.name_of(resource.logical_id),
        log_group=str(properties["LogGroupName"]),
        destination_arn=str(properties["DestinationArn"]),
        pattern=str(properties.get("FilterPattern", "")),
    )


def _outputs(template: StackTemplate, unsupported: list[Unsupported]) -> Iterator[tuple[str, Any]]:
    outputs = template.body.get("Outputs", {})
    for name, output in outputs.items():
        template.at(f"output {name!r}")
        try:
            if template.holds(output):
                yield name, template.resolver.resolve(output["Value"])
        except (AssemblyError, AttributeError, KeyError, TypeError) as error:
            unsupported.append(Unsupported(name, "Output", str(error)))


def _left_out(template: StackTemplate) -> Iterator[Unsupported]:
    for logical_id, reason in template.left_out.items():
        yield Unsupported(logical_id, template.body["Resources"][logical_id]["Type"], reason)


def _tables(template: StackTemplate) -> Iterator[Table]:
    # A table that is only OpenTableFormatInput is named with that property, which does not run.
    return (_table(template, found) for found in _all(template, "Glue::Table") if "TableInput" in found.properties)


def _table(template: StackTemplate, resource: Resource) -> Table:
    table = resource.properties["TableInput"]
    storage = table.get("StorageDescriptor", {})
    parameters = table.get("Parameters", {})
    return Table(
        logical_id=resource.logical_id,
        database=str(resource.properties["DatabaseName"]),
        name=template.name_of(resource.logical_id),
        columns=_columns(storage.get("Columns", [])),
        partition_keys=_columns(table.get("PartitionKeys", [])),
        parameters=json.loads(parameters) if isinstance(parameters, str) else parameters,
        location=storage.get("Location", ""),
    )


def _saved_query(resource: Resource) -> SavedQuery:
    properties = resource.properties
    return SavedQuery(
        name=str(properties.get("Name", resource.logical_id)),
        database=str(properties["Database"]),
        sql=str(properties["QueryString"]),
        description=str(properties.get("Description", "")),
    )


def _columns(columns: list[dict[str, Any]]) -> tuple[Column, ...]:
    # CloudFormation takes a column without a type; Glue then has a string.
    return tuple(Column(column["Name"], column.get("Type", "string")) for column in columns)


def _log_groups(template: StackTemplate) -> Iterator[LogGroup]:
    streams: dict[str, list[str]] = {}
    for stream in _all(template, "Logs::LogStream"):
        streams.setdefault(stream.properties["LogGroupName"], []).append(template.name_of(stream.logical_id))
    for group in _all(template, "Logs::LogGroup"):
        name = template.name_of(group.logical_id)
        yield LogGroup(group.logical_id, name, tuple(streams.get(name, ())))


def _macros(template: StackTemplate) -> Iterator[Unsupported]:
    template.at("Transform")
    transforms = template.body.get("Transform", [])
    for name in [transforms] if isinstance(transforms, str) else transforms:
        reason = f"Transform {name!r}: macros are not expanded; give the template that CloudFormation makes of it"
        yield Unsupported(template.stack, "AWS::CloudFormation::Stack", reason)


def _unsupported_properties(template: StackTemplate) -> Iterator[Unsupported]:
    for resource in template.resources(*_RUN):
        for path in unsupported_properties(resource.type, resource.properties):
            yield Unsupported(resource.logical_id, resource.type, f"{path}: this property is not run locally")


def _unknown_types(template: StackTemplate) -> Iterator[Unsupported]:
    for logical_id, resource_type in template.types():
        if resource_type not in _RUN and resource_type not in _NOTHING_TO_RUN:
            yield Unsupported(logical_id, resource_type, "the local runtime does not run this resource type")
