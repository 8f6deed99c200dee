"""Things from elsewhere: keys behind aliases, other accounts and regions, and who is given a right."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from cdk_clickstream import (
    AccessLog,
    CustomDomain,
    DeliveryStream,
    Encryption,
    EndpointOptions,
    EndpointType,
    EventBucket,
    ExistingWebAcl,
    FunctionNetwork,
    Monitoring,
    Queries,
    Source,
    SourceBackup,
    Transform,
)
from support.stacks import CONTEXT, Synthesized, flat, new_stack, pipeline_in, refusal

OWN, OTHER = "111122223333", "444455556666"
KEY = f"arn:aws:kms:eu-west-1:{OWN}:key/1"
PATTERN = events.EventPattern(source=["shop"])


def placed_stack(region: str = "eu-west-1") -> cdk.Stack:
    """A stack that knows where it is."""
    return cdk.Stack(cdk.App(context=CONTEXT), "Test", env=cdk.Environment(account=OWN, region=region))


def named_alias(stack: cdk.Stack) -> kms.IAlias:
    return kms.Alias.from_alias_name(stack, "Alias", "alias/lake")


def whole_alias(stack: cdk.Stack) -> kms.IAlias:
    key = kms.Key.from_key_arn(stack, "Key", KEY)
    return kms.Alias.from_alias_attributes(stack, "Alias", alias_name="alias/lake", alias_target_key=key)


def bucket_with(stack: cdk.Stack, key: kms.IKey) -> s3.IBucket:
    return s3.Bucket.from_bucket_attributes(stack, "Lake", bucket_name="lake", encryption_key=key)


def kinesis_with(stack: cdk.Stack, key: kms.IKey) -> kinesis.IStream:
    arn = f"arn:aws:kinesis:eu-west-1:{OWN}:stream/clicks"
    return kinesis.Stream.from_stream_attributes(stack, "Clicks", stream_arn=arn, encryption_key=key)


TAKES_KEY: dict[str, Callable[[cdk.Stack, kms.IKey], dict[str, Any]]] = {
    "encryption.key": lambda stack, key: {"encryption": Encryption.kms(key)},
    "encryption.objects": lambda stack, key: {"encryption": Encryption.kms(objects=key)},
    "encryption.rejected": lambda stack, key: {"encryption": Encryption.kms(rejected=key)},
    "encryption.former": lambda stack, key: {"encryption": Encryption.aws_managed().with_former_keys(key)},
    "backup.key": lambda stack, key: {"backup": SourceBackup(key=key)},
    "bucket": lambda stack, key: {"bucket": bucket_with(stack, key)},
    "source.stream": lambda stack, key: {"source": Source.kinesis(kinesis_with(stack, key))},
}


@pytest.mark.parametrize("option", TAKES_KEY)
def test_an_alias_that_does_not_tell_its_key_is_refused(option: str) -> None:
    stack = new_stack()
    message = refusal(lambda: pipeline_in(stack, **TAKES_KEY[option](stack, named_alias(stack))))
    assert message.startswith(f"{option}='an alias that was imported by its name'")


@pytest.mark.parametrize("option", TAKES_KEY)
def test_an_alias_that_tells_its_key_is_that_key(option: str) -> None:
    """IAM matches the ARNs of keys: a statement on an alias allows nothing."""
    stack = new_stack()
    made = pipeline_in(stack, **TAKES_KEY[option](stack, whole_alias(stack)))
    made.grant_read_events(iam.Role(stack, "Analyst", assumed_by=iam.AccountRootPrincipal()))
    written = json.dumps(Synthesized(stack).template)
    assert KEY in written
    assert "alias/lake" not in written


def test_the_alias_of_a_key_made_here_is_that_key() -> None:
    stack = new_stack()
    pipeline_in(stack, encryption=Encryption.objects_only(kms.Key(stack, "Own").add_alias("lake")))
    (key,) = Synthesized(stack).of_type("AWS::KMS::Key")
    statement = Synthesized(stack).statements("PipelineStreamRole")["ObjectKey"]
    assert flat(statement["Resource"]) == f"<{key}.Arn>"


def _certificate(stack: cdk.Stack, where: str) -> CustomDomain:
    arn = f"arn:aws:acm:{where}:certificate/11111111-1111-1111-1111-111111111111"
    return CustomDomain("c.example.com", acm.Certificate.from_certificate_arn(stack, "C", arn))


def _acl(where: str) -> ExistingWebAcl:
    return ExistingWebAcl(f"arn:aws:wafv2:{where}:regional/webacl/x/11111111-1111-1111-1111-111111111111")


def _group(stack: cdk.Stack, where: str) -> logs.ILogGroup:
    return logs.LogGroup.from_log_group_arn(stack, "Group", f"arn:aws:logs:{where}:log-group:/app:*")


PLACED: dict[str, Callable[[cdk.Stack, str], dict[str, Any]]] = {
    "source.event_bus": lambda stack, where: {
        "auth": None,
        "source": Source.eventbridge_rule(
            PATTERN,
            event_bus=events.EventBus.from_event_bus_arn(stack, "Bus", f"arn:aws:events:{where}:event-bus/default"),
            members={"event_name": "$.detail-type"},
        ),
    },
    "source.group": lambda stack, where: {"auth": None, "source": Source.cloudwatch_logs(_group(stack, where))},
    "source.stream": lambda stack, where: {
        "source": Source.kinesis(kinesis.Stream.from_stream_arn(stack, "K", f"arn:aws:kinesis:{where}:stream/clicks"))
    },
    "transform": lambda stack, where: {
        "transform": Transform.from_function(
            lambda_.Function.from_function_arn(stack, "F", f"arn:aws:lambda:{where}:function:rows")
        )
    },
    "endpoint.web_acl": lambda stack, where: {"endpoint": EndpointOptions(web_acl=_acl(where))},
    "endpoint.domain.certificate": lambda stack, where: {
        "endpoint": EndpointOptions(domain=_certificate(stack, where))
    },
    "database": lambda stack, where: {
        "database": glue.Database.from_database_arn(stack, "D", f"arn:aws:glue:{where}:database/lake")
    },
    "access_log.group": lambda stack, where: {"access_log": AccessLog(group=_group(stack, where))},
    "log_group": lambda stack, where: {"log_group": _group(stack, where)},
    "function_log_group": lambda stack, where: {"function_log_group": _group(stack, where)},
}


@pytest.mark.parametrize("place", [f"us-east-1:{OWN}", f"eu-west-1:{OTHER}"], ids=["region", "account"])
@pytest.mark.parametrize("option", PLACED)
def test_what_is_of_another_region_or_account_is_refused(option: str, place: str) -> None:
    stack = placed_stack()
    message = refusal(lambda: pipeline_in(stack, **PLACED[option](stack, place)))
    assert message.startswith(f"{option}=")
    assert " and must be of " in message


@pytest.mark.parametrize("option", PLACED)
def test_what_is_of_the_same_region_and_account_is_taken(option: str) -> None:
    stack = placed_stack()
    pipeline_in(stack, **PLACED[option](stack, f"eu-west-1:{OWN}"))


def test_the_certificate_of_an_edge_optimized_endpoint_is_of_us_east_1() -> None:
    """API Gateway guide, custom domains."""
    stack = placed_stack()
    domain = _certificate(stack, f"us-east-1:{OWN}")
    pipeline_in(stack, endpoint=EndpointOptions(endpoint_type=EndpointType.edge(), domain=domain))


def test_a_topic_may_be_of_another_account_but_of_no_other_region() -> None:
    def with_topic(place: str) -> None:
        stack = placed_stack()
        topic = sns.Topic.from_topic_arn(stack, "T", f"arn:aws:sns:{place}:alarms")
        pipeline_in(stack, monitoring=Monitoring(topic=topic))

    with_topic(f"eu-west-1:{OTHER}")
    assert refusal(lambda: with_topic(f"us-east-1:{OWN}")).startswith("monitoring.topic=")


@pytest.mark.parametrize(
    ("stack", "account", "handed_over"),
    [
        (new_stack, OTHER, True),
        (placed_stack, OTHER, True),
        (placed_stack, OWN, False),
        (placed_stack, None, False),
        (new_stack, None, False),
    ],
)
def test_an_account_that_may_be_another_gets_the_objects(
    stack: Callable[[], cdk.Stack], account: str | None, handed_over: bool
) -> None:
    """facts/iam.md#delivery-role, s3:PutObjectAcl: a stack that does not know its account counts as another one."""
    made = stack()
    bucket = s3.Bucket.from_bucket_attributes(made, "Lake", bucket_name="lake", account=account)
    pipeline_in(made, bucket=bucket)
    actions = Synthesized(made).statements("PipelineStreamRole")["Objects"]["Action"]
    assert ("s3:PutObjectAcl" in actions) is handed_over


