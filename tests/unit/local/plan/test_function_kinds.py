from __future__ import annotations

from typing import Any

import pytest

from support.plans import change, goes, one, said, stack

FUNCTION = "AWS::Lambda::Function"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ({"Code": {"S3Key": "a"}}, {"Code": {"S3Key": "b"}}, "code: It has new code"),
        ({"Runtime": "python3.13"}, {"Runtime": "python3.14"}, "unknown: It runs on python3.14, on python3.13 before"),
        ({"Handler": "a.b"}, {"Handler": "a.c"}, "code: It runs a.c, a.b before"),
        ({"MemorySize": 512}, {"MemorySize": 256}, "interruption: It has 256 MB of memory, 512 before"),
        ({"MemorySize": 512}, {}, "interruption: It has 128 MB of memory, 512 before"),
        ({"MemorySize": 256}, {"MemorySize": 512}, "safe: It has 512 MB of memory"),
        ({"Timeout": 60}, {"Timeout": 10}, "interruption: It has 10 s for a batch, 60 before"),
        ({"Timeout": 60}, {"Timeout": 90}, "safe: It has 90 s for a batch"),
        ({}, {"ReservedConcurrentExecutions": 0}, "interruption: It can no longer be called"),
        ({}, {"ReservedConcurrentExecutions": 5}, "interruption: It runs 5 times at once at the most"),
        (
            {"ReservedConcurrentExecutions": 5},
            {},
            "safe: It may run as often at once as the account lets it, 5 times before",
        ),
        (
            {"Environment": {"Variables": {"A": "1", "B": "1"}}},
            {"Environment": {"Variables": {"A": "1", "B": "2", "C": "3"}}},
            "unknown: It its environment changes in B, C",
        ),
        ({}, {"LoggingConfig": {"LogGroup": "/x"}}, "visible: It logs to"),
        ({}, {"VpcConfig": {"SubnetIds": ["a"]}}, "visible: It runs in a VPC from now on"),
        ({"VpcConfig": {"SubnetIds": ["a"]}}, {}, "visible: It runs outside of a VPC from now on"),
        (
            {"VpcConfig": {"SubnetIds": ["a"]}},
            {"VpcConfig": {"SubnetIds": ["b"]}},
            "visible: It runs in other subnets or groups from now on",
        ),
        ({}, {"Description": "x"}, "safe: It its description changes"),
    ],
)
def test_a_function_changes_in_place(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (found,) = change(FUNCTION, old, new)
    assert found.startswith(line)


def test_an_alias_that_stands_for_another_version_runs_other_code() -> None:
    old, new = ({"FunctionName": "f", "Name": "live", "FunctionVersion": version} for version in "12")
    assert change("AWS::Lambda::Alias", old, new) == ["code: It stands for 2, for 1 before"]
    assert goes("AWS::Lambda::Alias") == ["interruption: It is deleted: callers that use it fail"]


def test_a_version_is_made_with_each_change_and_moves_nowhere() -> None:
    version = one("AWS::Lambda::Version", {"FunctionName": "f"})
    assert said(stack({"V1": version}), stack({"V2": version})) == [
        "visible: V1 is deleted: callers of this version's ARN fail",
        "safe: V2 is made",
    ]


def test_a_right_to_call_that_is_replaced_is_there_before_the_old_one_goes() -> None:
    assert goes("AWS::Lambda::Permission") == [
        "interruption: It is deleted: its principal may no longer call the function"
    ]
    assert change("AWS::Lambda::Permission", {"SourceArn": "a"}, {"SourceArn": "b"}) == [
        "safe: It is replaced, since SourceArn changes: the new one is made first"
    ]
