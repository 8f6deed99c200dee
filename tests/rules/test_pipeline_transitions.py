"""The second deployment of a whole pipeline: every option on, off and changed, by all pairs of option sets.

What is lost, refused or cannot be undone is what docs/one-way-doors.md says, and nothing that holds data changes its
logical id or goes with its data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from cdk_clickstream import (
    AccessLog,
    ApiAuth,
    Blueprint,
    ClickstreamPipeline,
    CustomDomain,
    DynamicPartitioning,
    Encryption,
    EndpointOptions,
    EndpointType,
    FunctionNetwork,
    Monitoring,
    OutputFormat,
    PartitionKey,
    Permissions,
    Queries,
    RecordKey,
    Retention,
    S3Prefix,
    Source,
    SourceBackup,
    TableReference,
    Throttle,
    Transform,
    WebAcl,
)
from clickstream_local.plan.finding import Finding, Severity
from clickstream_local.plan.sides import StackSide
from support.checkout import CHECKOUT
from support.plans import Body, findings
from support.stacks import CONTEXT, PUBLIC

pytestmark = pytest.mark.matrix

ID = "11111111-1111-1111-1111-111111111111"
BY_SITE = {"site": PartitionKey.from_lambda("site"), "event_date": "yyyy-MM-dd"}


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:eu-west-1:111122223333:{resource}"


def _key(stack: cdk.Stack) -> kms.IKey:
    return kms.Key.from_key_arn(stack, "Given", _arn("kms", f"key/{ID}"))


def _function(stack: cdk.Stack) -> lambda_.IFunction:
    return lambda_.Function.from_function_arn(stack, "Rows", _arn("lambda", "function:rows"))


def _database(stack: cdk.Stack) -> glue.IDatabase:
    return glue.Database.from_database_arn(stack, "Lake", _arn("glue", "database/lake"))


def _topic(stack: cdk.Stack) -> sns.ITopic:
    return sns.Topic.from_topic_arn(stack, "Topic", _arn("sns", "alarms"))


def _network(stack: cdk.Stack) -> FunctionNetwork:
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-0a1b2c3d",
        availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-0a1b2c3d"],
    )
    return FunctionNetwork(vpc)


def _private(stack: cdk.Stack) -> EndpointOptions:
    endpoint = ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
        stack, "Gate", vpc_endpoint_id="vpce-0a1b2c3d", port=443
    )
    return EndpointOptions(endpoint_type=EndpointType.private(endpoint))


def _domain(stack: cdk.Stack) -> EndpointOptions:
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", _arn("acm", f"certificate/{ID}"))
    return EndpointOptions(domain=CustomDomain("a.example", certificate))


def _log_groups(stack: cdk.Stack) -> dict[str, Any]:
    group = logs.LogGroup.from_log_group_name(stack, "Group", "/team")
    return {"log_group": group, "function_log_group": group}


SETS: dict[str, Callable[[cdk.Stack], dict[str, Any]]] = {
    "nothing": lambda stack: {},
    "database": lambda stack: {
        "database": glue.Database.from_database_arn(stack, "Lake", _arn("glue", "database/lake"))
    },
    "table name": lambda stack: {"table_name": "clicks"},
    "table": lambda stack: {"table": TableReference("lake", "events")},
    "raw": lambda stack: {"output": OutputFormat.raw()},
    "json": lambda stack: {"output": OutputFormat.json()},
    "orc": lambda stack: {"output": OutputFormat.orc()},
    "queries": lambda stack: {"queries": Queries()},
    "bucket": lambda stack: {"bucket": s3.Bucket.from_bucket_name(stack, "Lake", "lake")},
    "folder": lambda stack: {"folder": "app"},
    "retention": lambda stack: {"retention": Retention(events=cdk.Duration.days(365))},
    "no backup": lambda stack: {"backup": False},
    "vault": lambda stack: {"backup": SourceBackup(bucket=s3.Bucket.from_bucket_name(stack, "Vault", "vault"))},
    "own key": lambda stack: {"encryption": Encryption.kms(logs=True)},
    "key": lambda stack: {"encryption": Encryption.kms(_key(stack))},
    "no endpoint": lambda stack: {"auth": None},
    "signed": lambda stack: {"auth": ApiAuth.iam()},
    "API key": lambda stack: {"auth": ApiAuth.api_key()},
    "authorizer": lambda stack: {
        "auth": ApiAuth.authorizer(apigateway.TokenAuthorizer(stack, "Gate", handler=_function(stack)))
    },
    "access log": lambda stack: {"access_log": AccessLog()},
    "strict": lambda stack: {"request_validation": "strict"},
    "web ACL": lambda stack: {"endpoint": EndpointOptions(web_acl=WebAcl())},
    "domain": lambda stack: {"endpoint": _domain(stack)},
    "one route": lambda stack: {"endpoint": EndpointOptions(records=False)},
    "private": lambda stack: {"endpoint": _private(stack)},
    "edge": lambda stack: {"endpoint": EndpointOptions(endpoint_type=EndpointType.edge())},
    "TLS": lambda stack: {"endpoint": EndpointOptions(minimum_tls="1.2")},
    "throttle": lambda stack: {"throttle": Throttle(rate=5, burst=5)},
    "no transform": lambda stack: {"transform": Transform.none()},
    "own function": lambda stack: {"transform": Transform.from_function(_function(stack))},
    "blueprint": lambda stack: {"transform": Transform.blueprint(Blueprint.GENERAL)},
    "network": lambda stack: {"network": _network(stack)},
    "monitoring": lambda stack: {"monitoring": Monitoring()},
    "topic": lambda stack: {
        "monitoring": Monitoring(topic=sns.Topic.from_topic_arn(stack, "T", _arn("sns", "alarms")))
    },
    "Kinesis": lambda stack: {"source": Source.kinesis()},
    "log groups": _log_groups,
    "log retention": lambda stack: {"log_retention": logs.RetentionDays.ONE_WEEK},
    "names": lambda stack: {"time_zone": "Europe/Vienna", "file_extension": ".pq"},
    "wide roles": lambda stack: {
        "permissions": Permissions(object_prefixes=False, log_streams=False, external_id=False)
    },
    "partitioning": lambda stack: {
        "transform": Transform.click(partition_keys={"site": RecordKey.event("app_id", ["shop"])}),
        "partitioning": DynamicPartitioning.from_lambda(["site"]),
        "prefix": S3Prefix.hive("events", BY_SITE),
    },
}

HOLDS_DATA = (
    "AWS::Glue::Database",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
)
"""These outlive their stack, or the option that made them."""

STATEFUL = (*HOLDS_DATA, "AWS::Athena::WorkGroup", "AWS::Glue::Table", "AWS::KinesisFirehose::DeliveryStream")


@dataclass(frozen=True)
class Door:
    """What pairs of option sets lose, or cannot do, and the words of docs/one-way-doors.md on it."""

    severity: Severity
    noun: str
    what: str
    opens: Callable[[str, str], bool]
    page: str


def _away(*names: str) -> Callable[[str, str], bool]:
    """From one of these sets to one of the others."""
    return lambda before, after: before in names and after not in names


def _to(*names: str) -> Callable[[str, str], bool]:
    return lambda before, after: after in names and before not in names


def _between(name: str) -> Callable[[str, str], bool]:
    return lambda before, after: (before == name) != (after == name)


UNBACKED = ("no backup",)
UNREJECTED = ("no transform", "own function")
# Whose own bucket holds no backups, so that the other sets begin to delete what lies there.
NO_EXPIRY = ("no backup", "vault", "bucket")

DOORS = (
    Door(Severity.LOSS, "delivery stream", "is replaced", _between("Kinesis"), "**replaces** the delivery stream"),
    Door(Severity.LOSS, "delivery stream", "begins to read", _to("Kinesis"), "Kinesis stream at its latest record"),
    Door(Severity.LOSS, "delivery stream", "is deleted", _to(*UNREJECTED), "the stream of rejected events goes"),
    Door(Severity.REFUSED, "delivery stream", "is not updated: Firehose answers", _to(*UNBACKED), "never off"),
    Door(Severity.IRREVERSIBLE, "delivery stream", "the source backup goes on", _away(*UNBACKED), "never off"),
    Door(
        Severity.REFUSED, "delivery stream", "is not updated: a stream that", _to("partitioning"), "on or off from the"
    ),
    Door(Severity.REFUSED, "delivery stream", "dynamic partitioning", _away("partitioning"), "on or off from the"),
    Door(Severity.IRREVERSIBLE, "workgroup", "is deleted", _away("queries"), "the workgroup goes with its history"),
    Door(Severity.LOSS, "log group", "keeps log events for 7", _to("log retention"), "older ones are deleted"),
    Door(Severity.LOSS, "bucket", "objects under events/", _to("retention"), "older ones are deleted"),
    Door(Severity.LOSS, "bucket", "old versions of objects under events/", _to("retention"), "older ones are deleted"),
    Door(
        Severity.LOSS, "bucket", "objects under backup/", lambda a, b: a in NO_EXPIRY and b not in NO_EXPIRY, "backup/"
    ),
    Door(
        Severity.LOSS,
        "bucket",
        "old versions of objects under backup/",
        lambda a, b: a in NO_EXPIRY and b not in NO_EXPIRY,
        "backup/",
    ),
    Door(
        Severity.UNKNOWN,
        "method",
        "asks another authorizer",
        _to("authorizer"),
        "",
    ),
)


@cache
def template_of(name: str) -> Body:
    """The template of a pipeline with a set of options."""
    context = {**CONTEXT, "aws:cdk:enable-path-metadata": True}
    stack = cdk.Stack(cdk.App(context=context, analytics_reporting=False), "Shop")
    ClickstreamPipeline(stack, "Clicks", **{"auth": PUBLIC, **SETS[name](stack)})
    body: Body = cdk.assertions.Template.from_stack(stack).to_json()
    return body


def _of_types(name: str, types: tuple[str, ...]) -> dict[str, Body]:
    return {id_: one for id_, one in template_of(name)["Resources"].items() if one["Type"] in types}


def grave(before: Body, after: Body) -> Iterator[Finding]:
    """What nobody should find out after a deployment."""
    sides = [StackSide("Shop", body, named=False) for body in (before, after)]
    wanted = (Severity.LOSS, Severity.REFUSED, Severity.IRREVERSIBLE, Severity.UNKNOWN)
    return (one for one in findings(*sides) if one.severity in wanted)


def unexplained(before: str, after: str) -> list[str]:
    """What a deployment does behind no door, and the doors that were thought open and are shut."""
    doors = [door for door in DOORS if door.opens(before, after)]
    found = list(grave(template_of(before), template_of(after)))

    def is_of(finding: Finding, door: Door) -> bool:
        known = (door.severity, door.noun) == (finding.severity, finding.subject.noun)
        return known and finding.effect.what.startswith(door.what)

    behind_none = [one for one in found if not any(is_of(one, door) for door in doors)]
    shut = [door for door in doors if not any(is_of(one, door) for one in found)]
    return [
        *(f"{before} → {after}: {one.subject.name} {one.effect.what}" for one in behind_none),
        *(f"{before} → {after}: not {door.noun} {door.what}" for door in shut if not _is_absent(door, before, after)),
    ]


def _is_absent(door: Door, before: str, after: str) -> bool:
    """Whether the thing that the door is about is not there on one side."""
    return (
        (door.noun == "bucket" and "bucket" in (before, after))
        or (door.noun == "log group" and "log groups" in (before, after))
        or (door.what == "is deleted" and door.noun == "delivery stream" and before in UNREJECTED)
        or (door.noun == "method" and "no endpoint" in (before, after))
        # A new stream takes what an old one refuses.
        or (door.severity in (Severity.REFUSED, Severity.IRREVERSIBLE) and "Kinesis" in (before, after))
    )


@pytest.mark.parametrize("before", SETS)
def test_what_a_deployment_loses_or_cannot_do_is_what_the_page_says(before: str) -> None:
    """And plan knows the effect of every option."""
    found = [unexplained(before, after) for after in SETS if after != before]
    assert [line for lines in found for line in lines] == []


def test_each_door_is_on_the_page() -> None:
    page = (CHECKOUT / "docs" / "one-way-doors.md").read_text(encoding="utf-8")
    assert [door.what for door in DOORS if door.page not in page] == []


def test_what_holds_data_keeps_its_logical_id_whatever_the_options() -> None:
    """By its construct path: an id that depends on options would be another resource."""
    ids: dict[str, set[str]] = {}
    for name in SETS:
        for id_, one in _of_types(name, STATEFUL).items():
            ids.setdefault(one["Metadata"]["aws:cdk:path"], set()).add(id_)
    assert {path: found for path, found in ids.items() if len(found) > 1} == {}


def unkept(body: Body) -> list[str]:
    """What holds data, and goes when it leaves the template."""
    return [
        id_
        for id_, one in body["Resources"].items()
        if one["Type"] in HOLDS_DATA
        and one.get("DeletionPolicy") not in ("Retain", "RetainExceptOnCreate")
        # The key of the alarms' topic holds nothing.
        and not id_.startswith("ClicksMonitoringTopicKey")
    ]


@pytest.mark.parametrize("name", SETS)
def test_what_holds_data_outlives_the_option_that_made_it(name: str) -> None:
    assert unkept(template_of(name)) == []


def test_data_that_go_with_an_option_are_seen() -> None:
    """The tests above can fail."""
    before, after = (json.loads(json.dumps(template_of(name))) for name in ("Kinesis", "nothing"))
    assert "Kinesis stream" not in {one.subject.noun for one in grave(before, after)}
    (stream,) = (id_ for id_, one in before["Resources"].items() if one["Type"] == "AWS::Kinesis::Stream")
    before["Resources"][stream]["DeletionPolicy"] = "Delete"
    assert unkept(before) == [stream]
    assert (Severity.LOSS, "Kinesis stream") in {(one.severity, one.subject.noun) for one in grave(before, after)}


def test_an_option_that_the_plan_does_not_know_is_seen() -> None:
    before = template_of("nothing")
    after: Mapping[str, Any] = json.loads(json.dumps(before))
    (stream,) = (one for id_, one in after["Resources"].items() if id_.startswith("ClicksStream351"))
    stream["Properties"]["ExtendedS3DestinationConfiguration"]["Novelty"] = True
    assert {one.severity for one in grave(before, dict(after))} == {Severity.UNKNOWN}