@pytest.mark.parametrize(
    ("options", "path", "remedy"),
    [
        (
            lambda stack: {"bucket": s3.Bucket.from_bucket_name(stack, "It", "lake")},
            "It",
            r".*from_bucket_attributes\(encryption_key=",
        ),
        (
            lambda stack: {
                "source": Source.kinesis(
                    kinesis.Stream.from_stream_arn(stack, "It", f"arn:aws:kinesis:eu-west-1:{OWN}:stream/a")
                )
            },
            "It",
            r".*from_stream_attributes\(encryption_key=",
        ),
    ],
    ids=["bucket", "Kinesis stream"],
)
def test_what_hides_its_key_is_spoken_of(
    options: Callable[[cdk.Stack], dict[str, Any]], path: str, remedy: str
) -> None:
    stack = new_stack()
    pipeline_in(stack, **options(stack))
    said = assertions.Annotations.from_stack(stack)
    said.has_info(f"/Test/{path}", assertions.Match.string_like_regexp(remedy))


@pytest.mark.parametrize("with_key", [False, True])
def test_an_imported_delivery_stream_without_its_key_is_spoken_of(*, with_key: bool) -> None:
    stack = new_stack()
    arn = f"arn:aws:firehose:eu-west-1:{OWN}:deliverystream/clicks"
    key = kms.Key.from_key_arn(stack, "Given", f"arn:aws:kms:eu-west-1:{OWN}:key/k") if with_key else None
    DeliveryStream.from_delivery_stream_attributes(stack, "Clicks", delivery_stream_arn=arn, key=key)
    said = assertions.Annotations.from_stack(stack)
    remedy = assertions.Match.string_like_regexp(
        r"who puts records needs rights.*from_delivery_stream_attributes\(key="
    )
    if with_key:
        said.has_no_info("*", remedy)
    else:
        said.has_info("/Test/Clicks", remedy)


