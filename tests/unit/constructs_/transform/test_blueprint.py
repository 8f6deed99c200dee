"""Blueprints: what each takes, which columns it brings, and what does not go with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cdk_clickstream import Blueprint, EventSchema, LogMessages, OutputFormat, Transform, TransformFunction
from clickstream_transform.options import BLUEPRINTS
from support.stacks import Synthesized, new_stack
from support.transforms import AUTH, STREAM, bundled_options, columns, pipeline, refusal


def test_each_blueprint_of_the_bundled_code_has_its_name_here() -> None:
    assert tuple(blueprint.value for blueprint in Blueprint) == BLUEPRINTS


@pytest.mark.parametrize("blueprint", Blueprint)
@pytest.mark.parametrize("strict", [False, True])
def test_the_bundled_code_takes_the_options_of_each_blueprint(blueprint: Blueprint, strict: bool) -> None:
    options = bundled_options(Transform.blueprint(blueprint, strict=strict))
    assert (options.processor, options.strict) == (blueprint.value, strict)


@pytest.mark.parametrize("messages", [one for one in LogMessages if one is not LogMessages.JSON])
def test_the_bundled_code_takes_each_kind_of_messages(messages: LogMessages) -> None:
    transform = Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, messages=messages, drop_prefixes=["START "])
    options = bundled_options(transform)
    assert (options.parse_messages, options.drop_prefixes) == (messages.value, ("START ",))
    assert transform.schema is not None
    names = [column.name for column in transform.schema.columns]
    assert "log_group" in names
    assert ("message" in names) == (messages in (LogMessages.TEXT, LogMessages.SYSLOG))


def test_a_blueprint_brings_its_columns() -> None:
    stack = new_stack()
    pipeline(stack, Transform.blueprint(Blueprint.APACHE_LOG_TO_JSON))
    found = columns(Synthesized(stack))
    assert (found["timestamp"], found["response"], found["bytes"]) == ("timestamp", "int", "bigint")
    assert "event_name" not in found


def test_json_messages_have_the_columns_that_are_named_and_those_of_the_log() -> None:
    schema = EventSchema.of_rows({"type": "object", "properties": {"level": {"type": "string"}}})
    transform = Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, messages=LogMessages.JSON, schema=schema)
    assert transform.schema is not None
    assert [column.name for column in transform.schema.columns] == [
        "level",
        "log_time",
        "log_event_id",
        "log_group",
        "log_stream",
        "log_owner",
        "enrich_flags",
    ]


def test_the_general_blueprint_takes_requests_and_the_pipelines_schema() -> None:
    stack = new_stack()
    schema = EventSchema.from_dict({"type": "object", "properties": {"event_name": {"type": "string"}}})
    pipeline(stack, Transform.blueprint(Blueprint.GENERAL), schema=schema, auth=AUTH)
    found = Synthesized(stack)
    assert columns(found) == {"event_name": "string"}
    assert found.of_type("AWS::ApiGateway::RestApi")


def test_documents_of_cloudwatch_logs_are_taken_in_small_batches() -> None:
    """facts/blueprints.md#cloudwatch-logs: they grow several times, and what does not fit is paid for twice."""
    assert Transform.blueprint(Blueprint.CLOUDWATCH_LOGS).buffer_size.to_kibibytes() == 256
    assert Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, strict=True).buffer_size.to_kibibytes() == 512
    assert Transform.blueprint(Blueprint.SYSLOG_TO_JSON).buffer_size.to_kibibytes() == 1024


@pytest.mark.parametrize(
    "transform",
    [Transform.blueprint(Blueprint.SYSLOG_TO_CSV), Transform.blueprint(Blueprint.SYSLOG_TO_JSON, strict=True)],
)
def test_rows_without_columns_are_delivered_as_they_are_without_a_table(transform: Transform) -> None:
    stack = new_stack()
    made = pipeline(stack, transform)
    found = Synthesized(stack)
    destination = found.only(STREAM, "PipelineStream")["ExtendedS3DestinationConfiguration"]
    assert destination["DataFormatConversionConfiguration"] == {"Enabled": False}
    assert not found.of_type("AWS::Glue::Table")
    assert "this pipeline has no table" in refusal(lambda: made.table)


def test_rows_without_columns_are_not_converted() -> None:
    transform = Transform.blueprint(Blueprint.APACHE_LOG_TO_CSV)
    message = refusal(lambda: pipeline(new_stack(), transform, output=OutputFormat.parquet()))
    assert message.startswith("output='parquet'")
    assert "Use OutputFormat.raw()" in message


@pytest.mark.parametrize(
    ("make", "start", "way_out"),
    [
        (
            lambda: Transform.blueprint(Blueprint.SYSLOG_TO_JSON, formula_guard=True),
            "transform.formula_guard=True: is for CSV that is not strict",
            "Leave it out",
        ),
        (
            lambda: Transform.blueprint(Blueprint.SYSLOG_TO_CSV, formula_guard=True, strict=True),
            "transform.formula_guard=True: is for CSV that is not strict",
            "Leave it out",
        ),
        (
            lambda: Transform.blueprint(Blueprint.GENERAL, messages=LogMessages.APACHE),
            "transform.messages='APACHE': is for documents of CloudWatch Logs",
            "use Blueprint.CLOUDWATCH_LOGS",
        ),
        (
            lambda: Transform.blueprint(Blueprint.GENERAL, drop_prefixes=["a"]),
            "transform.drop_prefixes=['a']: is for documents of CloudWatch Logs",
            "use Blueprint.CLOUDWATCH_LOGS",
        ),
        (
            lambda: Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, drop_prefixes="START"),
            "Transform.blueprint.drop_prefixes='START': must be list[str], not str",
            "Pass a list",
        ),
        (
            lambda: Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, strict=True, messages=LogMessages.SYSLOG),
            "transform.messages='SYSLOG': cannot be read with strict=True",
            "Leave out one of the two",
        ),
        (
            lambda: Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, messages=LogMessages.JSON),
            "transform.schema=None: JSON messages have the columns that you name",
            "schema=EventSchema.of_rows",
        ),
        (
            lambda: Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, schema=EventSchema.click()),
            "transform.schema='given': only JSON messages",
            "say messages=LogMessages.JSON",
        ),
        (
            lambda: Transform.blueprint(
                Blueprint.CLOUDWATCH_LOGS,
                messages=LogMessages.JSON,
                schema=EventSchema.of_rows({"type": "object", "properties": {"log_group": {"type": "string"}}}),
            ),
            "transform.schema='#/properties/log_group': is a column that the log fills itself",
            "Leave it out",
        ),
        (
            lambda: TransformFunction(
                new_stack(), "T", schema=EventSchema.click(), transform=Transform.blueprint(Blueprint.SYSLOG_TO_JSON)
            ),
            "schema='given': the transform brings its own columns",
            "Leave it out",
        ),
        (
            lambda: TransformFunction(new_stack(), "T", transform=Transform.none()),
            "transform='none': runs no bundled code",
            "Leave this construct out",
        ),
        (
            lambda: pipeline(new_stack(), Transform.blueprint(Blueprint.APACHE_LOG_TO_JSON), auth=AUTH),
            "auth='given': source 'direct put' with transform",
            "Pass auth=None",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_the_way_out(make: Callable[[], object], start: str, way_out: str) -> None:
    message = refusal(make)
    assert message.startswith(start)
    assert way_out in message
