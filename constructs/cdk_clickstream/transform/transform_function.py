"""The transform as a Lambda function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_clickstream._context_token import check_context_token, context_token_of
from cdk_clickstream._findings import acknowledge, ignore_lint
from cdk_clickstream._identity import check_place
from cdk_clickstream._validation import amount, checked, refuse
from cdk_clickstream.delivery.delivery_stream_base import IDeliveryStream
from cdk_clickstream.delivery.processors import LambdaProcessor
from cdk_clickstream.schema.event_schema import EventSchema
from cdk_clickstream.storage.removal import check_removal_policy
from cdk_clickstream.transform.asset import staged_transform
from cdk_clickstream.transform.blueprint import LogMessages
from cdk_clickstream.transform.kind import TransformKind
from cdk_clickstream.transform.network import FunctionNetwork, Placement
from cdk_clickstream.transform.transform import Transform


@checked
class TransformFunction(Construct):
    """The bundled transform code with a schema and options, as a function with its own role and log group.

    Parameters
    ----------
    schema:
        What an event is, or what the rows are; not for a blueprint that brings its own. Rows of
        ``Transform.per_event`` and ``Blueprint.GENERAL`` are checked by it where it is given.
        Default: the click event.
    transform:
        How the code works. Default: ``Transform.click()``.
    reject_stream:
        Where rejected events go, with their reasons. Without one, the record of a rejected event fails as a whole.
        Default: none.
    previous_tokens:
        Further tokens by which context lines are believed: the :attr:`context_token` that the function had in another
        stack, or before its stack was made again. Default: none.
    network:
        A VPC for the function. Default: none.
    log_group:
        An existing log group, whose retention is left alone. Default: a new one.
    log_retention:
        Of the new log group. Default: one month.
    log_key:
        Encrypts the new log group; its policy has to let CloudWatch Logs use it. Default: a key of that service.
    removal_policy:
        Of the new log group. Default: it is kept, unless the deployment that made it fails.

    Attributes
    ----------
    context_token:
        Token by which the function believes the context line of a record (known at deployment). An endpoint in another
        stack takes it as ``context_token=``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        schema: EventSchema | None = None,
        transform: Transform | None = None,
        reject_stream: IDeliveryStream | None = None,
        previous_tokens: Sequence[str] = (),
        network: FunctionNetwork | None = None,
        log_group: logs.ILogGroup | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        log_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        super().__init__(scope, id)
        check_removal_policy(removal_policy)
        self._transform = transform or Transform.click()
        self.schema = _schema_of(self._transform, schema)
        self._columns = _columns_of(self._transform, self.schema, given=schema is not None)
        if log_group is not None:
            reason = "a function logs to its own account and region"
            check_place("function_log_group", log_group, log_group.log_group_arn, self, reason)
        self.log_group = log_group or logs.LogGroup(
            self, "Log", retention=log_retention, encryption_key=log_key, removal_policy=removal_policy
        )
        # The managed policy for functions covers every log group of the account: this role gets its own only.
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="Lets the transform log and put rejected events",
        )
        self.log_group.grant_write(self.role)
        self.reject_stream = reject_stream
        if reject_stream is not None:
            reject_stream.grant(self.role, "firehose:PutRecordBatch")
        for token in previous_tokens:
            check_context_token("previous_tokens", token)
        self.context_token = context_token_of(self)
        environment = {"CLICKSTREAM_CONTEXT_TOKENS": ",".join([self.context_token, *previous_tokens])}
        if reject_stream is not None:
            environment["CLICKSTREAM_REJECT_STREAM"] = reject_stream.name
        placement = network.place(self, self.role) if network else None
        self.function = self._build_function(environment, placement)

    @property
    def processor(self) -> LambdaProcessor:
        """The function as a processor of a delivery stream."""
        return self._transform.processor_of(self.function)

    def allow_overflow(self, scope: Construct, stream: IDeliveryStream) -> iam.Policy:
        """Let the function requeue the records that overflow a reply into the stream that called it.

        The stream depends on the function, so the function must not depend on the stream: this is a policy of its
        own, outside the role's subtree, and the function takes the stream's name from the event.

        Parameters
        ----------
        scope:
            Where the policy is made; outside this construct.
        stream:
            The stream that calls the function.
        """
        policy = iam.Policy(scope, "Overflow")
        policy.add_statements(
            iam.PolicyStatement(actions=["firehose:PutRecordBatch"], resources=[stream.arn]),
        )
        if stream.key is not None:
            policy.add_statements(
                iam.PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[stream.key.key_arn])
            )
        # With its statements in it: for a role that somebody else makes they are all that is left of the policy.
        self.role.attach_inline_policy(policy)
        return policy

    def metric_events_received(self, stream: IDeliveryStream) -> cloudwatch.Metric:
        """Events found in the records of a stream, rejected ones included."""
        return _event_metric("EventsIn", stream)

    def metric_events_rejected(self, stream: IDeliveryStream) -> cloudwatch.Metric:
        """Events of a stream that break the schema."""
        return _event_metric("EventsRejected", stream)

    def metric_records_failed(self, stream: IDeliveryStream) -> cloudwatch.Metric:
        """Records of a stream that lie under ``errors/processing-failed/`` since the transform gave them up."""
        return _event_metric("RecordsFailed", stream)

    def metric_errors(self) -> cloudwatch.Metric:
        """Calls that failed as a whole."""
        return self.function.metric_errors()

    def metric_duration(self) -> cloudwatch.Metric:
        """Milliseconds of a call."""
        return self.function.metric_duration()

    def _build_function(self, environment: Mapping[str, str], placement: Placement | None) -> lambda_.Function:
        with staged_transform(self._transform, self._columns) as folder:
            function = lambda_.Function(
                self,
                "Function",
                description="Turns Firehose records into rows, one JSON line per event",
                code=lambda_.Code.from_asset(folder),
                handler="clickstream_transform.handler.handler",
                runtime=lambda_.Runtime.PYTHON_3_14,
                architecture=lambda_.Architecture.ARM_64,
                memory_size=amount("transform.memory", self._transform.memory, "mebibytes"),
                timeout=self._transform.timeout,
                role=self.role,
                log_group=self.log_group,
                environment=environment,
                vpc=placement.vpc if placement else None,
                vpc_subnets=placement.subnets if placement else None,
                security_groups=placement.security_groups if placement else None,
            )
        acknowledge(
            function,
            "Serverless-LambdaDLQ",
            "Firehose calls it synchronously, so a dead letter queue would stay empty: what fails is retried by "
            "Firehose and then lies under errors/processing-failed/.",
        )
        acknowledge(
            function,
            "Serverless-LambdaTracing",
            "It calls nothing on the way of a good event; its log and its metrics tell where time goes.",
        )
        resource = function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        ignore_lint(
            resource, "W3005", "The CDK writes DependsOn for the role beside the reference; the two say the same."
        )
        return function