def test_a_bucket_made_here_hides_no_key() -> None:
    stack = new_stack()
    pipeline_in(stack, bucket=EventBucket(stack, "Lake", expirations={}))
    nothing = assertions.Match.string_like_regexp("bucket is imported")
    assertions.Annotations.from_stack(stack).has_no_info("*", nothing)


@pytest.mark.parametrize("what", ["read", "put", "invoke", "use", "diagnose", "operate"])
def test_a_role_of_another_account_is_refused_and_never_told_of_success(what: str) -> None:
    """aws/aws-cdk#9661: an imported role of another account takes each statement, and writes none."""
    stack = placed_stack()
    made = pipeline_in(stack, queries=Queries())
    assert made.workgroup is not None
    grant: Callable[[iam.IGrantable], iam.Grant] = {
        "read": made.grant_read_events,
        "diagnose": made.grant_diagnose,
        "operate": made.grant_operate,
        "put": made.grant_put_records,
        "invoke": made.api.grant_invoke,
        "use": made.workgroup.grant_use,
    }[what]
    stranger = iam.Role.from_role_arn(stack, "Stranger", f"arn:aws:iam::{OTHER}:role/analyst")
    assert f"grantee='of account {OTHER}'" in refusal(lambda: grant(stranger))
    assert grant(iam.Role.from_role_arn(stack, "Known", f"arn:aws:iam::{OWN}:role/analyst")).success


def _function(stack: cdk.Stack, **more: Any) -> lambda_.Function:
    code = lambda_.Code.from_inline("x")
    return lambda_.Function(stack, "Own", runtime=lambda_.Runtime.PYTHON_3_14, handler="i.h", code=code, **more)


