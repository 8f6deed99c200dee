"""The evaluator of policies (:mod:`clickstream_local.iam.policy`) beside an independent one, on generated policies.

The generator is seeded, so every run asks the same questions. Run by ``make test-matrix``.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from support.policy_engine import ACCOUNT, Request, decisions, own_decision

pytestmark = pytest.mark.matrix

CASES = 6_000
OTHER = "210987654321"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop"
PRINCIPALS = [ROLE, f"arn:aws:iam::{OTHER}:role/shop", "firehose.amazonaws.com"]
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
BUCKET = "arn:aws:s3:::lake"
ACTIONS = {
    "s3:GetObject": [f"{BUCKET}/events/a", f"{BUCKET}/a-b/x:y"],
    "s3:PutObject": [f"{BUCKET}/events/a", "arn:aws:s3:::other/shop/a"],
    "s3:ListBucket": [BUCKET],
    "kms:Decrypt": [KEY],
    "kms:GenerateDataKey": [KEY],
    "firehose:PutRecordBatch": [f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/events"],
    "lambda:InvokeFunction": [f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:rows:$LATEST"],
    "sns:Publish": [f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms"],
}
ACTION_PATTERNS = [
    *ACTIONS,
    "s3:*",
    "*",
    "S3:get*",
    "kms:De?rypt",
    "firehose:Put*",
    "lambda:Invoke*",
    "sns:*",
    "s3:?*Object",
]
RESOURCE_PATTERNS = [
    *(arn for arns in ACTIONS.values() for arn in arns),
    "*",
    f"{BUCKET}/*",
    f"{BUCKET}*",
    f"{BUCKET}/event?/a",
    f"{BUCKET}/a${{*}}b/*",
    "arn:aws:s3:::*/${aws:PrincipalTag/team}/*",
    "arn:aws:s3:::*/${aws:PrincipalTag/none, 'shop'}/*",
    "arn:*:kms:*:*:key/*",
    f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:rows",
    f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:rows:*",
    "arn:aws:firehose:*:*:deliverystream/e*",
    "arn:aws:sns:us-east-1:*:alarm?",
]
# Key to values that requests have, by kind of operator.
KEYS: dict[str, dict[str, list[Any]]] = {
    "String": {
        "aws:PrincipalTag/team": ["shop", "Shop", "a-b"],
        "aws:SourceVpc": ["vpc-1", "vpc-2"],
        "aws:PrincipalTag/none": [None],
    },
    "Arn": {"aws:SourceArn": ["arn:aws:s3:::lake", f"arn:aws:sns:us-east-1:{ACCOUNT}:a:b"]},
    "Numeric": {"aws:MultiFactorAuthAge": ["3", "3.0", "60"]},
    "Date": {"aws:TokenIssueTime": ["2026-01-02T03:04:05Z", "2027-01-01T00:00:00Z"]},
    "Bool": {"aws:SecureTransport": ["true", "false"], "aws:MultiFactorAuthPresent": ["true", "TRUE"]},
    "Ip": {"aws:SourceIp": ["10.1.2.3", "192.0.2.1"]},
    "Set": {"aws:TagKeys": [["team", "cost"], ["team"]]},
}
WANTED: dict[str, list[Any]] = {
    "String": [
        "shop",
        "SHOP",
        "sh*",
        "?hop",
        "vpc-1",
        "vpc-*",
        "a${*}b",
        "${aws:SourceVpc}",
        "${aws:PrincipalTag/none}",
        "",
    ],
    "Arn": [BUCKET, "arn:aws:s3:::*", "arn:aws:sns:*:*:*", f"arn:aws:sns:us-east-1:{ACCOUNT}:a*"],
    "Numeric": ["3", 3, "4", "60.0", "2.5"],
    "Date": ["2026-01-02T03:04:05Z", "2026-06-01T00:00:00Z"],
    "Bool": ["true", "false", True],
    "Ip": ["10.0.0.0/8", "192.0.2.1", "192.0.2.1/32", "192.0.0.0/2"],
    "Set": ["team", "cost", "t*", "other"],
}
OPERATORS = {
    "String": [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ],
    "Arn": ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
    "Numeric": [
        f"Numeric{one}"
        for one in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ],
    "Date": [
        f"Date{one}"
        for one in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ],
    "Bool": ["Bool"],
    "Ip": ["IpAddress", "NotIpAddress"],
    "Set": [
        f"{of}:{one}"
        for of in ("ForAllValues", "ForAnyValue")
        for one in ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike")
    ],
}


class Generator:
    """Makes questions."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def question(self) -> Request:
        chance = self._random.random
        action = self._one(list(ACTIONS))
        resource = self._one(ACTIONS[action])
        principal = self._one(PRINCIPALS) if chance() < 0.4 else ROLE
        is_service = not principal.startswith("arn:")
        context = {
            key: value
            for keys in KEYS.values()
            for key, values in keys.items()
            if chance() < 0.6 and (value := self._one(values)) is not None
        }
        resource_policy = self.policy(action, "Principal") if is_service or chance() < 0.5 else None
        return Request(
            principal,
            action,
            resource,
            []
            if is_service
            else [{"name": "role", "policy": self.policy(action)} for _ in range(self._random.randint(0, 2))],
            resource_policy,
            None,
            context,
            boundary_policy=self.policy(action) if chance() < 0.2 and not is_service else None,
        )

    def policy(self, action: str, principal: str | None = None) -> dict[str, Any]:
        statements = [self.statement(action, principal) for _ in range(self._random.randint(1, 3))]
        return {"Version": "2012-10-17" if "${" in str(statements) else "2008-10-17", "Statement": statements}

    def statement(self, action: str, principal: str | None) -> dict[str, Any]:
        chance = self._random.random
        statement: dict[str, Any] = {"Effect": "Deny" if chance() < 0.15 else "Allow"}
        statement["NotAction" if chance() < 0.1 else "Action"] = (
            [action, self._one(ACTION_PATTERNS)] if chance() < 0.6 else self._some(ACTION_PATTERNS, 3)
        )
        if chance() < 0.1:
            # There the engine takes a variable without a value differently from service to service.
            statement["NotResource"] = self._some([one for one in RESOURCE_PATTERNS if "${aws" not in one], 3)
        else:
            statement["Resource"] = "*" if chance() < 0.4 else self._some(RESOURCE_PATTERNS, 3)
        if principal:
            who = self._one(
                [
                    "*",
                    {"AWS": "*"},
                    {"AWS": ROLE},
                    {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]},
                    {"AWS": OTHER},
                    {"Service": ["firehose.amazonaws.com", "s3.amazonaws.com"]},
                    {"Service": "sns.amazonaws.com", "AWS": [ROLE, f"arn:aws:iam::{OTHER}:role/shop"]},
                ]
            )
            unlike = statement["Effect"] == "Deny" and chance() < 0.2
            statement["NotPrincipal" if unlike else "Principal"] = who
        if chance() < 0.6:
            statement["Condition"] = dict(self.condition() for _ in range(self._random.randint(1, 2)))
        return statement

    def condition(self) -> tuple[str, dict[str, Any]]:
        kind = self._one(list(KEYS))
        key = self._one(list(KEYS[kind]))
        if self._random.random() < 0.1:
            return "Null", {key: self._one(["true", "false", True])}
        operator = self._one(OPERATORS[kind])
        if kind != "Set" and self._random.random() < 0.2:
            operator += "IfExists"
        return operator, {self._one([key, key.lower(), key.upper()[:4] + key[4:]]): self._some(WANTED[kind], 2)}

    def _one(self, values: list[Any]) -> Any:
        return self._random.choice(values)

    def _some(self, values: list[Any], most: int) -> Any:
        chosen = self._random.sample(values, self._random.randint(1, most))
        return chosen[0] if len(chosen) == 1 else chosen


def test_the_evaluator_decides_as_an_independent_engine_does() -> None:
    generator = Generator(16)
    questions = [generator.question() for _ in range(CASES)]
    different, answers = [], Counter[bool]()
    for asked, _, theirs in decisions(questions):
        answers[theirs] += 1
        if own_decision(asked) is not theirs:
            different.append((theirs, asked))
    assert different == []
    assert min(answers.values()) > CASES / 5
