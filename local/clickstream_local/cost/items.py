"""What AWS meters of a pipeline: each item with the name that a price file gives it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """Something with a price; ``unit`` is what one of it is."""

    what: str
    unit: str


ITEMS: dict[str, Item] = {
    "api-requests": Item("API requests", "requests"),
    "firehose-gb": Item("Firehose", "GB"),
    "firehose-log-gb": Item("Firehose, from CloudWatch Logs", "GB"),
    "conversion-gb": Item("Format conversion", "GB"),
    "decompression-gb": Item("Decompression", "GB"),
    "partitioning-gb": Item("Dynamic partitioning", "GB"),
    "partitioning-objects": Item("Dynamic partitioning, objects", "objects"),
    "partitioning-jq-hours": Item("Dynamic partitioning, jq", "hours"),
    "lambda-requests": Item("Lambda calls", "calls"),
    "lambda-arm-gb-seconds": Item("Lambda, arm64", "GB-s"),
    "lambda-x86-gb-seconds": Item("Lambda, x86_64", "GB-s"),
    "lambda-gb-seconds": Item("Lambda, of a function made elsewhere", "GB-s"),
    "kinesis-on-demand-hours": Item("Kinesis stream on demand", "hours"),
    "kinesis-on-demand-gb": Item("Kinesis, GB in", "GB"),
    "kinesis-shard-hours": Item("Kinesis shards", "hours"),
    "kinesis-put-units": Item("Kinesis PUT units", "units"),
    "s3-put-requests": Item("S3 PUT requests", "requests"),
    "s3-gb-months": Item("S3 storage", "GB-months"),
    "kms-keys": Item("KMS keys", "keys"),
    "kms-requests": Item("KMS requests", "requests"),
    "log-gb": Item("CloudWatch Logs", "GB"),
    "alarms": Item("CloudWatch alarms", "alarms"),
    "dashboards": Item("CloudWatch dashboards", "dashboards"),
    "waf-acls": Item("WAF web ACLs", "web ACLs"),
    "waf-rules": Item("WAF rules", "rules"),
    "waf-requests": Item("WAF requests", "requests"),
    "athena-tb": Item("Athena, bytes read", "TB"),
    "interface-endpoint-hours": Item("VPC interface endpoints", "hours"),
}
"""Key to item."""

PRICED = tuple(key for key in ITEMS if key != "lambda-gb-seconds")
"""Keys that a price file may have: of a function that is not in the template there is never a quantity."""
