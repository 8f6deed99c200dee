"""Every call between services, in every template: allowed by the policies there, and by no statement too many.

Two sources of truth: the table of edges (:mod:`clickstream_local.iam.edges`), which says how AWS calls, and a policy
engine that knows nothing of this project. Run by ``make test-matrix``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from cdk_clickstream import ApiAuth, Encryption, LambdaProcessor, Monitoring, Source, SourceBackup, Transform
from cdk_clickstream.reference import ReferenceStack
from clickstream_local.iam.calls import Call, calls_of
from clickstream_local.iam.edges import EDGES
from clickstream_local.iam.rights import Rights
from support.examples import EXAMPLES, example_stacks
from support.full_stacks import STACKS, full_stack
from support.integ.app import integ_app
from support.policy_engine import Deployed, Right, denied
from support.stacks import CONTEXT, new_stack, pipeline_in, stream_in

pytestmark = pytest.mark.matrix


def _function(stack: cdk.Stack) -> lambda_.Function:
    code = lambda_.Code.from_inline("def handler(event, context): ...")
    return lambda_.Function(stack, "Rows", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code)


def _pipeline(options: Callable[[cdk.Stack], dict[str, Any]]) -> cdk.Stack:
    stack = new_stack()
    pipeline_in(stack, **options(stack))
    return stack


def _stream(options: Callable[[cdk.Stack], dict[str, Any]]) -> cdk.Stack:
    stack = new_stack()
    stream_in(stack, **options(stack))
    return stack


def _bucket_with_a_key() -> cdk.Stack:
    stack = new_stack()
    bucket = s3.Bucket(stack, "Lake", encryption_key=kms.Key(stack, "Key"))
    firehose.DeliveryStream(stack, "Plain", destination=firehose.S3Bucket(bucket))
    return stack


def _authorized(by_role: bool) -> Callable[[cdk.Stack], dict[str, Any]]:
    def options(stack: cdk.Stack) -> dict[str, Any]:
        role = iam.Role(stack, "AuthRole", assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"))
        given = {"assume_role": role} if by_role else {}
        return {
            "auth": ApiAuth.authorizer(apigateway.TokenAuthorizer(stack, "Auth", handler=_function(stack), **given))
        }

    return options


OPTION_SETS: dict[str, Callable[[], cdk.Stack]] = {
    "IoT rule and a key": partial(
        _pipeline,
        lambda stack: {
            "auth": None,
            "source": Source.iot_topic_rule("SELECT * FROM 'clicks'"),
            "encryption": Encryption.kms(objects=kms.Key(stack, "Objects")),
        },
    ),
    "own function": partial(_pipeline, lambda stack: {"transform": Transform.from_function(_function(stack))}),
    "alias": partial(_stream, lambda stack: {"processor": LambdaProcessor(_function(stack).add_alias("live"))}),
    "version": partial(_stream, lambda stack: {"processor": LambdaProcessor(_function(stack).current_version)}),
    "own topic with a key": partial(
        _pipeline,
        lambda stack: {"monitoring": Monitoring(topic=sns.Topic(stack, "Own", master_key=kms.Key(stack, "K")))},
    ),
    "backup with a key of its own": partial(
        _pipeline,
        lambda stack: {
            "backup": SourceBackup(
                bucket=s3.Bucket(stack, "Vault", encryption_key=kms.Key(stack, "VaultKey")),
                key=kms.Key(stack, "BackupKey"),
            ),
            "encryption": Encryption.kms(objects=kms.Key(stack, "Objects"), rejected=kms.Key(stack, "Rejected")),
        },
    ),
    "authorizer": partial(_pipeline, _authorized(by_role=False)),
    "authorizer by a role": partial(_pipeline, _authorized(by_role=True)),
    "the CDK's own stream into a bucket with a key": _bucket_with_a_key,
    "Kinesis stream without a key": partial(
        _pipeline, lambda stack: {"source": Source.kinesis(shards=1), "auth": ApiAuth.iam()}
    ),
}


def _app() -> list[cdk.Stack]:
    return [ReferenceStack(cdk.App(context=CONTEXT), "Clickstream")]


def _integ() -> list[cdk.Stack]:
    return [integ_app().core, integ_app().edges]


TEMPLATES: dict[str, Callable[[], list[cdk.Stack]]] = {
    "app.py": _app,
    "make integ": _integ,
    **{path.stem: lambda path=path: [*example_stacks(path).values()] for path in EXAMPLES},  # type: ignore[misc]
    **{name: lambda name=name: [full_stack(name)] for name in STACKS},  # type: ignore[misc]
    **{name: lambda make=make: [make()] for name, make in OPTION_SETS.items()},  # type: ignore[misc]
}


@cache
def deployed(name: str) -> tuple[Deployed, list[Call]]:
    found = Deployed(*TEMPLATES[name]())
    return found, calls_of(found.templates)


def needed(found: Deployed, call: Call) -> list[str]:
    """The documents that a call rests on, a VPC endpoint's only where the stack has one."""
    guarded = any(right.document == "endpoint" for right in found.rights)
    return sorted(one for one in call.edge.rests_on if one != "endpoint" or guarded)


