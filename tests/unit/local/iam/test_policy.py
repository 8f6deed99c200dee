"""Decisions by several documents, and what a decision names."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.iam.conditions import PolicyError
from clickstream_local.iam.policy import Kind, Policy, Request, Verdict, decide

ROLE = "arn:aws:iam::111122223333:role/shop"
REQUEST = Request(ROLE, "s3:PutObject", "arn:aws:s3:::lake/a")


def policy(effect: str = "Allow", name: str = "P", **more: Any) -> Policy:
    statement = {"Effect": effect, "Action": "s3:*", "Resource": "*", **more}
    return Policy(name, {"Version": "2012-10-17", "Statement": [statement]})


def test_what_nothing_allows_is_denied_for_want_of_an_identity_policy() -> None:
    assert decide(REQUEST) == Verdict(False, Kind.IDENTITY)


def test_an_explicit_deny_names_its_document() -> None:
    found = decide(REQUEST, identity=[policy(), policy("Deny", "Guard")])
    assert found == Verdict(False, Kind.IDENTITY, "Guard")


def test_a_boundary_and_an_endpoint_have_to_allow_too() -> None:
    nothing = policy(Action="kms:*", Principal="*")
    assert decide(REQUEST, identity=[policy()], boundary=nothing) == Verdict(False, Kind.BOUNDARY)
    assert decide(REQUEST, identity=[policy()], endpoint=[nothing]) == Verdict(False, Kind.ENDPOINT)
    assert decide(REQUEST, identity=[policy()], boundary=policy(), endpoint=[policy(Principal="*")]).allowed


def test_a_resource_that_names_a_role_stays_within_its_boundary_and_one_for_everybody_does_not() -> None:
    boundary = policy(Action="kms:*")
    assert not decide(REQUEST, resource=[policy(Principal={"AWS": ROLE})], boundary=boundary).allowed
    assert decide(REQUEST, resource=[policy(Principal="*")], boundary=boundary).allowed


def test_a_key_lets_an_account_in_and_the_role_needs_the_right_too() -> None:
    owner = policy(Principal={"AWS": "arn:aws:iam::111122223333:root"})
    assert decide(REQUEST, resource=[owner], needs_resource_policy=True) == Verdict(False, Kind.IDENTITY)
    assert decide(REQUEST, resource=[owner], identity=[policy()], needs_resource_policy=True).allowed
    assert decide(REQUEST, identity=[policy()], needs_resource_policy=True) == Verdict(False, Kind.RESOURCE)


def test_another_account_s_resource_needs_both() -> None:
    theirs = policy(Principal={"AWS": "111122223333"})
    assert decide(REQUEST, identity=[policy()], resource_account="999") == Verdict(False, Kind.RESOURCE)
    assert decide(REQUEST, resource=[theirs], resource_account="999") == Verdict(False, Kind.IDENTITY)
    assert decide(REQUEST, identity=[policy()], resource=[theirs], resource_account="999").allowed


def test_a_service_needs_the_resource_s_policy() -> None:
    request = Request("firehose.amazonaws.com", "sts:AssumeRole", ROLE, {"sts:ExternalId": "111122223333"})
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "firehose.amazonaws.com"}}
    assert decide(request, resource=[Policy("R", {"Statement": trust})]).allowed
    other = Policy("R", {"Statement": {**trust, "Principal": {"Service": "ec2.amazonaws.com"}}})
    assert decide(request, resource=[other], resource_kind=Kind.TRUST) == Verdict(False, Kind.TRUST)


def test_a_session_of_the_role_is_the_role() -> None:
    session = "arn:aws:sts::111122223333:assumed-role/shop/one"
    assert decide(REQUEST, resource=[policy(Principal={"AWS": session})]).allowed


def test_a_key_of_unknown_value_does_not_deny_and_is_told() -> None:
    request = Request(ROLE, "s3:PutObject", "arn:aws:s3:::lake/a", unknown=("aws:sourceip",))
    guard = policy("Deny", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    assert decide(request, identity=[policy(), guard]) == Verdict(True, doubts=("aws:sourceip",))
    strict = policy(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "StringEquals": {"s3:x": "y"}})
    assert not decide(request, identity=[strict]).allowed


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ({"Effect": "Maybe"}, "P: a Statement has no Effect"),
        ({"Effect": "Allow"}, "the Action of a Statement must be"),
    ],
)
def test_a_document_that_iam_would_refuse_is_named(statement: Any, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        decide(REQUEST, identity=[Policy("P", {"Statement": [statement]})])
