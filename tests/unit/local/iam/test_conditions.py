"""Conditions of policy statements, what the generated comparison with the independent engine leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.iam.conditions import PolicyError, arn_matches, filled, holds, literal, matches

ARN = "arn:aws:s3:::lake/a:b"


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("DateGreaterThan", "1767323044", "2026-01-02T03:04:05Z", True),
        ("DateEquals", "2026-01-02", "1767312000", True),
        ("DateEquals", "soon", "2026-01-02", False),
        ("NumericEquals", "3.00", "3", True),
        ("NumericLessThan", "x", "3", False),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
        ("IpAddress", "10.0.0.0/8", "2001:db8::1", False),
        ("NotIpAddress", "0.0.0.0/0", "10.1.2.3", False),
        ("BinaryEquals", "QUI=", "QUI=", True),
        ("BinaryEquals", "QUI=", "no base64", False),
        ("Bool", "true", "yes", False),
        ("Null", "false", "here", True),
        ("stringequals", "here", "here", True),
        ("ArnLike", "*", ARN, True),
        ("ArnLike", "arn:aws:s3", ARN, True),
        ("StringLike", "*", "two\nlines", True),
    ],
)
def test_an_operator_compares_as_its_name_says(operator: str, wanted: str, value: str, expected: bool) -> None:
    assert holds({operator: {"aws:Key": wanted}}, {"aws:key": value}, variables=True) is expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"StringEquals": {"k": "a"}}, False),
        ({"StringNotEquals": {"k": "a"}}, True),
        ({"StringEqualsIfExists": {"k": "a"}}, True),
        ({"ForAllValues:StringEquals": {"k": "a"}}, True),
        ({"ForAnyValue:StringNotEquals": {"k": "a"}}, False),
        ({"ForAnyValue:StringEqualsIfExists": {"k": "a"}}, True),
        ({"Null": {"k": "true"}}, True),
    ],
)
def test_a_key_that_the_request_lacks(conditions: Any, expected: bool) -> None:
    assert holds(conditions, {}, variables=True) is expected


def test_an_operator_that_iam_does_not_have_is_named() -> None:
    with pytest.raises(PolicyError, match="'StringSame': IAM has no such operator"):
        holds({"StringSame": {"k": "a"}}, {}, variables=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${aws:name}", "a?c"),
        ("${ AWS:Name }", "a?c"),
        ("${none, 'shop'}", "shop"),
        ("x${*}${?}${$}", "x*?$"),
    ],
)
def test_a_variable_stands_for_exactly_its_value(text: str, expected: str) -> None:
    pattern = filled(text, {"aws:name": "a?c"})
    assert pattern == literal(expected)
    assert pattern is not None
    assert matches(pattern, expected)
    assert not matches(pattern, expected.replace("?", "b").replace("*", "b")) or "?" not in expected


def test_a_variable_without_a_value_is_told_and_fits_no_test() -> None:
    assert filled("a${none}", {}) is None
    for operator in ("StringLike", "StringNotLike"):
        assert not holds({operator: {"k": "${none}"}}, {"k": "a"}, variables=True)


def test_before_version_2012_a_dollar_is_a_dollar() -> None:
    assert holds({"StringEquals": {"k": "${k}"}}, {"k": "${k}"}, variables=False)


def test_a_wildcard_stays_in_its_part_of_an_arn_but_for_the_last() -> None:
    assert arn_matches("arn:aws:s3:::lake/*", ARN)
    assert not arn_matches("arn:*:lake/a:b", ARN)
    assert not arn_matches("arn:aws:s3:::lake/*", "*")
