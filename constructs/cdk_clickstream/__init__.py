"""CDK constructs that take click events from a website to a queryable lake on AWS.

:class:`ClickstreamPipeline` is the whole road; :class:`IngestApi`, :class:`DeliveryStream`,
:class:`TransformFunction` and :class:`EventTable` are its parts, each usable alone.
"""

from __future__ import annotations

from cdk_clickstream.access_log import AccessLog
from cdk_clickstream.alarms import Alarms
from cdk_clickstream.auth import ApiAuth, Quota
from cdk_clickstream.backup import SourceBackup
from cdk_clickstream.blueprint import Blueprint, LogMessages
from cdk_clickstream.buffering import BufferingHints
from cdk_clickstream.client_context import ClientContext, IpDetail, TrustedProxy
from cdk_clickstream.cors import CorsOptions
from cdk_clickstream.custom_domain import CustomDomain, ExistingDomain
from cdk_clickstream.delivery_stream import DeliveryStream
from cdk_clickstream.encryption import Encryption
from cdk_clickstream.endpoint_options import EndpointOptions
from cdk_clickstream.errors import ConfigurationError
from cdk_clickstream.event_bucket import EventBucket
from cdk_clickstream.event_source import EventSource, SourceKind
from cdk_clickstream.event_table import EventTable, TableReference
from cdk_clickstream.function_network import FunctionNetwork
from cdk_clickstream.ingest_api import IngestApi
from cdk_clickstream.input_format import InputFormat
from cdk_clickstream.lambda_processor import LambdaProcessor
from cdk_clickstream.monitoring import Monitoring, PipelineMonitoring
from cdk_clickstream.output_format import (
    Compression,
    OrcCompression,
    OrcVersion,
    OutputFormat,
    ParquetCompression,
    ParquetVersion,
)
from cdk_clickstream.partition_key import PartitionKey
from cdk_clickstream.partitioning import DeAggregation, DynamicPartitioning
from cdk_clickstream.permissions import Permissions
from cdk_clickstream.pipeline import ClickstreamPipeline
from cdk_clickstream.prefix import S3Prefix
from cdk_clickstream.query_workgroup import Queries, QueryWorkgroup
from cdk_clickstream.reach import Reach
from cdk_clickstream.record_key import RecordKey
from cdk_clickstream.retention import Retention
from cdk_clickstream.rule_source import IotSeparator
from cdk_clickstream.schema import Column, EventSchema
from cdk_clickstream.source import Source
from cdk_clickstream.target import Target
from cdk_clickstream.throttle import Throttle
from cdk_clickstream.transform import Enrichment, IpAnonymisation, Transform
from cdk_clickstream.transform_function import TransformFunction
from cdk_clickstream.vendored import VendoredPackages
from cdk_clickstream.web_acl import ExistingWebAcl, WebAcl

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
    "Enrichment",
    "EventBucket",
    "EventSchema",
    "EventSource",
    "EventTable",
    "ExistingDomain",
    "ExistingWebAcl",
    "FunctionNetwork",
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
    "Reach",
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
