from __future__ import annotations

import aws_cdk as cdk
import pytest

from cdk_clickstream import ConfigurationError, EventSchema, RecordKey, Transform, TransformFunction
from support.stacks import Synthesized, flat, new_stack, partitioned_by, pipeline_refusal

FORMER = "5d1f0c52-6c39-44a4-8f0e-0d7f7f0f9a77"


def test_the_function_runs_the_transforms_entry_point(reference: Synthesized) -> None:
    function = reference.only("AWS::Lambda::Function")
    assert function["Handler"] == "clickstream_transform.handler.handler"
    assert function["Runtime"] == "python3.14"
    assert function["Architectures"] == ["arm64"]
    assert (function["MemorySize"], function["Timeout"]) == (512, 60)


def test_the_function_knows_the_reject_stream(reference: Synthesized) -> None:
    variables = reference.only("AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["CLICKSTREAM_REJECT_STREAM"] == {"Ref": "PipelineRejectStreamD2DA6DF1"}


def test_the_function_believes_context_lines_by_the_uuid_of_its_stack(reference: Synthesized) -> None:
    variables = reference.only("AWS::Lambda::Function")["Environment"]["Variables"]
    assert flat(variables["CLICKSTREAM_CONTEXT_TOKENS"]) == "<<AWS::StackId> / 2>"


def test_the_function_believes_the_tokens_that_it_had_before() -> None:
    stack = new_stack()
    TransformFunction(stack, "Transform", previous_tokens=[FORMER, cdk.Fn.import_value("former")])
    variables = Synthesized(stack).only("AWS::Lambda::Function")["Environment"]["Variables"]
    assert flat(variables["CLICKSTREAM_CONTEXT_TOKENS"]) == f"<<AWS::StackId> / 2>,{FORMER},<former>"


@pytest.mark.parametrize("token", ["", "too-short", f"{FORMER},", f'{FORMER}"', "x" * 65])
def test_what_is_no_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ConfigurationError, match="must be 16 to 64 letters, digits and hyphens") as refused:
        TransformFunction(new_stack(), "Transform", previous_tokens=[token])
    assert str(refused.value).startswith(f"previous_tokens='{len(token)} characters'")
    assert not token or token not in str(refused.value)


def test_the_function_logs_into_its_own_group(reference: Synthesized) -> None:
    logging = reference.only("AWS::Lambda::Function")["LoggingConfig"]
    assert logging == {"LogGroup": {"Ref": "PipelineTransformLogE41614DB"}}
    assert reference.only("AWS::Logs::LogGroup", "PipelineTransformLog")["RetentionInDays"] == 30


def test_a_schema_whose_members_are_no_column_names_is_refused() -> None:
    properties = {"event_name": {"type": "string"}, "pageURL": {"type": "string"}}
    schema = EventSchema.from_dict({"type": "object", "properties": properties})
    with pytest.raises(ConfigurationError, match=r"#/properties/pageURL.*name it 'page_url'|Name it 'page_url'"):
        TransformFunction(new_stack(), "Transform", schema=schema)


def test_a_redacted_column_that_the_schema_does_not_have_is_refused() -> None:
    with pytest.raises(ConfigurationError) as refused:
        TransformFunction(new_stack(), "Function", transform=Transform.click(redact=["page_url", "page_referer"]))
    assert str(refused.value).startswith(
        "transform.redact='page_referer': is not a column of the schema that clients fill. Name one of page_referrer"
    )
    rows = EventSchema.from_dict({"type": "object", "properties": {"event_name": {"type": "string"}}})
    with pytest.raises(ConfigurationError, match="Name one of event_name"):
        TransformFunction(new_stack(), "Function", schema=rows, transform=Transform.click(redact=["note"]))


def test_a_redacted_column_that_the_server_fills_is_refused() -> None:
    transform = Transform.click(redact=["page_query"])
    with pytest.raises(ConfigurationError, match="page_query': is not a column of the schema that clients fill"):
        TransformFunction(new_stack(), "Function", transform=transform)


def test_a_function_alone_has_no_reject_stream() -> None:
    stack = new_stack()
    TransformFunction(stack, "Transform")
    found = Synthesized(stack)
    assert list(found.only("AWS::Lambda::Function")["Environment"]["Variables"]) == ["CLICKSTREAM_CONTEXT_TOKENS"]
    assert not found.of_type("AWS::KinesisFirehose::DeliveryStream")


def test_the_metrics_are_those_of_the_function() -> None:
    function = TransformFunction(new_stack(), "Transform")
    assert function.metric_errors().metric_name == "Errors"
    assert function.metric_duration().metric_name == "Duration"


def test_a_record_key_of_a_misspelt_member_is_refused() -> None:
    """All records would lie in the partition other."""
    keys = {"kind": RecordKey.event("event_nam", ["click"])}
    message = pipeline_refusal(**partitioned_by(keys))
    assert message.startswith("transform.partition_keys='event_nam'")
    assert "event_name" in message
