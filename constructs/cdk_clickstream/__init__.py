"""CDK constructs that take click events from a website to a queryable lake on AWS.

:class:`ClickstreamPipeline` is the whole road; :class:`IngestApi`, :class:`DeliveryStream`,
:class:`TransformFunction` and :class:`EventTable` are its parts, each usable alone.
"""

from __future__ import annotations

from cdk_clickstream._validation import ConfigurationError
from cdk_clickstream.delivery.backup import SourceBackup
from cdk_clickstream.delivery.buffering import BufferingHints
from cdk_clickstream.delivery.delivery_stream import DeliveryStream
from cdk_clickstream.delivery.delivery_stream_base import IDeliveryStream
from cdk_clickstream.delivery.partitioning import DeAggregation, DynamicPartitioning
from cdk_clickstream.delivery.permissions import Permissions
from cdk_clickstream.delivery.processors import LambdaProcessor
from cdk_clickstream.delivery.put_target import Target
from cdk_clickstream.delivery.sources.base import EventSource, SourceKind
from cdk_clickstream.delivery.sources.iot import IotSeparator
from cdk_clickstream.delivery.sources.source import Source
from cdk_clickstream.endpoint.access_log import AccessLog
from cdk_clickstream.endpoint.auth import ApiAuth, Quota
from cdk_clickstream.endpoint.client_context import ClientContext, IpDetail, TrustedProxy
from cdk_clickstream.endpoint.cors import CorsOptions
from cdk_clickstream.endpoint.custom_domain import CustomDomain, ExistingDomain
from cdk_clickstream.endpoint.endpoint_options import EndpointOptions
from cdk_clickstream.endpoint.endpoint_type import EndpointType
from cdk_clickstream.endpoint.ingest_api import IngestApi
from cdk_clickstream.endpoint.throttle import Throttle
from cdk_clickstream.endpoint.web_acl import ExistingWebAcl, WebAcl
from cdk_clickstream.formats.input_format import InputFormat
from cdk_clickstream.formats.output_format import (
    Compression,
    OrcCompression,
    OrcVersion,
    OutputFormat,
    ParquetCompression,
    ParquetVersion,
)
from cdk_clickstream.monitoring.alarms import Alarms
from cdk_clickstream.monitoring.pipeline_monitoring import Monitoring, PipelineMonitoring
from cdk_clickstream.partitions.partition_key import PartitionKey
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.partitions.record_key import RecordKey
from cdk_clickstream.pipeline import ClickstreamPipeline
from cdk_clickstream.schema.column import Column
from cdk_clickstream.schema.event_schema import EventSchema
from cdk_clickstream.storage.encryption import Encryption
from cdk_clickstream.storage.event_bucket import EventBucket
from cdk_clickstream.storage.retention import Retention
from cdk_clickstream.table.event_table import EventTable
from cdk_clickstream.table.query_workgroup import Queries, QueryWorkgroup
from cdk_clickstream.table.table_reference import TableReference
from cdk_clickstream.transform.blueprint import Blueprint, LogMessages
from cdk_clickstream.transform.network import FunctionNetwork
from cdk_clickstream.transform.transform import Enrichment, IpAnonymisation, Transform
from cdk_clickstream.transform.transform_function import TransformFunction
from cdk_clickstream.transform.vendored import VendoredPackages

__all__ = [
    "AccessLog",
    "Alarms",
    "ApiAuth",
    "Blueprint",
    "BufferingHints",
    "ClickstreamPipeline",
    "ClientContext",
    "Column",
    "Compression",
    "ConfigurationError",
    "CorsOptions",
    "CustomDomain",
    "DeAggregation",
    "DeliveryStream",
    "DynamicPartitioning",
    "Encryption",
    "EndpointOptions",
    "EndpointType",
    "Enrichment",
    "EventBucket",
    "EventSchema",
    "EventSource",
    "EventTable",
    "ExistingDomain",
    "ExistingWebAcl",
    "FunctionNetwork",
    "IDeliveryStream",
    "IngestApi",
    "InputFormat",
    "IotSeparator",
    "IpAnonymisation",
    "IpDetail",
    "LambdaProcessor",
    "LogMessages",
    "Monitoring",
    "OrcCompression",
    "OrcVersion",
    "OutputFormat",
    "ParquetCompression",
    "ParquetVersion",
    "PartitionKey",
    "Permissions",
    "PipelineMonitoring",
    "Queries",
    "QueryWorkgroup",
    "Quota",
    "RecordKey",
    "Retention",
    "S3Prefix",
    "Source",
    "SourceBackup",
    "SourceKind",
    "TableReference",
    "Target",
    "Throttle",
    "Transform",
    "TransformFunction",
    "TrustedProxy",
    "VendoredPackages",
    "WebAcl",
]