@pytest.mark.parametrize("what", ["put", "invoke", "operate"])
def test_the_function_of_a_stream_may_use_what_depends_on_the_stream(what: str) -> None:
    """The function, its policy, stream and endpoint must not wait for each other; the CDK looks for circles."""
    stack = new_stack()
    function = _function(stack)
    made = pipeline_in(stack, transform=Transform.from_function(function))
    grant = {"put": made.grant_put_records, "invoke": made.api.grant_invoke, "operate": made.grant_operate}[what]
    grant(function)
    grant(function)
    (policy,) = [one for id_, one in Synthesized(stack).of_type("AWS::IAM::Policy").items() if "FunctionGrants" in id_]
    assert flat(policy["Properties"]["Roles"][0]).startswith("<OwnServiceRole")


def _reading(group: logs.ILogGroup, **options: Any) -> dict[str, Any]:
    return {"auth": None, "source": Source.cloudwatch_logs(group), **options}


@pytest.mark.parametrize(
    ("option", "feeding"),
    [
        ("log_group", lambda stack, group: _reading(group, log_group=group)),
        ("transform", lambda stack, group: _reading(group, function_log_group=group)),
        (
            "transform",
            lambda stack, group: _reading(group, transform=Transform.from_function(_function(stack, log_group=group))),
        ),
    ],
    ids=["of the stream", "of the bundled function", "of an own function"],
)
def test_a_log_group_that_would_feed_itself_is_refused(
    option: str, feeding: Callable[[cdk.Stack, logs.ILogGroup], dict[str, Any]]
) -> None:
    """CloudWatch Logs guide, log recursion."""
    stack = new_stack()
    group = logs.LogGroup(stack, "Group")
    message = refusal(lambda: pipeline_in(stack, **feeding(stack, group)))
    assert message.startswith(f"{option}='the log group that source= reads'")


def test_the_log_group_that_lambda_names_by_itself_is_known_too() -> None:
    stack = new_stack()
    function = _function(stack)
    group = logs.LogGroup.from_log_group_name(stack, "Group", f"/aws/lambda/{function.function_name}")
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)
    message = refusal(lambda: pipeline_in(stack, **_reading(group, transform=Transform.from_function(alias))))
    assert message.startswith("transform=")


def test_another_log_group_may_be_read() -> None:
    stack = new_stack()
    function = _function(stack, log_group=logs.LogGroup(stack, "Own log"))
    pipeline_in(stack, **_reading(logs.LogGroup(stack, "Group"), transform=Transform.from_function(function)))


def _key_of(region: str) -> Callable[[cdk.Stack], kms.IKey]:
    return lambda stack: kms.Key.from_key_arn(stack, "Far", f"arn:aws:kms:{region}:{OWN}:key/k")


@pytest.mark.parametrize(
    ("options", "option"),
    [
        (lambda stack: {"encryption": Encryption.kms(_key_of("us-east-1")(stack))}, "encryption.key"),
        (lambda stack: {"encryption": Encryption.objects_only(_key_of("us-east-1")(stack))}, "encryption"),
        (lambda stack: {"backup": SourceBackup(key=_key_of("us-east-1")(stack))}, "encryption"),
        (
            lambda stack: {
                "network": FunctionNetwork(
                    ec2.Vpc.from_vpc_attributes(
                        stack, "Vpc", vpc_id="vpc-1", availability_zones=["us-east-1a"], region="us-east-1"
                    )
                )
            },
            "network.vpc",
        ),
    ],
    ids=["key of buffers", "key of objects", "key of backups", "VPC"],
)
def test_a_key_or_a_network_of_another_region_is_refused(
    options: Callable[[cdk.Stack], dict[str, Any]], option: str
) -> None:
    stack = placed_stack()
    message = refusal(lambda: pipeline_in(stack, **options(stack)))
    assert message.startswith(f"{option}=")
    assert "region us-east-1" in message


def test_a_vpc_endpoint_of_another_region_is_refused() -> None:
    app = cdk.App()
    there = cdk.Stack(app, "There", env=cdk.Environment(account=OWN, region="us-east-1"))
    vpc = ec2.Vpc(there, "Vpc", max_azs=1, nat_gateways=0)
    gate = vpc.add_interface_endpoint("Gate", service=ec2.InterfaceVpcEndpointAwsService.APIGATEWAY)
    here = cdk.Stack(app, "Here", env=cdk.Environment(account=OWN, region="eu-west-1"))
    options = EndpointOptions(endpoint_type=EndpointType.private(gate))
    assert refusal(lambda: pipeline_in(here, endpoint=options)).startswith("endpoint.endpoint_type=")