def _schema_of(transform: Transform, given: EventSchema | None) -> EventSchema:
    """The columns of a transform's rows: its own, else those that were given."""
    if not transform.bundled:
        refuse("transform", transform.kind.value, "runs no bundled code", "leave this construct out")
    if transform.schema is not None:
        if given is not None:
            refuse("schema", "given", "the transform brings its own columns", "leave it out")
        return transform.schema
    schema = given or EventSchema.click()
    if transform.kind is TransformKind.CLICK:
        _check_names(schema)
        _check_members(transform, schema)
    return schema


def _columns_of(transform: Transform, schema: EventSchema, *, given: bool) -> dict[str, Mapping[str, Any]] | None:
    """The columns that rows are checked by; ``None`` where the bundled code makes them, or none were given."""
    if transform.kind is TransformKind.CLICK:
        return schema.compiled_columns
    makes_rows = transform.kind is TransformKind.PER_EVENT and transform.writes_columns and given
    if makes_rows or (transform.options or {}).get("parse_messages") == LogMessages.JSON.value:
        # Rows are read by the names of their members.
        return {column.json_key: column.compiled for column in schema.columns}
    return None


def _check_names(schema: EventSchema) -> None:
    """The click transform writes columns, so it takes no schema whose members have other names."""
    for name, key in schema.json_key_mappings.items():
        refuse(
            "schema",
            f"#/properties/{key}",
            "is not a column name, and the click transform writes members under their column's name",
            f"name it {name!r}",
        )


def _check_members(transform: Transform, schema: EventSchema) -> None:
    """A list takes the place of the default, so that a misspelt name would leave a column as it is, or all in one."""
    redacted = (transform.options or {}).get("redact")
    for name in redacted if isinstance(redacted, list) else ():
        schema.check_member("transform.redact", name, others=False)
    for key in transform.record_keys.values():
        if key.source == "event":
            schema.check_member("transform.partition_keys", key.detail, others=True)


def _event_metric(name: str, stream: IDeliveryStream) -> cloudwatch.Metric:
    """One of the metrics that the transform itself writes, into its log."""
    return cloudwatch.Metric(
        namespace="Clickstream/Transform",
        metric_name=name,
        dimensions_map={"DeliveryStreamName": stream.name},
        statistic="Sum",
    )
