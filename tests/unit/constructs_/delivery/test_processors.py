from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import LambdaProcessor
from support.stacks import destination, new_stack, refusal


def test_zero_retries_and_a_function_version_are_kept() -> None:
    """constructs.md 1.3, item 7: the CDK's own construct drops retries=0."""
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
