from __future__ import annotations

import aws_cdk as cdk
import pytest

from cdk_clickstream import BufferingHints
from support.stacks import refusal

mib, kib, seconds = cdk.Size.mebibytes, cdk.Size.kibibytes, cdk.Duration.seconds


@pytest.mark.parametrize(
    ("hints", "conversion", "expected"),
    [
        (BufferingHints(), False, (5, 300)),
        (BufferingHints(), True, (128, 300)),
        (BufferingHints(mib(64), seconds(0)), True, (64, 0)),
        (BufferingHints(mib(1), seconds(900)), False, (1, 900)),
    ],
)
def test_buffering_defaults_and_bounds_are_those_of_the_service(
    hints: BufferingHints, conversion: bool, expected: tuple[int, int]
) -> None:
    """facts/firehose.md#buffering: default 5 MiB, 128 MiB with conversion, 300 s."""
    assert hints.resolve("buffering", conversion=conversion) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"conversion": True},
            "must be 64..128 MiB with format conversion. Choose a size in this range; for fresher data",
        ),
        ({"partitioning": True}, "must be 64..128 MiB with dynamic partitioning"),
    ],
)
def test_a_refusal_says_why_the_limit_is_higher_and_what_to_do(options: dict[str, bool], message: str) -> None:
    """facts/firehose.md#buffering: at least 64 MiB with conversion or dynamic partitioning."""
    assert message in refusal(lambda: BufferingHints(size=mib(63)).resolve("buffering", **options))
