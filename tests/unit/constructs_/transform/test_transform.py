"""The ways to turn records into rows, and those without the bundled code: a function of one's own, none."""

from __future__ import annotations

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import ManualArgs, lint

from cdk_clickstream import Blueprint, ConfigurationError, LogMessages, OutputFormat, Source, Transform
from clickstream_transform.options import Options
from support.stacks import CONTEXT, Synthesized, new_stack
from support.transforms import AUTH, STREAM, bundled_options, entry, pipeline, refusal


def own_function(stack: cdk.Stack) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Own",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> cdk.App:
    """One stack for each way to transform."""
    app = cdk.App(context=CONTEXT)
    for blueprint in (Blueprint.APACHE_LOG_TO_JSON, Blueprint.SYSLOG_TO_CSV):
        pipeline(cdk.Stack(app, blueprint.name.replace("_", "-")), Transform.blueprint(blueprint))
    logs_stack = cdk.Stack(app, "Logs")
    group = logs.LogGroup.from_log_group_name(logs_stack, "Group", "/web")
    pipeline(
        logs_stack,
        Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, messages=LogMessages.VPC_FLOW),
        source=Source.cloudwatch_logs(group, extract_messages=False),
    )
    code = entry(tmp_path_factory.mktemp("code"))
    pipeline(cdk.Stack(app, "PerEvent"), Transform.per_event(code), auth=AUTH)
    own = cdk.Stack(app, "OwnFunction")
    function = lambda_.Function.from_function_arn(own, "Own", "arn:aws:lambda:eu-west-1:111122223333:function:own")
    pipeline(own, Transform.from_function(function), auth=AUTH)
    pipeline(cdk.Stack(app, "None"), Transform.none(), auth=AUTH)
    return app


def stacks(app: cdk.App) -> list[cdk.Stack]:
    return [child for child in app.node.children if isinstance(child, cdk.Stack)]


def test_cfn_lint_has_nothing_to_say_of_any_transform(variants: cdk.App) -> None:
    for stack in stacks(variants):
        text = json.dumps(Synthesized(stack).template)
        found = lint(text, config=ManualArgs(regions=["eu-central-1"], include_checks=["W", "E"]))
        assert [f"{stack.node.id} {one.rule.id} {one.message}" for one in found] == []


def test_cdk_nag_has_nothing_to_say_of_any_transform(variants: cdk.App) -> None:
    for stack in stacks(variants):
        report = AwsSolutionsChecks(stack).validate_scope(stack)
        found = [
            (one.rule_name, [each.construct_path for each in one.violating_resources]) for one in report.violations
        ]
        assert found == [], stack.node.id


def test_a_function_of_ones_own_is_called_with_the_batches() -> None:
    stack = new_stack()
    function = own_function(stack)
    made = pipeline(stack, Transform.from_function(function, buffer_size=cdk.Size.mebibytes(2), retries=1), auth=AUTH)
    found = Synthesized(stack)
    assert list(found.of_type(STREAM)) == ["PipelineStreamDD609695"]
    (processor,) = found.only(STREAM)["ExtendedS3DestinationConfiguration"]["ProcessingConfiguration"]["Processors"]
    values = {one["ParameterName"]: one["ParameterValue"] for one in processor["Parameters"]}
    assert (values["BufferSizeInMBs"], values["NumberOfRetries"]) == ("2", "1")
    assert values["LambdaArn"] == stack.resolve(function.function_arn)
    assert "this pipeline has no function of its own" in refusal(lambda: made.transform)
    assert "nothing rejects events here" in refusal(lambda: made.reject_stream)


def test_without_a_transform_the_event_and_a_newline_are_the_record() -> None:
    """A single-event model and a template that writes `$input.json('$')` and a newline."""
    stack = new_stack()
    pipeline(stack, Transform.none(), auth=AUTH)
    found = Synthesized(stack)
    assert not found.of_type("AWS::Lambda::Function")
    destination = found.only(STREAM)["ExtendedS3DestinationConfiguration"]
    assert destination["ProcessingConfiguration"]["Enabled"] is False
    model = found.only("AWS::ApiGateway::Model", "EventsModel")["Schema"]
    assert (model["type"], model["required"]) == ("object", ["event_name"])
    post = found.only("AWS::ApiGateway::Method", "eventsPOST")
    template = json.dumps(post["Integration"]["RequestTemplates"]["application/json"])
    assert "$input.json('$')" in template
    assert "clickstream" not in template


def test_without_transform_and_conversion_there_is_nothing_to_back_up() -> None:
    stack = new_stack()
    pipeline(stack, Transform.none(), auth=AUTH, output=OutputFormat.json())
    destination = Synthesized(stack).only(STREAM)["ExtendedS3DestinationConfiguration"]
    assert destination["S3BackupMode"] == "Disabled"


def test_the_defaults_are_those_of_the_transform() -> None:
    chosen = vars(bundled_options(Transform.click()))
    assert chosen == {name: getattr(Options, name) for name in chosen}


def test_a_redacted_column_without_a_name_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"transform\.redact="):
        Transform.click(redact=[""])
