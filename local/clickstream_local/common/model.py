"""The resources of a synthesized stack, as the local runtime sees them.

Everything here is resolved: no CloudFormation intrinsic is left. Parts of the runtime take these and nothing else,
so each can be built by hand in a test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class IntegrationResponse:
    """One entry of an integration's responses; without a selection pattern it is the default."""

    status_code: int
    selection_pattern: str | None = None
    response_templates: Mapping[str, str] = field(default_factory=dict)
    response_parameters: Mapping[str, str] = field(default_factory=dict)
    content_handling: str | None = None


@dataclass(frozen=True)
class Integration:
    """An ``AWS`` or ``MOCK`` integration.

    ``service`` and ``action`` come from the integration URI ``arn:…:apigateway:<region>:<service>:action/<action>``;
    they may hold ``{name}`` and ``${stageVariables.name}``. ``request_templates`` is keyed by MIME type;
    ``request_parameters`` as in CloudFormation (``integration.request.header.X`` to ``'literal'`` or
    ``method.request.…``). ``content_handling`` is ``CONVERT_TO_BINARY``, ``CONVERT_TO_TEXT`` or None.
    """

    type: str
    service: str | None = None
    action: str | None = None
    request_templates: Mapping[str, str] = field(default_factory=dict)
    request_parameters: Mapping[str, str] = field(default_factory=dict)
    passthrough_behavior: str = "WHEN_NO_MATCH"
    responses: tuple[IntegrationResponse, ...] = ()
    timeout_ms: int = 29_000
    content_handling: str | None = None


@dataclass(frozen=True)
class Method:
    """One method of one resource. ``request_models`` is content type to model name; ``authorizer_id`` an id."""

    logical_id: str
    http_method: str
    resource_path: str
    integration: Integration
    resource_id: str = ""
    authorization_type: str = "NONE"
    authorizer_id: str | None = None
    api_key_required: bool = False
    request_models: Mapping[str, str] = field(default_factory=dict)
    request_parameters: Mapping[str, bool] = field(default_factory=dict)
    validate_body: bool = False
    validate_parameters: bool = False
    method_responses: tuple[int, ...] = ()


@dataclass(frozen=True)
class MethodSetting:
    """Settings of one method of a stage, or of all (``*``, ``/*``).

    ``rate`` is requests a second. ``logging_level`` is OFF, ERROR or INFO; None leaves it to a wider setting.
    ``data_trace`` puts headers and bodies into the execution log too.
    """

    http_method: str
    resource_path: str
    rate: float | None = None
    burst: int | None = None
    logging_level: str | None = None
    data_trace: bool = False


def setting_of(
    settings: Iterable[MethodSetting], http_method: str, resource_path: str, *, where: Callable[[MethodSetting], bool]
) -> MethodSetting | None:
    """The setting for a method, among those that fit ``where``; of two for the same methods the first.

    The narrowest wins: one method, a path's methods, all methods of a kind, all methods.
    """
    fitting = [setting for setting in settings if where(setting)]
    for wanted in ((http_method, resource_path), ("*", resource_path), (http_method, "/*"), ("*", "/*")):
        for setting in fitting:
            if (setting.http_method, setting.resource_path) == wanted:
                return setting
    return None


@dataclass(frozen=True)
class Stage:
    """A deployed stage. ``access_log_group`` is the name of a log group."""

    logical_id: str
    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    method_settings: tuple[MethodSetting, ...] = ()
    access_log_group: str | None = None
    access_log_format: str | None = None


@dataclass(frozen=True)
class GatewayResponse:
    """What API Gateway itself answers with; parameters are keyed ``gatewayresponse.header.<name>``."""

    response_type: str
    status_code: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ApiKey:
    """An API key of a usage plan of this API."""

    logical_id: str
    id: str
    name: str
    value: str
    enabled: bool = True


@dataclass(frozen=True)
class PlanStage:
    """A stage that a usage plan opens, by name, with the throttles of its methods."""

    name: str
    throttles: tuple[MethodSetting, ...] = ()


@dataclass(frozen=True)
class UsagePlan:
    """Which keys may call which stages of this API, and how often each key.

    ``rate`` is requests a second, ``burst`` the size of the bucket; ``quota_limit`` is requests in a ``quota_period``:
    DAY, WEEK or MONTH.
    """

    logical_id: str
    id: str
    stages: tuple[PlanStage, ...]
    key_ids: tuple[str, ...]
    rate: float | None = None
    burst: int | None = None
    quota_limit: int | None = None
    quota_period: str = "DAY"


