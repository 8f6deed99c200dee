from __future__ import annotations

from typing import Any

import pytest

from support.plans import change, goes, one, said, stack

BUCKET = "AWS::S3::Bucket"
GROUP = "AWS::Logs::LogGroup"


def rules(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", **rule} for rule in rules]}}


BACKUPS = {"Prefix": "backup/", "ExpirationInDays": 30}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            rules(BACKUPS),
            rules({**BACKUPS, "ExpirationInDays": 7}),
            "data-loss: It objects under backup/ are deleted after 7",
        ),
        ({}, rules(BACKUPS), "data-loss: It objects under backup/ are deleted after 30 days, never before"),
        (rules(BACKUPS), {}, "left-behind: It objects under backup/ are deleted after never, 30 days before"),
        (rules(BACKUPS), rules({**BACKUPS, "Id": "x"}), "safe: It its lifecycle rules are written in another way"),
        (rules(BACKUPS), rules({**BACKUPS, "Status": "Disabled"}), "left-behind: It objects under backup/"),
        (rules({}), rules({"Transitions": [{"StorageClass": "GLACIER"}]}), "unknown: It its lifecycle rules change"),
        (
            rules({"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}),
            rules({"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}),
            "data-loss: It old versions of objects under the whole bucket are deleted after 1 days",
        ),
    ],
)
def test_expiry_deletes_what_is_older_already(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (found,) = change(BUCKET, old, new)
    assert found.startswith(line)


def encrypted(key: str | None) -> dict[str, Any]:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": default}]}}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            encrypted(None),
            encrypted("a"),
            "visible: It new objects are encrypted with a: their readers need kms:Decrypt",
        ),
        (
            encrypted("a"),
            encrypted("b"),
            "visible: It new objects are encrypted in another way; those so far still need a",
        ),
        (
            encrypted("a"),
            encrypted(None),
            "visible: It new objects are encrypted in another way; those so far still need a",
        ),
        ({}, encrypted(None), "safe: It its encryption is"),
        ({}, {"VersioningConfiguration": {"Status": "Enabled"}}, "irreversible: It keeps old versions"),
        ({"VersioningConfiguration": {"Status": "Enabled"}}, {}, "visible: It keeps no old versions"),
        (
            {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
            {},
            "visible: It BlockPublicAcls no longer on: objects can be made public",
        ),
        ({}, {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}, "safe: It blocks more public access"),
    ],
)
def test_a_bucket_changes_in_place(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (found,) = change(BUCKET, old, new)
    assert found.startswith(line)


def test_a_bucket_is_deleted_while_it_is_empty_and_emptied_where_it_was_asked_for() -> None:
    assert goes(BUCKET) == [
        "left-behind: It is deleted if it is empty; S3 refuses it while it holds objects, and it stays and bills, "
        "outside of the stack"
    ]
    emptied = {"It": one(BUCKET), "Empty": one("Custom::S3AutoDeleteObjects", {"BucketName": {"Ref": "It"}})}
    assert said(stack(emptied), stack({}))[0] == (
        "data-loss: It is deleted, and emptied first: every object in it is lost"
    )


def test_a_key_that_leaves_takes_all_that_it_encrypted_along() -> None:
    (line,) = goes("AWS::KMS::Key", {"PendingWindowInDays": 7})
    assert line.startswith("data-loss: It is deleted: cannot be used from now on, and is gone for good in 7 days")
    assert "30 days" in goes("AWS::KMS::Key")[0]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ({}, {"Enabled": False}, "interruption: It is disabled"),
        ({"Enabled": False}, {"Enabled": True}, "safe: It is enabled"),
        ({}, {"EnableKeyRotation": True}, "safe: It its rotation changes"),
        ({}, {"KeySpec": "RSA_2048"}, "unknown: It KeySpec changes"),
    ],
)
def test_a_key_changes_in_place(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (found,) = change("AWS::KMS::Key", old, new)
    assert found.startswith(line)


def test_the_policy_of_a_key_is_taken_apart() -> None:
    def policy(*actions: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Principal": {"AWS": "arn:reader"}, "Action": list(actions), "Resource": "*"}
        return {"KeyPolicy": {"Statement": [statement]}}

    assert change("AWS::KMS::Key", policy("kms:Decrypt", "kms:Encrypt"), policy("kms:Encrypt")) == [
        "visible: It arn:reader may no longer kms:Decrypt"
    ]


@pytest.mark.parametrize(
    ("old", "new", "severity"),
    [
        ({"RetentionInDays": 30}, {"RetentionInDays": 7}, "data-loss"),
        ({}, {"RetentionInDays": 7}, "data-loss"),
        ({"RetentionInDays": 30}, {"RetentionInDays": 90}, "safe"),
        ({"RetentionInDays": 30}, {}, "safe"),
    ],
)
def test_a_shorter_retention_deletes_log_events(old: dict[str, Any], new: dict[str, Any], severity: str) -> None:
    for kind in (GROUP, "Custom::LogRetention"):
        (line,) = change(kind, old, new)
        assert line.startswith(f"{severity}: It keeps log events for ")


def test_log_events_go_with_their_group() -> None:
    inside = {"Group": one(GROUP), "Stream": one("AWS::Logs::LogStream", {"LogGroupName": {"Ref": "Group"}})}
    assert said(stack(inside), stack({})) == [
        "data-loss: Group is deleted, with its log events",
        "safe: Stream is deleted, with Group",
    ]
    assert goes("AWS::Logs::LogStream", {"LogGroupName": "/x"}) == ["data-loss: It is deleted, with its log events"]


def test_a_key_that_goes_with_the_topic_that_it_is_for_takes_nothing_along() -> None:
    key = one("AWS::KMS::Key")
    topic = one("AWS::SNS::Topic", {"KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}})
    bucket = one("AWS::S3::Bucket", {"BucketEncryption": {"Key": {"Fn::GetAtt": ["Key", "Arn"]}}})
    both = {"Key": key, "Topic": topic}
    assert "safe: Key is deleted, with the topic that it is for: Topic" in said(stack(both), stack({}))
    for old, new in ((both, {"Topic": topic}), ({"Key": key, "Bucket": bucket}, {})):
        assert any(line.startswith("data-loss: Key") for line in said(stack(old), stack(new)))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ({}, {"KmsKeyId": "a"}, "a from now on"),
        ({"KmsKeyId": "a"}, {"KmsKeyId": "b"}, "b from now on; those so far need a"),
        ({"KmsKeyId": "a"}, {}, "CloudWatch Logs' own key from now on; those so far need a"),
    ],
)
def test_log_events_so_far_need_the_key_that_they_had(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    assert change(GROUP, old, new) == [f"visible: It log events are encrypted with {line}"]
