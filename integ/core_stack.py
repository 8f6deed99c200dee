"""The stack with a pipeline for each thing that nobody has verified and that needs no network of its own."""

from __future__ import annotations

import os
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream import (
    AccessLog,
    ApiAuth,
    BufferingHints,
    ClickstreamPipeline,
    DynamicPartitioning,
    Encryption,
    EndpointOptions,
    InputFormat,
    Monitoring,
    PartitionKey,
    Queries,
    RecordKey,
    S3Prefix,
    Source,
    SourceBackup,
    Transform,
)
from integ.names import EVENT_SOURCE, PARTITIONS, LoggingRole, Names

_IN_GOVCLOUD = os.environ.get("CDK_DEFAULT_REGION", "").startswith("us-gov-")
SOON = BufferingHints(cdk.Size.mebibytes(64), cdk.Duration.seconds(60))
"""The shortest interval that goes with dynamic partitioning too; what is waited for is waited for by a person."""


class CoreStack(cdk.Stack):
    """Five small pipelines, all deleted with the stack, objects included.

    Parameters
    ----------
    logging_role:
        What the account has for API Gateway's logs, and so whether the endpoints have access logs.
    """

    def __init__(self, scope: Construct, id: str, *, logging_role: LoggingRole) -> None:  # noqa: A002
        super().__init__(scope, id, description="Integration run of cdk-clickstream; safe to delete")
        self._logging_role = logging_role
        self._add_main()
        self._add_keyed()
        self._add_hive()
        self._add_bus()
        self._add_partitioned()
        delete_objects(self)

    def _add_main(self) -> None:
        """Build the reference pipeline, with everything that can be looked at afterwards."""
        pipeline = ClickstreamPipeline(
            self,
            "Main",
            # A key, so that nobody but the run sends: the price of a run is known.
            auth=ApiAuth.api_key(),
            buffering=SOON,
            backup=SourceBackup(buffering=BufferingHints(interval=cdk.Duration.seconds(60))),
            access_log=access_log(self._logging_role, may_make=True),
            queries=Queries(),
            monitoring=Monitoring(),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        write_names(self, "Main", names_of(pipeline))

    def _add_keyed(self) -> None:
        """Build a pipeline with a Kinesis source, one key for all that is stored, and a minimum of TLS."""
        pipeline = ClickstreamPipeline(
            self,
            "Keyed",
            auth=ApiAuth.api_key(),
            source=Source.kinesis(shards=1),
            encryption=Encryption.kms(),
            # Which API Gateway does not have in GovCloud.
            endpoint=EndpointOptions(minimum_tls=None if _IN_GOVCLOUD else "1.2"),
            buffering=SOON,
            backup=False,
            access_log=access_log(self._logging_role),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        write_names(self, "Keyed", names_of(pipeline, kinesis_stream=pipeline.delivery_stream.target.name))

    def _add_hive(self) -> None:
        """Build a pipeline whose conversion reads with Hive's SerDe."""
        pipeline = ClickstreamPipeline(
            self,
            "Hive",
            auth=None,
            input_format=InputFormat.hive(),
            buffering=SOON,
            backup=False,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        write_names(self, "Hive", names_of(pipeline, endpoint=False))

    def _add_bus(self) -> None:
        """Build a pipeline that a rule of an event bus feeds."""
        bus = events.EventBus(self, "Orders")
        pipeline = ClickstreamPipeline(
            self,
            "Bus",
            auth=None,
            source=Source.eventbridge_rule(
                events.EventPattern(source=[EVENT_SOURCE]),
                event_bus=bus,
                members={"event_name": "order_placed", "event_id": "$.detail.id", "value": "$.detail.total"},
            ),
            buffering=SOON,
            # The bytes of the records are what is asked about.
            backup=SourceBackup(buffering=BufferingHints(interval=cdk.Duration.seconds(60))),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        write_names(self, "Bus", names_of(pipeline, endpoint=False, event_bus=bus.event_bus_name))

    def _add_partitioned(self) -> None:
        """Build a pipeline whose objects are grouped by keys of the transform."""
        pipeline = ClickstreamPipeline(
            self,
            "Partitioned",
            auth=None,
            transform=Transform.click(partition_keys={"kind": RecordKey.event("event_name", PARTITIONS)}),
            partitioning=DynamicPartitioning.from_lambda(["kind"]),
            prefix=S3Prefix.hive("events", {"kind": PartitionKey.from_lambda("kind"), "event_date": "yyyy-MM-dd"}),
            buffering=SOON,
            backup=False,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        write_names(self, "Partitioned", names_of(pipeline, endpoint=False))


def access_log(role: LoggingRole, *, may_make: bool = False) -> AccessLog | Literal[False]:
    """Return the option of an endpoint; one endpoint of the app makes the role, where it is to be made."""
    return False if role is LoggingRole.NONE else AccessLog(account_role=may_make and role is LoggingRole.MAKE)


def names_of(pipeline: ClickstreamPipeline, *, endpoint: bool = True, **others: str) -> Names:
    """Return the names of a pipeline, as tokens.

    Parameters
    ----------
    pipeline:
        Any, with a table.
    endpoint:
        Whether it has an endpoint.
    others:
        Names of what the pipeline does not make itself.
    """
    stream, table, workgroup = pipeline.delivery_stream, pipeline.table, pipeline.workgroup
    api = pipeline.api if endpoint else None
    return Names(
        stream=stream.name,
        role=stream.role.role_name,
        log_group=stream.log.group.log_group_name,
        bucket=pipeline.bucket.bucket_name,
        database=table.database_name,
        table=table.table_name,
        workgroup=workgroup.name if workgroup else "",
        stage_url=api.rest_api.url if api else "",
        api_name=api.rest_api.rest_api_name if api else "",
        key_id=api.key.key_id if api and api.key else "",
        context_token=pipeline.transform.context_token if endpoint else "",
        access_log=api.access_log.log_group_name if api and api.access_log else "",
        **others,
    )


def write_names(stack: cdk.Stack, pipeline: str, names: Names) -> None:
    """Write the names as outputs of the stack."""
    for name, value in names.outputs(pipeline).items():
        cdk.CfnOutput(stack, name, value=value)


def delete_objects(stack: cdk.Stack) -> None:
    """Have the objects of each bucket deleted with the stack, or the buckets could not be."""
    cdk.Mixins.of(stack).apply(s3.mixins.BucketAutoDeleteObjects())
    cdk.Annotations.of(stack).acknowledge_warning("cdk-clickstream:bucket-not-emptied")
