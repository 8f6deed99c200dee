"""Buckets, keys and log groups: what lies in them, for how long, and who can still read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from clickstream_local.plan.access_kinds import document
from clickstream_local.plan.differences import ABSENT
from clickstream_local.plan.finding import Effect, Severity
from clickstream_local.plan.kinds import Context, Kind, at, fixed, flag, items, lost, lowered, mentions, number, safe
from clickstream_local.plan.values import references

_OLD_KEY = "readers keep kms:Decrypt on the old key, and the key is kept"


def _bucket_gone(context: Context, how: str) -> Iterator[Effect]:
    emptied = any(
        mentions(one.properties, context.logical_id)
        for one in context.differences.old.of_type("Custom::S3AutoDeleteObjects")
    )
    if emptied:
        yield Effect(
            Severity.LOSS,
            f"{how}, and emptied first: every object in it is lost",
            "auto_delete_objects empties a bucket that is deleted",
            "copy the objects, or deploy RemovalPolicy.RETAIN first",
        )
    else:
        yield Effect(
            Severity.LEFT,
            f"{how} if it is empty; S3 refuses it while it holds objects, and it stays and bills, outside of the stack",
            "S3 deletes no bucket that holds objects or their versions",
            "keep it (DeletionPolicy: Retain) to be sure",
        )


def _lifecycle(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    former, latter = (_expiries(side) for side in (old, new))
    said = False
    for scope in {**former, **latter}:
        for what in _WHEN:
            before, after = former.get(scope, {}).get(what), latter.get(scope, {}).get(what)
            if before == after:
                continue
            said = True
            days = f"{_days(after)}, {_days(before)} before"
            if after is not None and (before is None or after < before):
                yield Effect(
                    Severity.LOSS,
                    f"{_WHEN[what]} under {scope} are deleted after {days}: those that are older go with the next run",
                    "a lifecycle rule holds for the objects that are there, too",
                    "copy first the objects that are to stay",
                )
            else:
                yield Effect(Severity.LEFT, f"{_WHEN[what]} under {scope} are deleted after {days}: they bill longer")
    if _without_expiry(old) != _without_expiry(new):
        yield Effect(
            Severity.UNKNOWN,
            f"its lifecycle rules change to {context.shown(new)}",
            "plan compares expiry alone, not transitions to other classes and the rest of a rule",
        )
    elif not said:
        yield Effect(Severity.SAFE, "its lifecycle rules are written in another way")


_WHEN = {
    "ExpirationInDays": "objects",
    "NoncurrentVersionExpiration": "old versions of objects",
    "NoncurrentVersionExpirationInDays": "old versions of objects",
}


def _expiries(lifecycle: Any) -> dict[str, dict[str, float]]:
    """Days by scope and kind; the shortest of several rules."""
    found: dict[str, dict[str, float]] = {}
    for rule in items(at(lifecycle, "Rules")):
        if at(rule, "Status") != "Enabled":
            continue
        scope = str(at(rule, "Prefix") or "") or "the whole bucket"
        if tags := at(rule, "TagFilters") or at(rule, "Filter"):
            scope += f" with {json.dumps(tags)}"
        for what in _WHEN:
            days = number(at(rule, what, "NoncurrentDays") if what == "NoncurrentVersionExpiration" else at(rule, what))
            if days == days:
                known = found.setdefault(scope, {})
                known[what] = min(days, known.get(what, days))
    return found


def _without_expiry(lifecycle: Any) -> list[str]:
    harmless = {*_WHEN, "AbortIncompleteMultipartUpload", "Id", "Prefix", "Status", "TagFilters", "Filter"}
    rules = ({name: one[name] for name in one if name not in harmless} for one in items(at(lifecycle, "Rules")))
    return sorted(json.dumps(rule, sort_keys=True) for rule in rules if rule)


def _days(days: float | None) -> str:
    return "never" if days is None else f"{days:g} days"


def _default_encryption(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    keys = [_bucket_key(side) for side in (old, new)]
    if keys[0] == keys[1]:
        yield Effect(Severity.SAFE, f"its encryption is {context.shown(new)}, {context.shown(old)} before")
    elif keys[0] is ABSENT:
        yield Effect(
            Severity.READERS,
            f"new objects are encrypted with {context.shown(keys[1])}: their readers need kms:Decrypt on it",
            "S3 does not encrypt an object again; those so far stay as they are",
            "grant it to the readers before you deploy",
        )
    else:
        yield Effect(
            Severity.READERS,
            f"new objects are encrypted in another way; those so far still need {context.shown(keys[0])}",
            "S3 does not encrypt an object again",
            _OLD_KEY,
        )


def _bucket_key(encryption: Any) -> Any:
    for rule in items(at(encryption, "ServerSideEncryptionConfiguration")):
        key = at(rule, "ServerSideEncryptionByDefault", "KMSMasterKeyID")
        if key is not ABSENT:
            return key
    return ABSENT


def _versioning(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if at(new, "Status") == "Enabled":
        yield Effect(
            Severity.IRREVERSIBLE,
            "keeps old versions of its objects from now on, which bill; it can only be suspended, never undone",
            "S3 has no way back to a bucket without versions",
            "nothing, if you want it; give old versions an expiry",
        )
    else:
        what = "keeps no old versions of objects that are overwritten or deleted from now on"
        yield Effect(Severity.READERS, what, "versions so far stay")


def _public_access(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    opened = [name for name in (old or {}) if flag(at(old, name)) and not flag(at(new, name))]
    if opened:
        what = f"{', '.join(opened)} no longer on: objects can be made public"
        yield Effect(Severity.READERS, what, way_out="leave them on")
    else:
        yield Effect(Severity.SAFE, "blocks more public access")


BUCKET = Kind(
    "bucket",
    {
        "BucketEncryption": _default_encryption,
        "LifecycleConfiguration": _lifecycle,
        "LoggingConfiguration": fixed(Severity.READERS, "access is logged to {new}, to {old} before"),
        "PublicAccessBlockConfiguration": _public_access,
        "Tags": safe("its tags change"),
        "VersioningConfiguration": _versioning,
    },
    gone=_bucket_gone,
    follows=frozenset({"BucketEncryption"}),
    names=("BucketName",),
    bills=True,
)


def _key_gone(context: Context, how: str) -> Iterator[Effect]:
    users = [
        one
        for one in context.differences.old.resources.values()
        if context.logical_id in references(one.properties) and not one.type.startswith(("AWS::IAM::", "AWS::KMS::"))
    ]
    if users and all(one.type == "AWS::SNS::Topic" and context.differences.deleted(one.logical_id) for one in users):
        names = ", ".join(context.name_of(one.logical_id) for one in users)
        yield Effect(Severity.SAFE, f"{how}, with the topic that it is for: {names}")
        return
    days = at(context.old.properties, "PendingWindowInDays") or "30"
    yield Effect(
        Severity.LOSS,
        f"{how}: cannot be used from now on, and is gone for good in {days} days; nobody can read what it "
        "encrypted any more",
        "KMS schedules the deletion of a key that leaves a stack",
        f"keep it (DeletionPolicy: Retain); within {days} days: aws kms cancel-key-deletion, then enable-key",
    )


def _key_enabled(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if new == "false":
        yield Effect(
            Severity.INTERRUPTION,
            "is disabled: nothing that it encrypted can be read or written until it is enabled",
            way_out="leave it enabled",
        )
    else:
        yield Effect(Severity.SAFE, "is enabled")


KEY = Kind(
    "key",
    {
        "Description": safe("its description changes"),
        "EnableKeyRotation": safe("its rotation changes; all that it encrypted stays readable"),
        "Enabled": _key_enabled,
        "KeyPolicy": document,
        "PendingWindowInDays": safe("could be deleted with {new} days of notice, {old} before"),
        "RotationPeriodInDays": safe("its rotation changes; all that it encrypted stays readable"),
        "Tags": safe("its tags change"),
    },
    gone=_key_gone,
    bills=True,
)

KEY_ALIAS = Kind(
    "key alias",
    {"TargetKeyId": fixed(Severity.READERS, "stands for {new} from now on, for {old} before")},
    gone=lost(Severity.READERS, ": callers that name the key by it fail"),
    names=("AliasName",),
)

_LOG_COPY = "export them first, or keep it (DeletionPolicy: Retain)"

_RETENTION = lowered(
    Severity.LOSS,
    "keeps log events for {new} days, {old} before: older ones are deleted",
    "keeps log events for {new} days, {old} before; they bill as long (nothing: for ever)",
    "CloudWatch Logs deletes log events beyond the retention",
    "export them first",
)


def _log_key(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    before = "" if old is ABSENT else f"; those so far need {context.shown(old)}"
    after = "CloudWatch Logs' own key" if new is ABSENT else context.shown(new)
    yield Effect(
        Severity.READERS,
        f"log events are encrypted with {after} from now on{before}",
        "" if new is ABSENT else "the key's policy must let logs.<region>.amazonaws.com use it",
        "" if old is ABSENT else "keep the old key",
    )


LOG_GROUP = Kind(
    "log group",
    {
        "DeletionProtectionEnabled": safe("its deletion protection is {new}"),
        "KmsKeyId": _log_key,
        "RetentionInDays": _RETENTION,
        "Tags": safe("its tags change"),
    },
    gone=lost(Severity.LOSS, ", with its log events", "a log group is deleted with what is in it", _LOG_COPY),
    names=("LogGroupName",),
    follows=frozenset({"KmsKeyId"}),
    bills=True,
)

LOG_STREAM = Kind(
    "log stream",
    {},
    part_of="LogGroupName",
    gone=lost(Severity.LOSS, ", with its log events", "a log stream is deleted with what is in it", _LOG_COPY),
    names=("LogGroupName", "LogStreamName"),
)

LOG_RETENTION = Kind(
    "log retention",
    {
        "RetentionInDays": _RETENTION,
        "ServiceToken": safe("is set by {new}"),
    },
    gone=lost(Severity.LEFT, ": the log group stays as it is, with its retention, and bills"),
)

KINDS = {
    "AWS::KMS::Alias": KEY_ALIAS,
    "AWS::KMS::Key": KEY,
    "AWS::Logs::LogGroup": LOG_GROUP,
    "AWS::Logs::LogStream": LOG_STREAM,
    "AWS::S3::Bucket": BUCKET,
    "Custom::LogRetention": LOG_RETENTION,
    "Custom::S3AutoDeleteObjects": Kind(
        "emptying of a bucket",
        gone=lost(Severity.SAFE, ": the bucket is no longer emptied when it is deleted"),
    ),
}