@dataclass(frozen=True)
class Authorizer:
    """A Lambda authorizer: ``type`` is TOKEN or REQUEST; other types are named as unsupported.

    ``identity_source`` holds expressions such as ``method.request.header.Authorization``. ``ttl_seconds`` is how long
    an answer is kept; 0 asks the function every time.
    """

    logical_id: str
    id: str
    name: str
    type: str
    function_arn: str | None = None
    identity_source: tuple[str, ...] = ()
    identity_validation: str | None = None
    ttl_seconds: int = 300


@dataclass(frozen=True)
class RestApi:
    """A REST API with its stages.

    ``models`` is name to JSON Schema (draft 4). ``api_key_source`` is HEADER or AUTHORIZER.
    ``minimum_compression_size`` is in bytes; None compresses no response.
    """

    logical_id: str
    id: str
    name: str
    methods: tuple[Method, ...]
    stages: tuple[Stage, ...]
    models: Mapping[str, Any] = field(default_factory=dict)
    gateway_responses: tuple[GatewayResponse, ...] = ()
    api_keys: tuple[ApiKey, ...] = ()
    usage_plans: tuple[UsagePlan, ...] = ()
    authorizers: tuple[Authorizer, ...] = ()
    api_key_source: str = "HEADER"
    binary_media_types: tuple[str, ...] = ()
    minimum_compression_size: int | None = None


@dataclass(frozen=True)
class DeliveryStream:
    """A Firehose stream: ``properties`` are the resolved CloudFormation properties."""

    logical_id: str
    name: str
    arn: str
    properties: Mapping[str, Any]

    def calls(self, function: Function) -> bool:
        """Whether a processor names a function, or a version or alias of it."""
        properties = json.dumps(self.properties)
        return f'"{function.arn}"' in properties or f'"{function.arn}:' in properties


@dataclass(frozen=True)
class Function:
    """A Lambda function; ``code_dir`` is the unpacked asset folder.

    ``reserved_concurrency`` is None where nothing is reserved; 0 keeps it from running at all. ``role`` is the ARN of
    its execution role.
    """

    logical_id: str
    name: str
    arn: str
    runtime: str
    handler: str
    code_dir: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: int = 3
    memory_mb: int = 128
    log_group: str = ""
    reserved_concurrency: int | None = None
    role: str = ""


@dataclass(frozen=True)
class Column:
    """A Glue column: name and Glue (Hive) type such as ``array<string>``."""

    name: str
    type: str


@dataclass(frozen=True)
class Table:
    """A Glue table."""

    logical_id: str
    database: str
    name: str
    columns: tuple[Column, ...]
    partition_keys: tuple[Column, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    location: str = ""


@dataclass(frozen=True)
class SavedQuery:
    """A query that Athena keeps by its name."""

    name: str
    database: str
    sql: str
    description: str = ""


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket."""

    logical_id: str
    name: str


@dataclass(frozen=True)
class KinesisStream:
    """A Kinesis data stream. ``on_demand`` streams have as many shards as the service gives a new one.

    ``max_record_kib`` bounds the data of a record together with its partition key.
    """

    logical_id: str
    name: str
    arn: str
    shard_count: int = 1
    retention_hours: int = 24
    on_demand: bool = False
    max_record_kib: int = 1024


@dataclass(frozen=True)
class SubscriptionFilter:
    """Sends the events of a log group that match ``pattern`` to a delivery stream, by its ARN."""

    logical_id: str
    name: str
    log_group: str
    destination_arn: str
    pattern: str = ""


@dataclass(frozen=True)
class LogGroup:
    """A CloudWatch log group and the log streams that the template creates in it."""

    logical_id: str
    name: str
    streams: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unsupported:
    """Something in the template that the runtime does not run; named at start-up, never silently ignored."""

    logical_id: str
    resource_type: str
    reason: str


@dataclass(frozen=True)
class Stack:
    """One stack of a cloud assembly."""

    name: str
    region: str
    account: str
    partition: str = "aws"
    rest_apis: tuple[RestApi, ...] = ()
    delivery_streams: tuple[DeliveryStream, ...] = ()
    functions: tuple[Function, ...] = ()
    tables: tuple[Table, ...] = ()
    saved_queries: tuple[SavedQuery, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    log_groups: tuple[LogGroup, ...] = ()
    kinesis_streams: tuple[KinesisStream, ...] = ()
    subscription_filters: tuple[SubscriptionFilter, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    unsupported: tuple[Unsupported, ...] = ()
