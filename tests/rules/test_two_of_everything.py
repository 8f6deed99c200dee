"""The second pipeline: two of them share each thing that docs/existing.md names, or are refused with the way out.

What a template holds is judged here without the library's own rules: names by the registry's schemas, folders by the
keys of objects that Firehose would write.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from cfnlint.api import ManualArgs, lint
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from constructs import Construct

from cdk_clickstream import (
    AccessLog,
    ApiAuth,
    ClickstreamPipeline,
    ConfigurationError,
    CustomDomain,
    Encryption,
    EndpointOptions,
    EndpointType,
    ExistingDomain,
    ExistingWebAcl,
    FunctionNetwork,
    Monitoring,
    Queries,
    S3Prefix,
    Source,
    SourceBackup,
    TableReference,
    Transform,
    WebAcl,
    _claims,
)
from cdk_clickstream.delivery import bucket_layout
from cdk_clickstream.transform import network
from support.stacks import CONTEXT, PUBLIC, STREAM, flat

pytestmark = pytest.mark.matrix

Options = Callable[[int], Mapping[str, Any]]
"""Options of the first pipeline and of the second."""

NAMES = ("web", "app")
ID = "11111111-1111-1111-1111-111111111111"
ISOLATED = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:eu-west-1:111122223333:{resource}"


def same(**options: Any) -> Options:
    """Both pipelines have the same options."""
    return lambda _: options


def _bucket(scope: Construct) -> s3.IBucket:
    return s3.Bucket(scope, "Lake")


def _vpc(scope: Construct) -> ec2.IVpc:
    return ec2.Vpc(scope, "Vpc", nat_gateways=0, max_azs=1)


def _imported_vpc(scope: Construct) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-0a1b2c3d", availability_zones=["eu-west-1a"], isolated_subnet_ids=["subnet-0a1b2c3d"]
    )


def _function(scope: Construct) -> lambda_.IFunction:
    return lambda_.Function(
        scope,
        "Rows",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("handler = print"),
        timeout=cdk.Duration.minutes(1),
    )


def _certificate(scope: Construct) -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(scope, "Certificate", arn("acm", f"certificate/{ID}"))


def _domain(scope: Construct) -> apigateway.IDomainName:
    return apigateway.DomainName(scope, "Domain", domain_name="a.example", certificate=_certificate(scope))


def _log_groups(group: logs.ILogGroup) -> Options:
    return same(log_group=group, function_log_group=group, access_log=AccessLog(group=group))


def _paths(domain: apigateway.IDomainName) -> Options:
    return lambda one: {"endpoint": EndpointOptions(domain=ExistingDomain(domain, base_path=NAMES[one]))}


def _tables(database: glue.IDatabase) -> Options:
    return lambda one: {"database": database, "table_name": NAMES[one]}


def _in_folders(**options: Any) -> Options:
    """The first pipeline is as it was when it was alone."""
    return lambda one: options | ({"folder": NAMES[one]} if one else {})


def _service_log(group: logs.ILogGroup) -> Options:
    return same(auth=None, source=Source.cloudwatch_logs(group))


def _rule(bus: events.IEventBus) -> Options:
    rule = Source.eventbridge_rule(events.EventPattern(source=["shop"]), event_bus=bus, members={"event_name": "order"})
    return same(auth=None, source=rule)


MADE: dict[str, Callable[[Construct], Options]] = {
    "nothing": lambda scope: same(),
    "nothing, with all that has a name": lambda scope: same(
        access_log=AccessLog(),
        encryption=Encryption.kms(logs=True),
        endpoint=EndpointOptions(web_acl=WebAcl()),
        monitoring=Monitoring(),
        queries=Queries(),
    ),
    "bucket": lambda scope: same(bucket=_bucket(scope)),
    "bucket, other events": lambda scope: _others(_bucket(scope)),
    "bucket, a folder": lambda scope: _in_folders(bucket=_bucket(scope)),
    "bucket of backups": lambda scope: same(backup=SourceBackup(bucket=_bucket(scope))),
    "bucket of backups, a folder": lambda scope: _in_folders(backup=SourceBackup(bucket=_bucket(scope))),
    "database": lambda scope: same(database=glue.Database(scope, "Lake")),
    "database, a table each": lambda scope: _tables(glue.Database(scope, "Lake", database_name="lake")),
    "table": lambda scope: same(table=TableReference("lake", "events")),
    "key": lambda scope: same(encryption=Encryption.kms(kms.Key(scope, "Key"), logs=True)),
    "VPC": lambda scope: same(network=FunctionNetwork(_vpc(scope), ISOLATED)),
    "VPC, with an endpoint": lambda scope: same(
        network=FunctionNetwork(_with_endpoint(_vpc(scope)), ISOLATED, firehose_endpoint=False)
    ),
    "log groups": lambda scope: _log_groups(logs.LogGroup(scope, "Group")),
    "log group to read": lambda scope: _service_log(logs.LogGroup(scope, "Service")),
    "topic": lambda scope: same(monitoring=Monitoring(topic=sns.Topic(scope, "Topic", enforce_ssl=True))),
    "action": lambda scope: same(monitoring=Monitoring(action=actions.SnsAction(sns.Topic(scope, "Topic")))),
    "action of a function": lambda scope: same(monitoring=Monitoring(action=actions.LambdaAction(_function(scope)))),
    "function": lambda scope: same(transform=Transform.from_function(_function(scope))),
    "Kinesis stream": lambda scope: same(source=Source.kinesis(kinesis.Stream(scope, "Clicks"))),
    "event bus": lambda scope: _rule(events.EventBus(scope, "Bus")),
    "authorizer": lambda scope: same(auth=ApiAuth.authorizer(_authorizer(scope, "Gate"))),
    "authorizer each": lambda scope: lambda one: {"auth": ApiAuth.authorizer(_authorizer(scope, NAMES[one]))},
    "API key": lambda scope: same(auth=ApiAuth.api_key(key=apigateway.ApiKey(scope, "Partner"))),
    "domain": lambda scope: same(endpoint=EndpointOptions(domain=ExistingDomain(_domain(scope)))),
    "domain, a path each": lambda scope: _paths(_domain(scope)),
    "name of a domain": lambda scope: same(
        endpoint=EndpointOptions(domain=CustomDomain("a.example", _certificate(scope)))
    ),
    "VPC endpoint of a private API": lambda scope: same(
        endpoint=EndpointOptions(
            endpoint_type=EndpointType.private(
                _vpc(scope).add_interface_endpoint("Api", service=ec2.InterfaceVpcEndpointAwsService.APIGATEWAY)
            )
        )
    ),
    "logging role of the account": lambda scope: same(access_log=AccessLog(account_role=True)),
    "logging role of the account, set once": lambda scope: lambda one: {"access_log": AccessLog(account_role=not one)},
}
"""What is made in the app, and passed to both."""

IMPORTED: dict[str, Callable[[Construct], Options]] = {
    "nothing": MADE["nothing"],
    "nothing, with all that has a name": MADE["nothing, with all that has a name"],
    "bucket": lambda scope: same(bucket=s3.Bucket.from_bucket_arn(scope, "Lake", "arn:aws:s3:::lake")),
    "bucket of an export": lambda scope: same(
        bucket=s3.Bucket.from_bucket_name(scope, "Lake", cdk.Fn.import_value("Lake"))
    ),
    "bucket, a folder": lambda scope: _in_folders(bucket=s3.Bucket.from_bucket_name(scope, "Lake", "lake")),
    "bucket of backups": lambda scope: same(
        backup=SourceBackup(bucket=s3.Bucket.from_bucket_name(scope, "Lake", "lake"))
    ),
    "database": lambda scope: same(
        database=glue.Database.from_database_arn(scope, "Lake", arn("glue", "database/lake"))
    ),
    "database, a table each": lambda scope: _tables(
        glue.Database.from_database_arn(scope, "Lake", arn("glue", "database/lake"))
    ),
    "table": MADE["table"],
    "key": lambda scope: same(encryption=Encryption.kms(kms.Key.from_key_arn(scope, "Key", arn("kms", f"key/{ID}")))),
    "VPC": lambda scope: same(network=FunctionNetwork(_imported_vpc(scope), ISOLATED)),
    "VPC, with an endpoint": lambda scope: same(
        network=FunctionNetwork(_imported_vpc(scope), ISOLATED, firehose_endpoint=False)
    ),
    "log groups": lambda scope: _log_groups(logs.LogGroup.from_log_group_name(scope, "Group", "/team")),
    "log group to read": lambda scope: _service_log(logs.LogGroup.from_log_group_name(scope, "Service", "/service")),
    "topic": lambda scope: same(
        monitoring=Monitoring(topic=sns.Topic.from_topic_arn(scope, "Topic", arn("sns", "alarms")))
    ),
    "function": lambda scope: same(
        transform=Transform.from_function(
            lambda_.Function.from_function_arn(scope, "Rows", arn("lambda", "function:rows"))
        )
    ),
    "Kinesis stream": lambda scope: same(
        source=Source.kinesis(kinesis.Stream.from_stream_arn(scope, "Source", arn("kinesis", "stream/clicks")))
    ),
    "event bus": lambda scope: _rule(events.EventBus.from_event_bus_name(scope, "Bus", "shop")),
    "API key": lambda scope: same(auth=ApiAuth.api_key(key=apigateway.ApiKey.from_api_key_id(scope, "Partner", "key"))),
    "domain": lambda scope: same(endpoint=EndpointOptions(domain=ExistingDomain(_imported_domain(scope)))),
    "domain, a path each": lambda scope: _paths(_imported_domain(scope)),
    "name of a domain": MADE["name of a domain"],
    "web ACL": lambda scope: same(
        endpoint=EndpointOptions(web_acl=ExistingWebAcl(arn("wafv2", f"regional/webacl/x/{ID}")))
    ),
    "logging role of the account": MADE["logging role of the account"],
}
"""What is imported twice, once for each pipeline."""

WAYS_OUT = {
    "bucket": "folder=",
    "bucket, other events": "folder=",
    "bucket of an export": "folder=",
    "bucket of backups": "folder=",
    "database": "table_name=",
    "VPC": "firehose_endpoint=False",
    "action of a function": "LambdaSubscription",
    "authorizer": "one for each REST API",
    "authorizer each": "one for each REST API",
    "domain": "base_path=",
    "name of a domain": "ExistingDomain(",
    "logging role of the account": "Set it on one endpoint",
}
"""What cannot be shared as it is, and a word of the way out in the message."""

WORKS = {
    ("VPC", "one stack"),
    ("authorizer each", "one stack"),
}
"""But for these cells."""


def _others(bucket: s3.IBucket) -> Options:
    return lambda one: {"bucket": bucket, "prefix": S3Prefix.hive(NAMES[one])}


def _with_endpoint(vpc: ec2.IVpc) -> ec2.IVpc:
    vpc.add_interface_endpoint("Firehose", service=ec2.InterfaceVpcEndpointAwsService.KINESIS_FIREHOSE)
    return vpc


def _authorizer(scope: Construct, id_: str) -> apigateway.IAuthorizer:
    handler = lambda_.Function.from_function_arn(scope, f"{id_}Handler", arn("lambda", "function:gate"))
    return apigateway.TokenAuthorizer(scope, f"{id_}Authorizer", handler=handler)


def _imported_domain(scope: Construct) -> apigateway.IDomainName:
    return apigateway.DomainName.from_domain_name_attributes(
        scope,
        "Domain",
        domain_name="a.example",
        domain_name_alias_hosted_zone_id="Z1",
        domain_name_alias_target="d.example",
    )


def _pipeline(scope: Construct, name: str, options: Mapping[str, Any]) -> None:
    ClickstreamPipeline(scope, name, **{"auth": PUBLIC, **options})


def _in_one_stack(app: cdk.App, thing: str) -> None:
    stack = cdk.Stack(app, "Shop")
    options = MADE[thing](stack)
    for one, name in enumerate(NAMES):
        _pipeline(stack, name.title(), options(one))


def _in_two_stacks(app: cdk.App, thing: str) -> None:
    options = MADE[thing](cdk.Stack(app, "Base"))
    for one, name in enumerate(NAMES):
        _pipeline(cdk.Stack(app, name.title()), "Clicks", options(one))


def _imported_in_two_stacks(app: cdk.App, thing: str) -> None:
    for one, name in enumerate(NAMES):
        stack = cdk.Stack(app, name.title())
        _pipeline(stack, "Clicks", IMPORTED[thing](stack)(one))


def _in_two_stages(app: cdk.App, thing: str) -> None:
    for one, name in enumerate(NAMES):
        stack = cdk.Stack(cdk.Stage(app, name.title()), "Shop")
        _pipeline(stack, "Clicks", IMPORTED[thing](stack)(one))


CELLS = {
    "one stack": (_in_one_stack, MADE),
    "two stacks": (_in_two_stacks, MADE),
    "imported in two stacks": (_imported_in_two_stacks, IMPORTED),
    "two stages": (_in_two_stages, IMPORTED),
}


def templates_of(arrangement: str, thing: str) -> dict[str, dict[str, Any]]:
    """The templates of the stacks by their names."""
    app = cdk.App(context=CONTEXT, analytics_reporting=False)
    CELLS[arrangement][0](app, thing)
    stacks = app.synth().stacks_recursively
    return {one.stack_name: one.template for one in stacks if one.template.get("Resources")}


class Judge:
    """Names and folders of several templates that are deployed beside each other."""

    def __init__(self, templates: Mapping[str, Mapping[str, Any]]) -> None:
        self._templates = templates
        outputs = [(name, one) for name, body in templates.items() for one in body.get("Outputs", {}).values()]
        exports = [(flat(one["Export"]["Name"]), stack, one["Value"]) for stack, one in outputs if "Export" in one]
        self._export_names = [name for name, _, _ in exports]
        self._exports = {name: (stack, value) for name, stack, value in exports}

    def clashes(self) -> list[str]:
        """What two resources have, and only one may."""
        counted = Counter([*self._names(), *self._export_names])
        return [*(name for name, count in counted.items() if count > 1), *self._mixed_objects()]

    def _resources(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        for stack, body in self._templates.items():
            for id_, one in body["Resources"].items():
                yield stack, id_, one["Type"], one.get("Properties", {})

    def _text(self, stack: str, value: Any) -> str:
        """The value with the stack in each reference, and imports followed."""
        if isinstance(value, Mapping) and "Fn::ImportValue" in value and value["Fn::ImportValue"] in self._exports:
            return self._text(*self._exports[value["Fn::ImportValue"]])
        if isinstance(value, Mapping) and "Fn::Join" in value:
            delimiter, parts = value["Fn::Join"]
            return str(delimiter).join(self._text(stack, part) for part in parts)
        if isinstance(value, Mapping) and ("Ref" in value or "Fn::GetAtt" in value):
            name = flat(value)
            return name if name.startswith("<AWS::") else f"{stack}/{name}"
        return value if isinstance(value, str) else json.dumps(value, sort_keys=True)

    def _names(self) -> Iterator[str]:
        for stack, _, type_, properties in self._resources():
            identities = [[_at(properties, path) for path in _identifier(type_)]]
            if type_ in _ELSE:
                identities.append([_at(properties, path) or "" for path in _ELSE[type_]])
            names = [
                [self._text(stack, one) for one in values] for values in identities if values and None not in values
            ]
            yield from {f"{type_} {name}" for name in names}

    def _mixed_objects(self) -> Iterator[str]:
        """Objects of one stream among those of another, or in the folder of a table that is not theirs."""
        keys: list[tuple[str, str, str]] = []
        locations = []
        for stack, id_, type_, properties in self._resources():
            if type_ == STREAM:
                data = properties["ExtendedS3DestinationConfiguration"]
                for written in (data, data.get("S3BackupConfiguration")):
                    if written:
                        bucket = _bucket_name(self._text(stack, written["BucketARN"]))
                        prefixes = [written["Prefix"], *([written["ErrorOutputPrefix"]] if written is data else [])]
                        keys += [(f"{stack}/{id_}", bucket, key) for prefix in prefixes for key in _evaluated(prefix)]
            if type_ == "AWS::Glue::Table":
                location = self._text(stack, properties["TableInput"]["StorageDescriptor"]["Location"])
                locations.append((f"{stack}/{id_}", location))
        for (one, bucket, key), (other, other_bucket, other_key) in itertools.permutations(keys, 2):
            if one != other and bucket == other_bucket and key.startswith(other_key):
                yield f"{one} writes {key} among the objects of {other}"
        for table, location in locations:
            streams = {one for one, bucket, key in keys if f"s3://{bucket}/{key}".startswith(location)}
            if len(streams) > 1:
                yield f"{table} reads the objects of {sorted(streams)}"


_ELSE: dict[str, tuple[str, ...]] = {
    "AWS::ApiGateway::Account": ("LoggingRole",),
    "AWS::ApiGateway::BasePathMapping": ("DomainName", "BasePath"),
    "AWS::ApiGateway::RestApi": ("Name",),
    "AWS::EC2::VPCEndpoint": ("VpcId", "ServiceName", "PrivateDnsEnabled"),
    "AWS::Glue::Database": ("DatabaseInput/Name",),
    "AWS::Glue::Table": ("DatabaseName", "TableInput/Name"),
    "AWS::WAFv2::WebACL": ("VisibilityConfig/MetricName",),
}
"""What is unique, too, or should be: names that are no identifiers in the registry, and the dimensions of metrics."""


def _identifier(type_: str) -> tuple[str, ...]:
    """The properties that identify a resource; none where AWS makes the identifier."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-west-1", type_).schema
    paths = [path.removeprefix("/properties/") for path in schema["primaryIdentifier"]]
    made = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", ())}
    return () if made & set(paths) else tuple(paths)