def for_services(found: Deployed, calls: list[Call]) -> list[Right]:
    """The statements by which services call: not those for people, nor what a key's or an account's owner may."""
    theirs = {role for call in calls for role in (call.caller, call.resource)}
    return [
        right
        for right in found.rights
        if right.statement["Effect"] == "Allow"
        and (right.document not in ("role", "trust") or right.owner in theirs)
        and (right.document == "role" or "AWS" not in right.statement["Principal"])
    ]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_call_between_services_is_allowed(name: str) -> None:
    found, calls = deployed(name)
    assert calls
    assert [str(call) for call in denied([found], calls)[0]] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_local_runtime_judges_every_call_so_too(name: str) -> None:
    found, _ = deployed(name)
    judged = Rights(found.templates)
    assert (judged.denials, judged.unenforced) == ((), ())


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_call_falls_with_one_statement_of_each_document_that_it_rests_on(name: str) -> None:
    found, calls = deployed(name)
    fallen = denied([found.without(right) for right in found.rights], calls)
    for call in calls:
        documents = [right.document for right, without in zip(found.rights, fallen, strict=True) if call in without]
        assert sorted(documents) == needed(found, call), str(call)
    # And no statement for services is there for nothing.
    rights = for_services(found, calls)
    assert [one for one, without in zip(found.rights, fallen, strict=True) if one in rights and not without] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_condition_with_another_value_stops_the_same_calls_as_no_statement(name: str) -> None:
    """So the condition keys are those that the requests have."""
    found, calls = deployed(name)
    changes = [
        (right, operator, key)
        for right in for_services(found, calls)
        for operator, keys in right.statement.get("Condition", {}).items()
        for key in keys
    ]

    def with_another_value(one: Right, operator: str, key: str) -> Deployed:
        conditions = one.statement["Condition"]
        other = {**conditions, operator: {**conditions[operator], key: _OTHERS.get(operator, "other")}}
        changed = dataclasses.replace(one, statement={**one.statement, "Condition": other})
        return found.changed(lambda right: changed if right is one else right)

    worlds = [with_another_value(*change) for change in changes]
    without = [found.without(right) for right, _, _ in changes]
    fallen = denied([*worlds, *without], calls)
    assert fallen[: len(changes)] == fallen[len(changes) :]


_OTHERS = {"ArnLike": "arn:aws:sns:us-east-1:123456789012:other", "ArnEquals": "arn:aws:iam::123456789012:role/other"}


def test_every_edge_of_the_table_is_in_some_template() -> None:
    seen = {call.edge.name for name in TEMPLATES for call in deployed(name)[1]}
    assert [edge.name for edge in EDGES if edge.name not in seen] == []


def test_a_right_on_an_alias_of_a_key_a_topic_without_an_allowance_and_a_role_for_another_service_are_found() -> None:
    """The matrix can fail: faults that once were in the templates."""
    found, calls = deployed("everything")

    def broken(right: Right) -> Right | None:
        statement = right.statement
        if right.document == "role" and statement.get("Sid") == "ObjectKey":
            return dataclasses.replace(right, statement={**statement, "Resource": "arn:aws:kms:us-east-1:0:alias/a"})
        if right.document == "trust" and statement["Principal"] == {"Service": "apigateway.amazonaws.com"}:
            return dataclasses.replace(right, statement={**statement, "Principal": {"Service": "ec2.amazonaws.com"}})
        return None if statement.get("Sid") == "AlarmsPublish" else right

    assert {call.edge.name for call in denied([found.changed(broken)], calls)[0]} == {
        "API Gateway takes the endpoint's role",
        "An alarm publishes to a topic",
        "An alarm publishes to a topic with a key",
        "Firehose encrypts objects",
        "Firehose encrypts what fails",
    }
