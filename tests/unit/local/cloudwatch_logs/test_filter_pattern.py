"""Filter patterns of words."""

from __future__ import annotations

import pytest

from clickstream_local.cloudwatch_logs.filter_pattern import FilterPatternError, compile_filter_pattern


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("", ["anything", ""], []),
        ("ERROR", ["an ERROR"], ["error"]),
        ("ERROR ARGUMENTS", ["ARGUMENTS: ERROR"], ["ERROR"]),
        ("?ERROR ?WARN", ["WARN", "ERROR"], ["INFO"]),
        ("ERROR -EXITING", ["ERROR"], ["ERROR EXITING"]),
        ('"INTERNAL SERVER"', ["x INTERNAL SERVER y"], ["INTERNAL x SERVER"]),
        (r'"say \"hi\""', ['say "hi"'], ["say hi"]),
    ],
)
def test_patterns_of_words(pattern: str, matching: list[str], others: list[str]) -> None:
    match = compile_filter_pattern(pattern)
    assert all(match(message) for message in matching)
    assert not any(match(message) for message in others)


def test_a_quote_without_end_is_named() -> None:
    with pytest.raises(FilterPatternError, match="has a quote that does not end"):
        compile_filter_pattern('ERROR "half')
