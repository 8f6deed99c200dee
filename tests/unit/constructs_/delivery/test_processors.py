from __future__ import annotations

import re
from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import LambdaProcessor
from support.stacks import Synthesized, destination, flat, new_stack, refusal, stream_in

FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:rows"


def test_zero_retries_and_a_function_version_are_kept() -> None:
    """facts/peers.md#construct-libraries: the CDK's own construct drops retries=0."""
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:mine:7"
    processor = LambdaProcessor(
        lambda_.Function.from_function_arn(new_stack(), "Mine", arn),
        retries=0,
        buffer_size=cdk.Size.kibibytes(256),
        buffer_interval=cdk.Duration.seconds(0),
    )
    found = destination(processor=processor)["ProcessingConfiguration"]
    (one,) = found["Processors"]
    parameters = {each["ParameterName"]: each["ParameterValue"] for each in one["Parameters"]}
    assert found["Enabled"] is True
    assert parameters["NumberOfRetries"] == "0"
    assert parameters["BufferSizeInMBs"] == "0.25"
    assert parameters["BufferIntervalInSeconds"] == "0"
    assert parameters["LambdaArn"] == arn


def test_a_buffer_size_that_only_deployment_knows_is_refused() -> None:
    stack = new_stack()
    function = lambda_.Function.from_function_name(stack, "Mine", "mine")
    size = cdk.Size.mebibytes(cdk.CfnParameter(stack, "Size", type="Number").value_as_number)
    assert refusal(lambda: LambdaProcessor(function, buffer_size=size)).startswith("transform.buffer_size=")


@pytest.mark.parametrize(
    ("make", "arns"),
    [
        (lambda function: function, ["<Rows.Arn>", "<Rows.Arn>:$LATEST"]),
        (lambda function: function.add_alias("live"), ["<RowsAliaslive>"]),
        (lambda function: function.current_version, ["<RowsCurrentVersion>"]),
        (
            lambda function: lambda_.Function.from_function_arn(function.stack, "Plain", FUNCTION),
            [FUNCTION, f"{FUNCTION}:$LATEST"],
        ),
        (
            lambda function: lambda_.Function.from_function_arn(function.stack, "Alias", f"{FUNCTION}:live"),
            [f"{FUNCTION}:live"],
        ),
        (
            lambda function: lambda_.Version.from_version_arn(function.stack, "Seven", f"{FUNCTION}:7"),
            [f"{FUNCTION}:7"],
        ),
    ],
    ids=["function", "alias", "version", "imported function", "imported alias", "imported version"],
)
def test_the_role_may_call_a_function_as_its_newest_version_too_and_what_is_qualified_as_that_alone(
    make: Callable[[lambda_.Function], lambda_.IFunction], arns: list[str]
) -> None:
    """docs/unverified.md: sources disagree by which ARN Firehose calls."""
    stack = new_stack()
    code = lambda_.Code.from_inline("x")
    function = lambda_.Function(stack, "Rows", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.x", code=code)
    stream_in(stack, processor=LambdaProcessor(make(function)))
    allowed = Synthesized(stack).statements("StreamRole")["Transform"]["Resource"]
    found = [flat(arn) for arn in (allowed if isinstance(allowed, list) else [allowed])]
    assert [re.sub(r"(?<=[a-z])[0-9A-F]{8}[0-9a-f]*", "", arn) for arn in found] == arns
