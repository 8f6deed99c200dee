"""Roles and policies. What their statements give is compared for all policies of a role at once (``rights``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from clickstream_local.plan.differences import ABSENT, Differences, Resource
from clickstream_local.plan.finding import Effect, Severity
from clickstream_local.plan.kinds import Context, Kind, at, fixed, lost, safe
from clickstream_local.plan.rights import Right, comparable, needed, rights_of, role_rights, services
from clickstream_local.plan.rights import lost as lost_rights
from clickstream_local.plan.values import references

_MANAGED = "everything"
_UNNEEDED = Effect(Severity.SAFE, "has fewer rights, none that anything which uses the role needs")


def role_effects(differences: Differences, shown: Any) -> Iterator[tuple[str, Effect]]:
    """What each role that stays loses: its logical id, or its name if it is made elsewhere, and the effect.

    Parameters
    ----------
    differences:
        Both sides.
    shown:
        Makes a value fit for people.
    """
    old, new = role_rights(differences.old), role_rights(differences.new)
    # What is kept still holds what was written to it, so a right on it is one on something else than the new one's.
    same = {former: place for former, place in differences.moved.items() if differences.deleted(former)}
    for former, rights in old.items():
        role = differences.moved.get(former, former)
        if former in differences.old.resources and role not in differences.new.resources:
            continue
        now = comparable(new.get(role, []), {})
        gone: dict[tuple[Effect, Right], list[str]] = {}
        for right in lost_rights(comparable(rights, same), now):
            key = _loss(differences, role, right, reads=_reads(differences, role, rights)), replace(right, action="")
            gone.setdefault(key, []).append(right.action)
        unneeded = {}
        for (effect, right), actions in gone.items():
            if effect is _UNNEEDED:
                unneeded.update(dict.fromkeys(actions))
            else:
                yield role, replace(effect, what=_said(right, actions, shown))
        if unneeded:
            yield role, replace(_UNNEEDED, what=f"{_UNNEEDED.what}: {', '.join(unneeded)}")


def _loss(differences: Differences, role: str, right: Right, *, reads: bool) -> Effect:
    """What the loss of a right does, the right itself not said yet."""
    trusted = services(differences.new, role)
    reads = reads and right.action == "kms:Decrypt"
    targets = references(right.resource)
    kept = not targets or not all(map(differences.deleted, targets))
    if right.effect == "Allow" and not (reads and kept) and not needed(differences, role, right):
        return _UNNEEDED
    if reads:
        why = "objects so far stay encrypted under the key"
        return Effect(Severity.READERS, "", why, "keep the right as long as old objects are read")
    return Effect(
        Severity.INTERRUPTION if trusted else Severity.READERS,
        "",
        f"{', '.join(trusted)} acts with this role" if trusted else "",
        "keep the right, or see that nobody needs it",
    )


def _reads(differences: Differences, role: str, rights: list[Right]) -> bool:
    """Whether a role reads objects: no service has it, or it may get some, and does not deliver them."""
    trusted = services(differences.new, role)
    gets = any(one.action.lower().startswith(("s3:get", "s3:*", "*")) for one in rights)
    return not trusted or (gets and "firehose.amazonaws.com" not in trusted)


def _said(right: Right, actions: list[str], shown: Any) -> str:
    if _MANAGED in actions:
        return f"loses the rights {shown(right.resource)}"
    where = "" if right.resource == "*" else f" on {shown(right.resource)}"
    condition = " under its condition" if right.condition else ""
    unlike = f" ({shown(right.negated)})" if right.negated else ""
    verb = "may no longer" if right.effect == "Allow" else "is now refused"
    return f"{verb} {', '.join(actions)}{where}{condition}{unlike}"


def document(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    """A policy of a resource: who may no longer do what with it, and who may do more."""
    moved = context.differences.moved
    former, latter = comparable(rights_of(old), moved), comparable(rights_of(new), {})
    gone: dict[Right, list[str]] = {}
    for right in lost_rights(former, latter):
        gone.setdefault(replace(right, action=""), []).append(right.action)
    for right, actions in gone.items():
        service = right.principal.startswith("Service ")
        severity = Severity.INTERRUPTION if service else Severity.READERS
        who = context.shown(right.principal.removeprefix("Service ").removeprefix("AWS ")) or "everybody"
        who = "everybody" if who == "*" else who
        yield Effect(
            severity, f"{who} {_said(right, actions, context.shown)}", way_out="keep the statement while it is needed"
        )
    allowed = [one for one in former if one.effect == "Deny" and not any(other.covers(one) for other in latter)]
    for right in dict.fromkeys(replace(one, resource="") for one in allowed):
        yield Effect(
            Severity.READERS,
            f"no longer refuses {right.action}{f' where {context.shown(right.condition)}' if right.condition else ''}",
            "the statement that denied it is gone",
        )
    opened = [
        one.action
        for one in latter
        if (one.effect, one.principal, one.condition) == ("Allow", "*", "")
        and not any(right.covers(one) for right in former)
    ]
    if opened:
        yield Effect(Severity.READERS, f"everybody may now {', '.join(dict.fromkeys(opened))}", way_out="name who may")
    if not gone and not allowed and not opened:
        yield Effect(Severity.SAFE, "its statements are written in another way, or allow more")


def _document_gone(context: Context, how: str) -> Iterator[Effect]:
    """A policy that goes: all that it said."""
    properties = context.old.properties
    ids = references([at(properties, name) for name in ("Bucket", "Topics", "Queues")])
    target = ", ".join(map(context.name_of, sorted(ids)))
    if ids and all(map(context.differences.deleted, ids)):
        yield Effect(Severity.SAFE, f"{how}, with {target}")
        return
    if ids and not any(one in context.differences.new.resources for one in ids):
        yield Effect(
            Severity.READERS,
            f"{how}, and {target} stays without it: all that it allowed and refused ends",
            way_out="keep the policy with it (DeletionPolicy: Retain)",
        )
        return
    found = list(document(context, at(context.old.properties, "PolicyDocument"), ABSENT))
    yield from (Effect(one.severity, f"{how}: {one.what}", one.why, one.way_out) for one in found)


def _document_added(context: Context) -> Iterator[Effect]:
    if any(right.effect == "Deny" for right in rights_of(at(context.new.properties, "PolicyDocument"))):
        old = _target_is_old(context)
        if old:
            yield from document(context, ABSENT, at(context.new.properties, "PolicyDocument"))


def _target_is_old(context: Context) -> bool:
    """Whether what the policy is for is there already; what is made elsewhere is."""
    ids = set(references(context.new.properties)) & context.differences.new.resources.keys()
    return not ids or any(one in context.differences.old.resources for one in ids)


_BY_ROLE = safe("its statements change; rights that its roles lose are listed with the roles")


def _resource_policy(noun: str, *names: str) -> Kind:
    return Kind(
        noun,
        {"PolicyDocument": document},
        gone=_document_gone,
        names=names,
        added=_document_added,
    )


def _role_gone(context: Context, how: str) -> Iterator[Effect]:
    used = _kept_users(context)
    if used:
        yield Effect(
            Severity.INTERRUPTION,
            f"{how}, and {', '.join(used)} stays and works by it: it can do nothing any more",
            "a resource that is kept goes on naming the role",
            "keep the role with it (DeletionPolicy: Retain)",
        )
    elif context.made_anew:
        yield Effect(
            Severity.READERS,
            f"{how}; the new one has another ARN: policies elsewhere that name the old one (buckets and keys of other "
            "accounts) do not let it in",
            way_out="write the new ARN into those policies first",
        )
    elif services(context.differences.old, context.logical_id):
        yield Effect(Severity.SAFE, how)
    else:
        yield Effect(Severity.READERS, f"{how}: nobody can assume it any more", way_out="tell its users")


def _kept_users(context: Context) -> list[str]:
    """Resources that leave the stack, are kept, and use the role."""
    differences = context.differences
    return [
        context.name_of(one.logical_id)
        for one in differences.old.resources.values()
        if _leaves_and_stays(one, differences) and context.logical_id in references(one.properties)
    ]


def _leaves_and_stays(resource: Resource, differences: Differences) -> bool:
    gone = resource.logical_id in differences.removed or resource.logical_id in differences.moved
    return gone and resource.kept_when_deleted


KINDS = {
    "AWS::IAM::ManagedPolicy": Kind(
        "managed policy",
        {
            "PolicyDocument": _BY_ROLE,
            "Roles": _BY_ROLE,
            "Users": _BY_ROLE,
            "Groups": _BY_ROLE,
        },
        gone=lost(Severity.READERS, ": roles that attach it by its ARN lose its rights"),
        names=("ManagedPolicyName",),
    ),
    "AWS::IAM::Policy": Kind(
        "policy",
        {
            "PolicyDocument": _BY_ROLE,
            "PolicyName": safe("its name changes"),
            "Roles": _BY_ROLE,
            "Users": _BY_ROLE,
            "Groups": _BY_ROLE,
        },
    ),
    "AWS::IAM::Role": Kind(
        "role",
        {
            "AssumeRolePolicyDocument": document,
            "Description": safe("its description changes"),
            "ManagedPolicyArns": _BY_ROLE,
            "MaxSessionDuration": safe("sessions may last {new} s, {old} before"),
            "PermissionsBoundary": fixed(
                Severity.UNKNOWN,
                "its permissions boundary is {new}, {old} before",
                "plan does not compare what it cuts off",
            ),
            "Policies": _BY_ROLE,
            "Tags": safe("its tags change"),
        },
        gone=_role_gone,
        names=("RoleName",),
    ),
    "AWS::Logs::ResourcePolicy": _resource_policy("policy of log groups", "PolicyName"),
    "AWS::S3::BucketPolicy": _resource_policy("bucket policy"),
    "AWS::SNS::TopicPolicy": _resource_policy("topic policy"),
    "AWS::SQS::QueuePolicy": _resource_policy("queue policy"),
}