def _at(properties: Mapping[str, Any], path: str) -> Any:
    value: Any = properties
    for name in path.split("/"):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _bucket_name(bucket_arn: str) -> str:
    return bucket_arn.rsplit(":::", 1)[-1].replace(".Arn>", ">")


def _evaluated(prefix: str) -> list[str]:
    """Keys that objects under a prefix begin with (facts/firehose.md#prefixes)."""
    kinds = ("processing-failed", "format-conversion-failed") if "error-output-type" in prefix else ("",)
    texts = [prefix.replace("!{firehose:error-output-type}", kind) for kind in kinds]
    return [re.sub(r"!\{[^}]*\}", "2026-11-29", text) for text in texts]


def _cells() -> Iterator[tuple[str, str]]:
    return ((arrangement, thing) for arrangement, (_, things) in CELLS.items() for thing in things)


def _is_refused(arrangement: str, thing: str) -> bool:
    return thing in WAYS_OUT and (thing, arrangement) not in WORKS


@pytest.mark.parametrize(("arrangement", "thing"), [cell for cell in _cells() if not _is_refused(*cell)])
def test_two_pipelines_share_it(arrangement: str, thing: str) -> None:
    templates = templates_of(arrangement, thing)
    assert Judge(templates).clashes() == []
    for template in templates.values():
        found = lint(json.dumps(template), config=ManualArgs(regions=["eu-west-1"], include_checks=["W", "E"]))
        # W3005 is of the function that stands here for somebody's own.
        assert [f"{one.rule.id} {one.message}" for one in found if one.rule.id != "W3005"] == []


@pytest.mark.parametrize(("arrangement", "thing"), [cell for cell in _cells() if _is_refused(*cell)])
def test_two_pipelines_are_refused_with_the_way_out(arrangement: str, thing: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        templates_of(arrangement, thing)
    assert WAYS_OUT[thing] in str(refused.value)
    assert "Token[" not in str(refused.value)


@pytest.mark.parametrize(
    ("arrangement", "thing"),
    [
        ("one stack", "bucket"),
        ("two stacks", "bucket"),
        ("two stages", "bucket"),
        ("one stack", "bucket, other events"),
        ("two stacks", "bucket of backups"),
        ("one stack", "database"),
        ("two stages", "database"),
        ("one stack", "VPC"),
        ("imported in two stacks", "VPC"),
        ("one stack", "domain"),
        ("two stages", "name of a domain"),
        ("two stacks", "logging role of the account"),
    ],
)
def test_without_its_refusal_the_matrix_finds_the_clash(
    arrangement: str, thing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (_claims, bucket_layout, network):
        monkeypatch.setattr(module, "claims_of", lambda *_: [])
    assert Judge(templates_of(arrangement, thing)).clashes()
