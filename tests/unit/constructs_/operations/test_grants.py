"""Each statement is in tests/support/permission_tables.py; what it allows, in tests/rules/test_least_privilege.py."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import ClickstreamPipeline, Source, Transform
from support.stacks import Synthesized, new_stack, pipeline_in


def statements_of(pipeline: ClickstreamPipeline) -> dict[str, list[object]]:
    """Action to resources, of who operates a pipeline."""
    stack = cdk.Stack.of(pipeline)
    role = iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
    assert pipeline.grant_operate(role).success
    policies = Synthesized(stack).template["Resources"]
    (policy,) = [one for name, one in policies.items() if name.startswith("OperatorDefaultPolicy")]
    found: dict[str, list[object]] = {}
    for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        for action in actions:
            found.setdefault(action, []).append(statement["Resource"])
    return found


def test_records_go_back_into_the_kinesis_stream_that_is_read() -> None:
    stack = new_stack("Kinesis")
    found = statements_of(pipeline_in(stack, auth=None, source=Source.kinesis()))
    assert "kinesis:PutRecords" in found
    assert "firehose:PutRecordBatch" not in found


def test_a_pipeline_without_a_function_has_no_right_on_one() -> None:
    found = statements_of(pipeline_in(new_stack("Raw"), transform=Transform.none()))
    assert "lambda:GetFunctionConfiguration" not in found
    assert "logs:FilterLogEvents" in found


def test_a_function_of_ones_own_is_read_with_its_log() -> None:
    stack = new_stack("Own")
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:rows"
    function = lambda_.Function.from_function_arn(stack, "Rows", arn)
    transform = Transform.from_function(function)
    found = statements_of(pipeline_in(stack, transform=transform))
    assert found["lambda:GetFunctionConfiguration"] == [arn]
    assert "/aws/lambda/rows:*" in str(found["logs:FilterLogEvents"])
