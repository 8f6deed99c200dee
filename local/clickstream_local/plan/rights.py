"""Rights that a deployment takes away: of roles, by all policies that they have, and by policies of resources.

A statement is taken apart into single rights, one for each principal, action and resource. Each one of OLD that no
statement of NEW gives is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from clickstream_local.plan.differences import ABSENT, Differences, Resource, Side
from clickstream_local.plan.kinds import at, items
from clickstream_local.plan.values import plain, references, renamed, texts

_S3 = "ExtendedS3DestinationConfiguration"


@dataclass(frozen=True)
class Right:
    """One action on one resource under a condition; ``negated`` holds the parts that say *not*, as they are written."""

    effect: str
    principal: str
    action: str
    resource: str
    condition: str
    negated: str = ""

    def covers(self, other: Right) -> bool:
        """Whether who has this right has the other one, too."""
        return (
            self.effect == other.effect
            and self.negated == other.negated
            and self.condition in ("", other.condition)
            and _matches(self.principal, other.principal)
            and _matches(self.action.lower(), other.action.lower())
            and _matches(self.resource, other.resource)
        )


def _matches(pattern: str, text: str) -> bool:
    # A bracket is no range in IAM's patterns.
    return pattern == text or fnmatchcase(text, pattern.replace("[", "[[]"))


def rights_of(document: Any) -> Iterator[Right]:
    """The rights of a policy document, each once."""
    for statement in items(at(document, "Statement")):
        negated = {name: at(statement, name) for name in ("NotPrincipal", "NotAction", "NotResource")}
        written = {name: value for name, value in negated.items() if value is not ABSENT}
        condition = at(statement, "Condition")
        for principal in _principals(at(statement, "Principal")):
            for action in items(at(statement, "Action")) or ["*"]:
                for resource in items(at(statement, "Resource")) or ["*"]:
                    yield Right(
                        effect=str(at(statement, "Effect")),
                        principal=principal,
                        action=str(action),
                        resource=_written(resource),
                        condition="" if condition is ABSENT else _canonical(condition),
                        negated=_canonical(written) if written else "",
                    )


def _principals(principal: Any) -> list[str]:
    if principal is ABSENT:
        return [""]
    if not isinstance(principal, Mapping):
        return [str(principal)]
    return [
        "*" if one == "*" and kind == "AWS" else f"{kind} {one}" for kind in principal for one in items(principal[kind])
    ]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else _canonical(value)


def _canonical(value: Any) -> str:
    """JSON in which the order of members and of lists does not matter."""
    if isinstance(value, list):
        return f"[{', '.join(sorted(map(_canonical, value)))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{json.dumps(key)}: {_canonical(value[key])}' for key in sorted(value))}}}"
    return json.dumps(value, ensure_ascii=False)


def lost(old: Iterable[Right], new: Iterable[Right]) -> list[Right]:
    """Rights of OLD that NEW does not cover; a refusal (``Deny``) of NEW that OLD did not have is among them."""
    former, latter = dict.fromkeys(old), dict.fromkeys(new)
    gone = [one for one in former if one.effect == "Allow" and not any(right.covers(one) for right in latter)]
    refused = [one for one in latter if one.effect == "Deny" and not any(right.covers(one) for right in former)]
    return gone + refused


def role_rights(side: Side) -> dict[str, list[Right]]:
    """The rights of each role, user and group of a side, by its logical id or its name, by whichever policy."""
    found: dict[str, list[Right]] = {}
    for policy in side.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        holders = [one for kind in ("Roles", "Users", "Groups") for one in items(at(policy.properties, kind))]
        for holder in holders:
            found.setdefault(_holder(holder), []).extend(rights_of(at(policy.properties, "PolicyDocument")))
    for role in side.of_type("AWS::IAM::Role"):
        own = found.setdefault(role.logical_id, [])
        for policy in items(at(role.properties, "Policies")):
            own.extend(rights_of(at(policy, "PolicyDocument")))
        for arn in items(at(role.properties, "ManagedPolicyArns")):
            own.append(Right("Allow", "", "everything", f"of the managed policy {_written(arn)}", ""))
    return found


def _holder(value: Any) -> str:
    """A role by its logical id, whether a policy names it or its ARN; one made elsewhere by its name."""
    ids = references(value)
    return next(iter(ids)) if len(ids) == 1 else str(value)


def comparable(rights: Iterable[Right], moved: Mapping[str, str]) -> list[Right]:
    """The rights with what only moved, or is only replaced, named as NEW names it."""
    return [
        Right(
            *(
                plain(renamed(text, moved))
                for text in (r.effect, r.principal, r.action, r.resource, r.condition, r.negated)
            )
        )
        for r in rights
    ]


def services(side: Side, role: str) -> tuple[str, ...]:
    """The services that a role trusts; none for a role of people, or one made elsewhere."""
    resource = side.resources.get(role)
    if resource is None:
        return ()
    trust = json.dumps(at(resource.properties, "AssumeRolePolicyDocument") or {}, ensure_ascii=False)
    return tuple(re.findall(r"[a-z0-9.-]+\.amazonaws\.com", trust))


def _in_force(differences: Differences, resource: Resource) -> Mapping[str, Any]:
    """The properties of NEW, with what a delivery stream keeps of OLD because NEW leaves it out."""
    former = differences.old.resources.get(resource.logical_id)
    before, after = (at(one.properties, _S3) if one else ABSENT for one in (former, resource))
    if resource.logical_id in differences.replaced or not isinstance(before, dict) or not isinstance(after, dict):
        return resource.properties
    return {**resource.properties, _S3: {**before, **after}}


def _converts(properties: Any) -> bool:
    conversion = at(properties, _S3, "DataFormatConversionConfiguration")
    return conversion is not ABSENT and at(conversion, "Enabled") != "false"


def needed(differences: Differences, role: str, right: Right) -> bool:
    """Whether something that uses the role in NEW still names what the right is for; when in doubt, it does.

    For keys of objects the prefixes count, too: a stream that writes below ``clicks/`` needs no right on ``events/*``.
    """
    targets = references(right.resource)
    if targets and all(differences.deleted(target) for target in targets):
        return False
    users = [
        _in_force(differences, one)
        for one in differences.new.resources.values()
        if not one.type.startswith("AWS::IAM::") and role in references(one.properties)
    ]
    if users and right.action.startswith("glue:"):
        return any(_converts(one) for one in users)
    if not users or not targets:
        return True
    named = [one for one in users if targets & references(one)]
    if not named:
        return False
    bucket, closing, rest = right.resource.rpartition("⟧")
    name, slash, key = rest.partition("/")
    head = key.rstrip("*")
    if not slash or not head or not right.action.startswith("s3:"):
        return True
    written = {text.split("!{")[0] for one in named for text in texts(one)}
    wanted = [text for text in written if text and (text.startswith(head) or head.startswith(text))]
    left = comparable(role_rights(differences.new).get(role, []), {}) if wanted else []
    # A folder inside of the old one, which the role may still write to.
    inner = (replace(right, resource=f"{bucket}{closing}{name}/{text}*") for text in wanted)
    return any(not any(one.covers(want) for one in left) for want in inner)
