"""A whole pipeline as one construct."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream._validation import checked, refuse
from cdk_clickstream.compatibility import check_combination, check_partition_keys
from cdk_clickstream.delivery.backup import SourceBackup
from cdk_clickstream.delivery.bucket_layout import Written, check_apart, check_expiry, check_folders, expirations
from cdk_clickstream.delivery.buffering import BufferingHints
from cdk_clickstream.delivery.delivery_stream import DeliveryStream
from cdk_clickstream.delivery.folders import Folders
from cdk_clickstream.delivery.partitioning import DynamicPartitioning
from cdk_clickstream.delivery.permissions import Permissions
from cdk_clickstream.delivery.reject_stream import reject_stream
from cdk_clickstream.delivery.sources.base import EventSource
from cdk_clickstream.delivery.sources.eventbridge import EventBridgeSource
from cdk_clickstream.delivery.sources.source import Source
from cdk_clickstream.endpoint.access_log import AccessLog
from cdk_clickstream.endpoint.auth import ApiAuth
from cdk_clickstream.endpoint.cors import CorsOptions
from cdk_clickstream.endpoint.endpoint_options import EndpointOptions
from cdk_clickstream.endpoint.ingest_api import IngestApi
from cdk_clickstream.endpoint.throttle import Throttle
from cdk_clickstream.formats.input_format import InputFormat
from cdk_clickstream.formats.output_format import OutputFormat
from cdk_clickstream.monitoring.pipeline_monitoring import Monitoring, PipelineMonitoring
from cdk_clickstream.operations.grants import grant_rights
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.schema.event_schema import EventSchema
from cdk_clickstream.storage.encryption import Encryption
from cdk_clickstream.storage.event_bucket import EventBucket
from cdk_clickstream.storage.removal import check_removal_policy
from cdk_clickstream.storage.retention import Retention
from cdk_clickstream.table.event_table import EventTable, IDatabase
from cdk_clickstream.table.query_workgroup import Queries, QueryWorkgroup
from cdk_clickstream.table.table_reference import TableReference
from cdk_clickstream.transform.kind import TransformKind
from cdk_clickstream.transform.network import FunctionNetwork
from cdk_clickstream.transform.transform import Transform
from cdk_clickstream.transform.transform_function import TransformFunction


@checked
class ClickstreamPipeline(Construct):
    """HTTP endpoint, delivery stream, transform, bucket and table: click events to queryable Parquet.

    .. code-block:: python

        ClickstreamPipeline(stack, "Clickstream", auth=ApiAuth.public(reason="Visitors of the shop are not signed in."))

    Parameters
    ----------
    auth:
        Authorization of the endpoint's callers; ``None`` for no endpoint. The only option without a default.
    source:
        Source of records, beside the endpoint or instead of it; see docs/combinations.md.
        Default: ``Source.direct_put()``.
    schema:
        Schema of an event; not for a blueprint that brings its columns. Default: ``EventSchema.click()``.
    transform:
        Transform of records to rows. Default: ``Transform.click()``.
    network:
        A VPC for the function. Default: none.
    previous_tokens:
        Further tokens by which the function believes context lines, as in :class:`~cdk_clickstream.TransformFunction`:
        for a pipeline that moved to another stack, or whose stack was made again. Default: none.
    output:
        Format of the objects. Default: ``OutputFormat.parquet()``.
    table:
        An existing table whose columns the conversion uses, and whose owner keeps them those of the rows. Nothing is
        made in the Data Catalog then: no saved queries, and reading is granted by the table's owner.
        Default: a new :class:`~cdk_clickstream.EventTable`.
    database:
        An existing Glue database for the new table, such as one that Lake Formation governs, or that of another
        pipeline (``other.table.database``). Default: a new one.
    table_name:
        Name of the new table; in a database that several pipelines share each needs another. Default: ``events``.
    input_format:
        Deserializer of the conversion. Default: ``InputFormat.openx()``.
    partitioning:
        Objects grouped by values of the records; with the bundled code, by the ``partition_keys`` of the transform.
        Default: none.
    file_extension, time_zone:
        As in :class:`~cdk_clickstream.DeliveryStream`.
    folder:
        The pipeline's own folder in a bucket that several pipelines share: of events (``<folder>/events/``), of failed
        records and rejected events (``errors/<folder>/``) and of backups (``backup/<folder>/``). Pipelines of an app
        whose folders overlap are refused; those of other apps are not seen. Default: none; the first pipeline of a
        bucket needs none.
    prefix:
        Of the objects. Default: ``S3Prefix.hive("events")``, one partition per day of arrival.
    error_prefix:
        Of failed records, below ``errors/``.
        Default: ``errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/``.
    buffering:
        Hints when an object is written. Default: at 128 MiB or after 300 s.
    encryption:
        Default: ``Encryption.aws_managed()``.
    backup:
        Backup of the records as received; ``False`` for none. A one-way door: it cannot be switched off for a stream
        that has it. Default: ``SourceBackup()``, kept for 30 days; none where the objects are the records.
    bucket:
        An existing bucket, whose settings are left alone: encryption, lifecycle rules (expire ``backup/`` and
        ``errors/`` there, they hold personal data) and access logs are its owner's. Default: a new
        :class:`~cdk_clickstream.EventBucket`.
    retention:
        When the own bucket deletes what lies in it; refused beside an existing one. Default: ``Retention()``.
    log_group, function_log_group:
        An existing log group for the errors of both delivery streams, and one for the function, whose retention is
        left alone. Default: a new one each.
    log_retention:
        Retention of the new ones. Default: three months for errors, one month for the function.
    cors:
        Which pages may read the answers. Default: any origin, without credentials.
    throttle:
        Requests of all callers together. Default: ``Throttle()``.
    access_log:
        What is kept of each request, such as ``AccessLog()``, which needs the account's logging role for API Gateway:
        see there. Default: nothing, which an info annotation says at synth; ``False`` for nothing without a word.
    request_validation:
        Check of request bodies at the endpoint: ``shape`` or ``strict``, see
        :class:`~cdk_clickstream.IngestApi`. Default: ``shape``.
    endpoint:
        More about the endpoint. Default: ``EndpointOptions()``.
    queries:
        An Athena workgroup with saved queries. Default: none; Athena then reads the table in any workgroup.
    monitoring:
        Alarms and a dashboard. Default: none.
    permissions:
        Scope of the delivery roles' permissions. Default: ``Permissions()``.
    removal_policy:
        Of bucket, key, database and logs. ``DESTROY`` deletes buckets only when they are empty, and warns of that.
        Default: kept, unless the deployment that made them fails.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        auth: ApiAuth | None,
        source: EventSource | None = None,
        schema: EventSchema | None = None,
        transform: Transform | None = None,
        network: FunctionNetwork | None = None,
        previous_tokens: Sequence[str] = (),
        output: OutputFormat | None = None,
        table: TableReference | None = None,
        database: IDatabase | glue.CfnDatabase | None = None,
        table_name: str | None = None,
        input_format: InputFormat | None = None,
        partitioning: DynamicPartitioning | None = None,
        file_extension: str | None = None,
        time_zone: str | None = None,
        folder: str | None = None,
        prefix: S3Prefix | None = None,
        error_prefix: S3Prefix | None = None,
        buffering: BufferingHints | None = None,
        encryption: Encryption | None = None,
        backup: SourceBackup | Literal[False] | None = None,
        bucket: s3.IBucket | None = None,
        retention: Retention | None = None,
        log_group: logs.ILogGroup | None = None,
        function_log_group: logs.ILogGroup | None = None,
        log_retention: logs.RetentionDays | None = None,
        cors: CorsOptions | None = None,
        throttle: Throttle | None = None,
        access_log: AccessLog | Literal[False] | None = None,
        request_validation: Literal["shape", "strict"] = "shape",
        endpoint: EndpointOptions | None = None,
        queries: Queries | None = None,
        monitoring: Monitoring | None = None,
        permissions: Permissions | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        super().__init__(scope, id)
        check_removal_policy(removal_policy)
        transform = transform or Transform.click()
        source = source or Source.direct_put()
        combination = check_combination(
            source,
            transform.kind,
            endpoint=auth is not None,
            own_schema=schema is not None,
            partitioning=partitioning is not None,
        )
        if auth is not None:
            check_partition_keys(transform.record_keys, auth)
        if isinstance(source, EventBridgeSource) and transform.kind is TransformKind.CLICK:
            for name in source.members or ():
                (schema or EventSchema.click()).check_member("source.members", name, others=True)
        _check_function_options(
            transform, network=network, function_log_group=function_log_group, previous_tokens=previous_tokens or None
        )
        if not combination.supports_requeue:
            transform = transform.without_overflow()
        output = _output_for(transform, output)
        folders = Folders(folder)
        prefix = (prefix or folders.data).with_values_from(transform.record_keys)
        error_prefix = error_prefix or folders.errors
        check_folders(prefix, error_prefix, folders)
        transforms_records = output.converts or transform.kind is not TransformKind.NONE
        backup = (SourceBackup() if transforms_records else None) if backup is None else backup or None
        backup = backup.with_folders(folders) if backup else None
        check_expiry(retention, backup, own_bucket=bucket is None)
        if bucket is not None:
            check_apart(self, bucket, [Written("prefix", prefix, rows=True), Written("error_prefix", error_prefix)])
        permissions = permissions or Permissions()
        error_retention = log_retention or logs.RetentionDays.THREE_MONTHS
        makes_table = output.table_format is not None and table is None
        for option, value in (("database", database), ("table_name", table_name)):
            if value is not None and not makes_table:
                refuse(option, "given", "this pipeline makes no table", "leave it out")

        self._removal_policy = removal_policy
        encryption = (encryption or Encryption.aws_managed()).with_key(self._build_key)
        self.key = encryption.key
        self.object_key = encryption.object_key
        self._former_keys = encryption.former
        self._log_key = encryption.log_key_in(self)
        self.bucket = bucket or self._build_bucket(prefix, retention or Retention(), backup, folders)
        self._reject_stream = (
            self._build_reject_stream(folders, encryption, permissions, log_group, error_retention)
            if transform.bundled
            else None
        )
        self._transform = (
            self._build_function(
                transform,
                # The default of the table is what rows have to fit, too.
                schema or (EventSchema.click() if makes_table and transform.kind is TransformKind.PER_EVENT else None),
                previous_tokens,
                network,
                function_log_group,
                log_retention,
            )
            if transform.bundled
            else None
        )
        self._table = (
            self._build_table(prefix, transform.schema or schema, output, database, table_name, time_zone)
            if makes_table
            else None
        )
        self.workgroup = self._build_workgroup(queries) if queries else None
        self.delivery_stream = DeliveryStream(
            self,
            "Stream",
            bucket=self.bucket,
            prefix=prefix,
            error_prefix=error_prefix,
            source=source,
            output=output,
            table=table or (self._table.reference if self._table and output.converts else None),
            input_format=input_format,
            partitioning=partitioning,
            file_extension=file_extension,
            time_zone=time_zone,
            processor=self._transform.processor if self._transform else transform.own_processor,
            buffering=buffering,
            encryption=encryption,
            backup=backup,
            permissions=permissions,
            log_group=log_group,
            log_retention=error_retention,
            removal_policy=removal_policy,
        )
        if combination.supports_requeue and self._transform:
            self._transform.allow_overflow(self, self.delivery_stream)
        self._api = (
            IngestApi(
                self,
                "Ingest",
                delivery_stream=self.delivery_stream,
                auth=auth,
                one_event=transform.kind is TransformKind.NONE,
                context_token=transform.context_token,
                request_validation=request_validation,
                schema=schema,
                options=endpoint,
                cors=cors,
                throttle=throttle,
                access_log=access_log,
                log_key=self._log_key,
                removal_policy=removal_policy,
            )
            if auth
            else None
        )
        self.monitoring = self._build_monitoring(monitoring) if monitoring else None

    @property
    def api(self) -> IngestApi:
        """The endpoint.

        Raises
        ------
        ConfigurationError
            If the pipeline has none.
        """
        return self._api or refuse("auth", None, "this pipeline was made without an endpoint", "pass auth=")

    @property
    def transform(self) -> TransformFunction:
        """The function with the bundled code; refused for a pipeline that has none."""
        return self._transform or refuse(
            "transform", "none of the bundled ones", "this pipeline has no function of its own", "ask your own function"
        )

    @property
    def reject_stream(self) -> DeliveryStream:
        """The stream for rejected events; refused for a pipeline that rejects none."""
        return self._reject_stream or refuse(
            "transform", "none of the bundled ones", "nothing rejects events here", "use a transform that checks them"
        )

    @property
    def table(self) -> EventTable:
        """The table; refused for a pipeline whose objects have no columns, or that uses an existing one."""
        return self._table or refuse(
            "table",
            "none of its own",
            "this pipeline has no table that it made",
            "ask the table that was passed in, or use OutputFormat.parquet(), .orc() or .json()",
        )

    @property
    def events_url(self) -> str:
        """Address to post events to (a token)."""
        return self.api.events_url

    def grant_put_records(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a producer put records past the HTTP endpoint, into whatever the pipeline reads."""
        return self.delivery_stream.grant_put_records(grantee)

    def grant_read_events(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal read delivered events: objects, table and, if there is one, the workgroup.

        Backups, failed and rejected records stay closed: they hold raw addresses and payloads.
        """
        grant = self.table.grant_read(grantee, key=self.object_key, former_keys=self._former_keys)
        return grant.combine(self.workgroup.grant_use(grantee)) if self.workgroup else grant

    def grant_diagnose(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal find out what failed, by the commands that take ``--stack``: it changes nothing.

        It reads the stack's resources, the delivery streams, the function's configuration, the logs, and the objects:
        events, failed and rejected records and backups, with raw addresses and payloads. The configuration holds the
        token of context lines.
        """
        return grant_rights(grantee, ("diagnose",), self._streams)

    def grant_operate(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal put right what failed: what :meth:`grant_diagnose` gives, and what replaying needs.

        It puts records into whatever the pipeline reads, and deletes objects below the error prefix.
        """
        return grant_rights(grantee, ("diagnose", "operate"), self._streams)

    def metric_incoming_records(self) -> cloudwatch.Metric:
        """Records put; one request of the endpoint is one record."""
        return self.delivery_stream.metric_incoming_records()

    def metric_data_freshness(self) -> cloudwatch.Metric:
        """Age in seconds of the oldest record not yet delivered."""
        return self.delivery_stream.metric_data_freshness()

    def metric_rejected_events(self) -> cloudwatch.Metric:
        """Events that were rejected, with their reasons, below ``errors/rejected/``."""
        return self.transform.metric_events_rejected(self.delivery_stream)

    @property
    def _streams(self) -> list[DeliveryStream]:
        return [self.delivery_stream, *([self._reject_stream] if self._reject_stream else [])]

    def _build_key(self) -> kms.IKey:
        return kms.Key(
            self, "Key", description="Click events", enable_key_rotation=True, removal_policy=self._removal_policy
        )

    def _build_bucket(
        self, prefix: S3Prefix, retention: Retention, backup: SourceBackup | None, folders: Folders
    ) -> EventBucket:
        return EventBucket(
            self,
            "Bucket",
            key=self.object_key,
            expirations=expirations(prefix, retention, backup, folders),
            tiered=prefix.folder if retention.intelligent_tiering else None,
            removal_policy=self._removal_policy,
        )

    def _build_reject_stream(
        self,
        folders: Folders,
        encryption: Encryption,
        permissions: Permissions,
        log_group: logs.ILogGroup | None,
        log_retention: logs.RetentionDays,
    ) -> DeliveryStream:
        return reject_stream(
            self,
            bucket=self.bucket,
            folders=folders,
            encryption=encryption,
            permissions=permissions,
            log_group=log_group,
            log_retention=log_retention,
            removal_policy=self._removal_policy,
        )

    def _build_function(
        self,
        transform: Transform,
        schema: EventSchema | None,
        previous_tokens: Sequence[str],
        network: FunctionNetwork | None,
        log_group: logs.ILogGroup | None,
        log_retention: logs.RetentionDays | None,
    ) -> TransformFunction:
        return TransformFunction(
            self,
            "Transform",
            schema=schema,
            transform=transform,
            reject_stream=self._reject_stream,
            previous_tokens=previous_tokens,
            network=network,
            log_group=log_group,
            log_retention=log_retention or logs.RetentionDays.ONE_MONTH,
            log_key=self._log_key,
            removal_policy=self._removal_policy,
        )

    def _build_table(
        self,
        prefix: S3Prefix,
        schema: EventSchema | None,
        output: OutputFormat,
        database: IDatabase | glue.CfnDatabase | None,
        table_name: str | None,
        time_zone: str | None,
    ) -> EventTable:
        return EventTable(
            self,
            "Catalog",
            bucket=self.bucket,
            prefix=prefix,
            schema=schema or EventSchema.click(),
            output=output,
            database=database,
            table_name=table_name or "events",
            time_zone=time_zone,
            removal_policy=self._removal_policy,
        )

    def _build_monitoring(self, options: Monitoring) -> PipelineMonitoring:
        return PipelineMonitoring(
            self,
            "Monitoring",
            api=self._api,
            delivery_stream=self.delivery_stream,
            transform=self._transform,
            options=options,
        )

    def _build_workgroup(self, options: Queries) -> QueryWorkgroup:
        return QueryWorkgroup(
            self, "Queries", table=self.table, options=options, key=self.object_key, removal_policy=self._removal_policy
        )


def _check_function_options(transform: Transform, **given: object) -> None:
    for option, value in given.items():
        if value is not None and not transform.bundled:
            refuse(option, "given", "this pipeline makes no function", "set it up on your own function")


def _output_for(transform: Transform, output: OutputFormat | None) -> OutputFormat:
    """Rows without columns are delivered as they are."""
    if transform.writes_columns:
        return output or OutputFormat.parquet()
    if output is not None and output.table_format is not None:
        refuse(
            "output",
            output.table_format.classification,
            "the rows of a strict or CSV blueprint have no columns that a table could be read by",
            "use OutputFormat.raw(), or the blueprint's JSON without strict",
        )
    return output or OutputFormat.raw()
