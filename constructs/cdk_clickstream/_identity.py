"""The gate for things from elsewhere: which key, which account and region, and who is given a right."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

from cdk_clickstream._validation import is_token, refuse


def key_behind(option: str, key: kms.IKey) -> kms.IKey:
    """Return the key itself, also where an alias of it was given.

    IAM matches the ARNs of keys: a statement on an alias allows nothing.
    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html

    Raises
    ------
    ConfigurationError
        If the alias does not tell its key.
    """
    try:
        target = getattr(key, "alias_target_key", None)
    except RuntimeError:  # the CDK's answer for an alias that was imported by its name
        target = None
    else:
        target = target or (key if ":alias/" not in key.key_arn else None)
    return target or refuse(
        option,
        "an alias that was imported by its name",
        "IAM matches the ARNs of keys, so a right on an alias allows nothing",
        "pass the key, by aws_kms.Key.from_key_arn(...) or Key.from_lookup(..., alias_name=...)",
    )


def check_place(
    option: str,
    resource: cdk.IResource | None,
    arn: str | None,
    scope: IConstruct,
    reason: str,
    *,
    region: str | None = None,
    account: bool = True,
) -> None:
    """Refuse what is known to be of another region or account than the one where it is used.

    Parameters
    ----------
    option:
        Name of the option.
    resource, arn:
        What was given: the construct, where it is one, and its ARN, where that tells more than the construct.
    scope:
        Where it is used.
    reason:
        Why it has to be of that place.
    region:
        Where it has to be. Default: in the scope's.
    account:
        Whether the account has to be the scope's, too.
    """
    stack = cdk.Stack.of(scope)
    here = {"region": region or stack.region} | ({"account": stack.account} if account else {})
    # What is imported by an ARN is not always as honest about its environment as the ARN.
    env = resource.env if resource else None
    found = env if arn is None or is_token(arn) else stack.split_arn(arn, cdk.ArnFormat.NO_RESOURCE_NAME)
    for name, own in here.items():
        other = getattr(found, name, None)
        if other and not is_token(own) and not is_token(other) and own != other:
            refuse(
                option,
                arn or "given",
                f"is of {name} {other} and must be of {own}: {reason}",
                f"use one of {name} {own}, or a stack of {name} {other}",
            )


def note_hidden_key(construct: IConstruct, option: str, caller: str, remedy: str) -> None:
    """Say at synth that what is imported does not tell its key, or that its key is imported: nobody gets a right on it.

    Parameters
    ----------
    construct:
        What is imported; nothing is said of what this app makes.
    option:
        Name of the option.
    caller:
        Who needs rights on a key.
    remedy:
        How it gets them.
    """
    if not cdk.Resource.is_owned_resource(construct):
        cdk.Annotations.of(construct).add_info_v2(
            f"cdk-clickstream:hidden-key-{option}",
            f"{option} is imported. Where a customer managed KMS key encrypts it, {caller} needs rights on that key: "
            f"{remedy}",
        )


def may_be_foreign(resource: cdk.IResource, scope: IConstruct) -> bool:
    """Whether a resource is of another account, or may be: an account that is not known counts as another."""
    return bool(resource.env.account != cdk.Stack.of(scope).account)


def check_grantee(grantee: iam.IGrantable, scope: IConstruct, what: str) -> None:
    """Refuse a principal that is known to be of another account, which a statement here does not reach.

    The CDK itself answers success for an imported role of another account, and writes nothing.
    """
    own, other = cdk.Stack.of(scope).account, grantee.grant_principal.principal_account
    if other and not is_token(own) and not is_token(other) and own != other:
        refuse(
            "grantee",
            f"of account {other}",
            f"{what} has no policy of its own that lets another account in",
            f"grant it to a role of account {own} that the other account may assume",
        )


def is_same_principal(one: iam.IGrantable, other: iam.IGrantable) -> bool:
    """Whether two are the same role, user or group, made in this app."""
    roles = [getattr(grantable.grant_principal, "node", None) for grantable in (one, other)]
    paths = [node.path for node in roles if node is not None]
    return len(paths) == len(roles) and paths[0] == paths[1]


def log_group_name_of(function: lambda_.IFunction) -> str:
    """Return the name of the log group that a function writes to."""
    if isinstance(function, lambda_.Alias | lambda_.Version):
        function = function.lambda_
    resource = function.node.default_child
    if isinstance(resource, lambda_.CfnFunction):
        # Not function.log_group, which would make a custom resource.
        config = cdk.Stack.of(function).resolve(resource.logging_config) or {}
        if config.get("logGroup"):
            return str(cdk.Token.as_string(config["logGroup"]))
    return f"/aws/lambda/{function.function_name}"
