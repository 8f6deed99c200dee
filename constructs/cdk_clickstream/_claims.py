"""What two parts of an app may not both have: a name, a folder of a bucket, the endpoint of a VPC."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_glue as glue
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from cdk_clickstream._validation import is_token, refuse

_TOKEN = re.compile(r"\$\{Token\[[^]]*\]\}")


def claims_of(scope: IConstruct, kind: str, identity: Hashable) -> list[tuple[Construct, Any]]:
    """Return who claimed what of one thing so far, over all stacks and stages of the app; the caller appends to it."""
    claims: dict[Hashable, list[tuple[Construct, Any]]] = vars(scope.node.root).setdefault("_clickstream_claims", {})
    return claims.setdefault((kind, identity), [])


def claim_once(scope: Construct, option: str, value: object, *, kind: str, identity: Hashable, remedy: str) -> None:
    """Refuse what another part of the app has already, in what may be the same account and region."""
    claims = claims_of(scope, kind, identity)
    for owner, _ in claims:
        if _may_share_place(owner, scope):
            refuse(option, value, f"{owner.node.path} has this {kind} already", remedy)
    claims.append((scope, None))


def identity_of(scope: IConstruct, name: str) -> str:
    """Return the same text for one thing, however it was passed: made in the app, imported by its name or by a token.

    Parameters
    ----------
    scope:
        Where it is used.
    name:
        Its name, with or without tokens in it.
    """
    if name.startswith("dummy-value-for-"):  # of a look-up that the CDK has not made yet
        return f"{cdk.Stack.of(scope).environment}:{name}"

    def identity(match: re.Match[str]) -> str:
        token = cdk.Tokenization.reverse_string(match[0]).first_token
        return match[0] if token is None else _identity_of_token(scope, token)

    return _TOKEN.sub(identity, name)


def _identity_of_token(scope: IConstruct, token: cdk.IResolvable) -> str:
    if not isinstance(token, cdk.Reference):
        # A value known at deployment, such as an import: the same in one place.
        return f"{cdk.Stack.of(scope).environment}:{cdk.Stack.of(scope).resolve(token)}"
    target = token.target
    given = _given_name(target)
    # A name that the CDK makes up where one is needed is a token without a value so far.
    if given is not None and cdk.Stack.of(target).resolve(given) is not None:
        return identity_of(target, given)
    if isinstance(target, cdk.CfnParameter) and target.type.startswith("AWS::SSM::"):
        return f"{cdk.Stack.of(scope).environment}:{target.default}"
    return f"{target.node.path}.{token.display_name}"


def _given_name(target: IConstruct) -> str | None:
    """The physical name that a resource of the app was given."""
    if isinstance(target, s3.CfnBucket):
        return target.bucket_name
    if isinstance(target, apigateway.CfnDomainName):
        return target.domain_name
    if isinstance(target, glue.CfnDatabase):
        found = cdk.Stack.of(target).resolve(target.database_input).get("name")
        return found if isinstance(found, str) else None
    return None


def _may_share_place(one: IConstruct, other: IConstruct) -> bool:
    """Whether two may be in the same account and region; what is not known counts as the same."""
    stacks = [cdk.Stack.of(scope) for scope in (one, other)]
    if stacks[0] is stacks[1]:
        return True
    pairs = [[getattr(stack, name) for stack in stacks] for name in ("account", "region")]
    if any(not is_token(a) and not is_token(b) and a != b for a, b in pairs):
        return False
    # An account and region has one stack of a name, so two of one name are in two places.
    names = [stack.stack_name for stack in stacks]
    return is_token(names[0]) or names[0] != names[1]
