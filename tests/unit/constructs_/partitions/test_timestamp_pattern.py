from __future__ import annotations

import pytest

from cdk_clickstream import S3Prefix
from support.stacks import prefix_refusal


def test_the_year_of_the_week_is_refused() -> None:
    """facts/firehose.md#prefixes: YYYY is week-year, a classic bug around New Year."""
    assert "use yyyy" in prefix_refusal("events/!{timestamp:YYYY-MM-dd}/").lower()


def test_the_year_of_the_week_is_accepted_with_a_week() -> None:
    assert S3Prefix("events/!{timestamp:YYYY-'W'ww}/")


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [("yyyy#MM", "reserved"), ("yyyy-b", "b is not a letter"), ("yyyy'T", "not closed"), ("TT", "T is not a letter")],
)
def test_a_pattern_that_the_service_cannot_evaluate_is_refused(pattern: str, problem: str) -> None:
    """facts/firehose.md#prefixes: patterns are evaluated at creation, invalid ones are refused."""
    assert problem in prefix_refusal(f"events/!{{timestamp:{pattern}}}/")


def test_quoted_text_in_a_pattern_is_accepted() -> None:
    assert S3Prefix("events/!{timestamp:yyyy-MM-dd'T'HH''mm}/")
