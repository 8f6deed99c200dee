"""The IAM policy language: documents held against a request, and the decision of all documents together.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any

from clickstream_local.iam.conditions import Context, PolicyError, arn_matches, filled, holds, keys_of, matches, several


@dataclass(frozen=True)
class Request:
    """One action of one principal on one resource.

    Attributes
    ----------
    principal:
        ARN of a role or user, or a service principal such as ``firehose.amazonaws.com``.
    action, resource:
        As IAM names them.
    context:
        Condition keys.
    unknown:
        Beginnings of keys, in lower case, that AWS sends and whose values are not known here. A statement with such a
        key allows, if it allows, and does not deny.
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def is_service(self) -> bool:
        """Whether a service calls in its own name."""
        return not self.principal.startswith("arn:")

    @property
    def account(self) -> str:
        """The principal's account; empty for a service."""
        return "" if self.is_service else self.principal.split(":")[4]


class Kind(Enum):
    """Kinds of documents, by the words in which AWS's error messages name them."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    BOUNDARY = "permissions boundary"
    ENDPOINT = "VPC endpoint policy"


@dataclass(frozen=True)
class Policy:
    """A document with its name, such as the logical id of the resource that holds it."""

    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """The decision on a request.

    Attributes
    ----------
    allowed:
        Whether the request may pass.
    kind:
        Of a denial, the kind of document that denies, or that does not allow.
    denied_by:
        Of an explicit denial, the name of the document.
    doubts:
        Of a request that is allowed: the condition keys without whose values it cannot be known.
    """

    allowed: bool
    kind: Kind | None = None
    denied_by: str | None = None
    doubts: tuple[str, ...] = ()


class Grant(Enum):
    """By what an Allow lets a principal in."""

    ACCOUNT = "the principal's account, which then decides by its own policies"
    PRINCIPAL = "the principal itself, within its permissions boundary"
    SESSION = "the session of whoever calls, whatever its permissions boundary is"


def decide(
    request: Request,
    *,
    identity: Sequence[Policy] = (),
    boundary: Policy | None = None,
    resource: Sequence[Policy] = (),
    endpoint: Sequence[Policy] | None = None,
    resource_kind: Kind = Kind.RESOURCE,
    resource_account: str = "",
    needs_resource_policy: bool = False,
) -> Verdict:
    """Decide by all documents.

    Parameters
    ----------
    request:
        Who wants to do what.
    identity, boundary:
        The policies of a role, and its permissions boundary, if it has one.
    resource:
        Policies of the resource, or the trust policy of a role that is to be assumed.
    endpoint:
        Policies of the VPC endpoint that the request passes; None where it passes none.
    resource_kind:
        What errors call the resource's policies.
    resource_account:
        Whose the resource is; empty for the principal's own account.
    needs_resource_policy:
        Whether the resource's policy has to let the principal in, or its account, as that of a key and a trust policy
        does, even within one account.

    Raises
    ------
    PolicyError
        For a document that IAM would refuse.
    """
    layers = [
        (Kind.IDENTITY, identity),
        (resource_kind, resource),
        (Kind.BOUNDARY, [boundary] if boundary else []),
        (Kind.ENDPOINT, endpoint or []),
    ]
    doubts: list[str] = []
    for kind, policies in layers:
        for policy in policies:
            if any(_statements(policy, request, "Deny", doubts, bounded=boundary is not None)):
                return Verdict(False, kind, policy.name)

    def grant(policies: Sequence[Policy]) -> Grant | None:
        grants = [one for policy in policies for one in _statements(policy, request, "Allow", doubts)]
        return max(grants, key=[*Grant].index, default=None)

    of_resource = grant(resource)
    if request.is_service:
        missing = None if of_resource else resource_kind
    else:
        of_identity = grant(identity)
        both = needs_resource_policy or resource_account not in ("", request.account)
        if both and of_resource is None:
            missing = resource_kind
        elif of_identity or (of_resource not in (None, Grant.ACCOUNT) and resource_account in ("", request.account)):
            missing = None
        else:
            missing = Kind.IDENTITY
        by_session = of_resource is Grant.SESSION and resource_account in ("", request.account)
        if missing is None and boundary and not by_session and not grant([boundary]):
            missing = Kind.BOUNDARY
    if missing is None and endpoint is not None and not grant(endpoint):
        missing = Kind.ENDPOINT
    return Verdict(True, doubts=tuple(dict.fromkeys(doubts))) if missing is None else Verdict(False, missing)


def _statements(
    policy: Policy, request: Request, effect: str, doubts: list[str], *, bounded: bool = False
) -> Iterator[Grant]:
    """How each statement with that effect lets the request in, or keeps it out; ``bounded`` with a boundary."""
    variables = policy.document.get("Version") == "2012-10-17"
    context = {key.lower(): value for key, value in request.context.items()}
    if "Statement" not in policy.document:
        raise PolicyError(f"{policy.name} has no Statement")
    for statement in several(policy.document["Statement"]):
        if not isinstance(statement, Mapping) or statement.get("Effect") not in ("Allow", "Deny"):
            raise PolicyError(f"{policy.name}: a Statement has no Effect that is Allow or Deny")
        # A NotPrincipal refuses every principal that has a boundary, even one that it names.
        grant = Grant.SESSION if bounded and "NotPrincipal" in statement else _grant(statement, request)
        if statement["Effect"] != effect or grant is None or not _is_for(statement, request, context, variables):
            continue
        conditions = statement.get("Condition") or {}
        unknown = [one for one in keys_of(conditions) if one not in context and one.startswith(request.unknown)]
        known = {
            operator: {key: wanted for key, wanted in tests.items() if key.lower() not in unknown}
            for operator, tests in conditions.items()
        }
        if holds(known, context, variables=variables):
            doubts += sorted(unknown)
            if effect == "Allow" or not unknown:
                yield grant


def _is_for(statement: Mapping[str, Any], request: Request, context: Context, variables: bool) -> bool:
    """Whether a statement names the action and the resource; one of a trust policy names no resource.

    Raises
    ------
    PolicyError
        It names none, or by something other than text.
    """

    def is_resource(pattern: str) -> bool:
        found = filled(pattern, context) if variables else pattern
        # A variable without a value makes that the statement is not for this request, by whichever member.
        return "NotResource" in statement if found is None else arn_matches(found, request.resource)

    def is_action(pattern: str) -> bool:
        return matches(pattern, request.action, ignore_case=True)

    return _named(statement, "Action", is_action) and (
        _is_of_trust(statement) or _named(statement, "Resource", is_resource)
    )


def _is_of_trust(statement: Mapping[str, Any]) -> bool:
    return not statement.keys() & {"Resource", "NotResource"} and bool(statement.keys() & {"Principal", "NotPrincipal"})


def _named(statement: Mapping[str, Any], member: str, is_one: Callable[[str], bool]) -> bool:
    patterns = several(statement.get(member, statement.get(f"Not{member}")))
    if not all(isinstance(one, str) for one in patterns):
        raise PolicyError(f"the {member} of a Statement must be a text or a list of texts")
    return any(map(is_one, patterns)) is (member in statement)


def _grant(statement: Mapping[str, Any], request: Request) -> Grant | None:
    """By what a statement is for the principal; one of an identity policy is for whom it is attached to."""
    if "NotPrincipal" in statement:
        return None if _who(statement["NotPrincipal"], request) else Grant.SESSION
    return _who(statement["Principal"], request) if "Principal" in statement else Grant.PRINCIPAL


def _who(principals: Any, request: Request) -> Grant | None:
    kinds: Mapping[str, Any] = {"AWS": principals} if isinstance(principals, str) else principals
    named = [
        str(one) for kind in (("Service",) if request.is_service else ("AWS",)) for one in several(kinds.get(kind, []))
    ]
    if "*" in several(kinds.get("AWS", [])) or any(map(partial(_is_session, request.principal), named)):
        return Grant.SESSION
    if request.principal in named:
        return Grant.PRINCIPAL
    account = request.account
    owner = any(one == account or (one.endswith(":root") and one.split(":")[4] == account) for one in named)
    return Grant.ACCOUNT if account and owner else None


def _is_session(role: str, session: str) -> bool:
    """Whether an ARN is that of a session of a role."""
    return "assumed-role/" in session and session.split("/")[1:2] == role.split("/")[-1:]
