"""Every number, duration and size that only deployment knows passes as it is, or is refused by its name.

The options come from the signatures, so that a new one is covered by itself. A token is a number to Python: what is
computed with it is wrong without a word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import (
    Alarms,
    ApiAuth,
    Blueprint,
    BufferingHints,
    ConfigurationError,
    CorsOptions,
    DynamicPartitioning,
    EndpointOptions,
    EventBucket,
    LambdaProcessor,
    Monitoring,
    OutputFormat,
    Queries,
    Quota,
    Retention,
    S3Prefix,
    Source,
    SourceBackup,
    TableReference,
    Throttle,
    Transform,
    WebAcl,
)
from support.callables import parameters
from support.stacks import Synthesized, new_stack, pipeline_in, stream_in

KINDS = (int, float, cdk.Duration, cdk.Size)
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:rows"
PARTITIONED = {
    "partitioning": None,
    "prefix": S3Prefix("raw/!{partitionKeyFromQuery:tenant}/!{timestamp:yyyy}/"),
}


def _partitioned(stack: cdk.Stack, **more: Any) -> object:
    return stream_in(stack, **{**PARTITIONED, "partitioning": DynamicPartitioning.jq({"tenant": ".t"}, **more)})


def _by_function(stack: cdk.Stack, **more: Any) -> object:
    function = lambda_.Function.from_function_arn(stack, "Rows", FUNCTION)
    prefix = S3Prefix("raw/!{partitionKeyFromLambda:tenant}/!{timestamp:yyyy}/")
    partitioning = DynamicPartitioning.from_lambda(["tenant"], **more)
    return stream_in(stack, processor=LambdaProcessor(function), partitioning=partitioning, prefix=prefix)


def _converted(stack: cdk.Stack, output: OutputFormat) -> object:
    return stream_in(stack, output=output, table=TableReference("clicks", "events"))


def _processor(stack: cdk.Stack, **more: Any) -> object:
    return stream_in(
        stack, processor=LambdaProcessor(lambda_.Function.from_function_arn(stack, "Rows", FUNCTION), **more)
    )


def _own_function(stack: cdk.Stack, **more: Any) -> object:
    function = lambda_.Function.from_function_arn(stack, "Rows", FUNCTION)
    return pipeline_in(stack, transform=Transform.from_function(function, **more))


PLACES: dict[str, Callable[..., object]] = {
    "Alarms.__init__": lambda stack, **more: pipeline_in(
        stack,
        source=Source.kinesis() if "kinesis_lag" in more else None,
        monitoring=Monitoring(alarms=Alarms(**more)),
    ),
    "BufferingHints.__init__": lambda stack, **more: stream_in(stack, buffering=BufferingHints(**more)),
    "CorsOptions.__init__": lambda stack, **more: pipeline_in(stack, cors=CorsOptions(("*",), False, **more)),
    "CorsOptions.any_origin": lambda stack, **more: pipeline_in(stack, cors=CorsOptions.any_origin(**more)),
    "CorsOptions.origins": lambda stack, **more: pipeline_in(
        stack, cors=CorsOptions.origins("https://a.example", **more)
    ),
    "DynamicPartitioning.__init__": _partitioned,
    "DynamicPartitioning.jq": _partitioned,
    "DynamicPartitioning.from_lambda": _by_function,
    "EndpointOptions.__init__": lambda stack, **more: pipeline_in(stack, endpoint=EndpointOptions(**more)),
    "EventBucket.__init__": lambda stack, **more: EventBucket(stack, "Bucket", **more),
    "LambdaProcessor.__init__": _processor,
    "OutputFormat.orc": lambda stack, **more: _converted(
        stack, OutputFormat.orc(bloom_filter_columns=["event_name"], **more)
    ),
    "OutputFormat.parquet": lambda stack, **more: _converted(stack, OutputFormat.parquet(**more)),
    "Queries.__init__": lambda stack, **more: pipeline_in(stack, queries=Queries(**more)),
    "Quota.__init__": lambda stack, **more: pipeline_in(
        stack, auth=ApiAuth.api_key(quota=Quota(**{"limit": 5, **more}), throttle=Throttle())
    ),
    "Retention.__init__": lambda stack, **more: pipeline_in(stack, retention=Retention(**more)),
    "Source.direct_put": lambda stack, **more: stream_in(stack, source=Source.direct_put(**more)),
    "Source.kinesis": lambda stack, **more: stream_in(stack, source=Source.kinesis(**more)),
    "SourceBackup.__init__": lambda stack, **more: pipeline_in(stack, backup=SourceBackup(**more)),
    "Throttle.__init__": lambda stack, **more: pipeline_in(
        stack,
        throttle=Throttle(**more),
        endpoint=EndpointOptions(records_throttle=Throttle(**more)),
        auth=ApiAuth.api_key(throttle=Throttle(**more)),
    ),
    "Transform.click": lambda stack, **more: pipeline_in(stack, transform=Transform.click(**more)),
    "Transform.blueprint": lambda stack, **more: pipeline_in(
        stack, auth=None, transform=Transform.blueprint(Blueprint.APACHE_LOG_TO_JSON, **more)
    ),
    "Transform.from_function": _own_function,
    "WebAcl.__init__": lambda stack, **more: pipeline_in(stack, endpoint=EndpointOptions(web_acl=WebAcl(**more))),
}
"""Where an option goes, so that the template has it."""
ELSEWHERE = {
    "Transform.__init__": "made by its factories",
    "Transform.per_event": "as Transform.click, by the same road",
    "BufferingHints.resolve": "bounds, which the library gives",
}


def kinds_in(hint: Any) -> Iterator[type]:
    if hint in KINDS:
        yield hint
    for one in get_args(hint):
        yield from kinds_in(one)


def cases() -> Iterator[tuple[str, str, Any]]:
    for place, one in parameters():
        for kind in dict.fromkeys(kinds_in(one.hint)):
            yield place.partition("(")[0], one.name, (kind, one.hint)


def values(kind: type, number: float) -> list[Any]:
    if kind is cdk.Duration:
        return [
            make(number) for make in (cdk.Duration.millis, cdk.Duration.seconds, cdk.Duration.hours, cdk.Duration.days)
        ]
    if kind is cdk.Size:
        return [make(number) for make in (cdk.Size.bytes, cdk.Size.mebibytes)]
    return [number]


def outcome(place: str, name: str, hint: Any, make: Callable[[cdk.Stack], Any]) -> str | cdk.Stack:
    """The stack with an option, or the message with which it is refused."""
    stack = new_stack()
    value = make(stack)
    try:
        PLACES[place](stack, **{name: {"events/": value} if "dict" in str(hint) else value})
    except ConfigurationError as error:
        return str(error)
    return stack


CASES = {
    f"{place}({name}) {how[0].__name__}": (place, name, *how) for place, name, how in cases() if place not in ELSEWHERE
}
AMOUNTS = [case for case, (_, _, kind, _) in CASES.items() if kind in (cdk.Duration, cdk.Size)]
NEVER = {"buffer_size": "Firehose takes it as a text", "silence": "it is counted in periods"}
"""Durations and sizes that no unit makes pass, and why."""


@pytest.mark.parametrize("case", CASES)
def test_a_value_that_only_deployment_knows_passes_unchanged_or_is_refused_by_its_name(case: str) -> None:
    place, name, kind, hint = CASES[case]
    passed = 0
    for index in range(len(values(kind, 1))):

        def given(stack: cdk.Stack, index: int = index) -> Any:
            parameter = cdk.CfnParameter(stack, "Given", type="Number", default=1)
            return values(kind, parameter.value_as_number)[index]

        found = outcome(place, name, hint, given)
        if isinstance(found, str):
            assert re.search(rf"\b{name}\b.*known at deployment", found), found
            assert not re.search(r"<token>|Token\[|e\+\d\d", found)
        else:
            template = json.dumps(Synthesized(found).template)
            assert '{"Ref": "Given"}' in template
            assert not re.search(r"\d{15}|e\+\d\d", template)
            passed += 1
    assert passed or case not in AMOUNTS or name in NEVER, "no unit of it passes"


@pytest.mark.parametrize("case", AMOUNTS)
def test_a_duration_or_size_that_is_not_whole_is_refused_by_its_name(case: str) -> None:
    place, name, kind, hint = CASES[case]
    found = outcome(
        place, name, hint, lambda stack: cdk.Duration.millis(1500) if kind is cdk.Duration else cdk.Size.bytes(1025)
    )
    # What is counted in milliseconds or bytes takes it.
    assert name in ("latency", "kinesis_lag") or (isinstance(found, str) and re.search(rf"\b{name}\b", found)), found


def test_the_options_are_seen_and_each_has_its_place() -> None:
    assert len(CASES) > 50
    assert {place for place, *_ in CASES.values()} - set(PLACES) == set()
