from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.plan.rights import lost, rights_of


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", **statement} for statement in statements]}


def gone(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = lost(rights_of(document(old)), rights_of(document(new)))
    return [(one.effect, one.action, one.resource) for one in found]


GET = {"Action": "s3:GetObject", "Resource": "arn:b/*"}


@pytest.mark.parametrize(
    "new",
    [
        GET,
        {"Action": ["s3:PutObject", "s3:getobject"], "Resource": ["arn:a", "arn:b/*"]},
        {"Action": "s3:*", "Resource": "*"},
        {"Action": "s3:Get*", "Resource": "arn:b/*", "Sid": "Read"},
        {"Action": "*", "Resource": "arn:b*"},
    ],
)
def test_a_right_that_a_wider_statement_gives_is_kept(new: dict[str, Any]) -> None:
    assert gone(GET, new) == []


@pytest.mark.parametrize(
    "new",
    [
        {"Action": "s3:GetObjectTagging", "Resource": "arn:b/*"},
        {"Action": "s3:GetObject", "Resource": "arn:b/events/*"},
        {**GET, "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"NotAction": "s3:PutObject", "Resource": "arn:b/*"},
        {"Effect": "Deny", **GET},
    ],
)
def test_a_right_that_is_narrower_now_is_lost(new: dict[str, Any]) -> None:
    assert gone(GET, new)[0] == ("Allow", "s3:GetObject", "arn:b/*")


def test_a_new_refusal_takes_a_right() -> None:
    refused = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}
    assert gone({**refused}, {**refused}) == []
    new = [*rights_of(document(GET)), *rights_of(document(refused))]
    assert [one.effect for one in lost(rights_of(document(GET)), new)] == ["Deny"]


def test_the_order_in_a_condition_does_not_matter() -> None:
    conditions = ({"StringEquals": {"aws:SourceAccount": order, "x": "1"}} for order in (["1", "2"], ["2", "1"]))
    assert gone(*({**GET, "Condition": condition} for condition in conditions)) == []


def test_principals_count_one_by_one() -> None:
    both, first = ({**GET, "Principal": {"AWS": names}} for names in (["a", "b"], "a"))
    found = lost(rights_of(document(both)), rights_of(document(first)))
    assert [one.principal for one in found] == ["AWS b"]
    assert gone(first, {**GET, "Principal": "*"}) == []


def test_a_bracket_is_no_pattern() -> None:
    assert gone({**GET, "Resource": "arn:[a]"}, {**GET, "Resource": "arn:[a]*"}) == []
