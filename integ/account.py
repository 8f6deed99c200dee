"""Whether a run may deploy, and into which account: nobody does so by accident."""

from __future__ import annotations

import re
from collections.abc import Mapping

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from integ.names import LoggingRole

OPT_IN = "CLICKSTREAM_INTEG_ACCOUNT"
"""Environment variable with the account that may be billed."""

LOGGING_ROLE = "CLICKSTREAM_INTEG_LOGGING_ROLE"
"""Environment variable that, set to ``make``, lets a run set API Gateway's logging role for the whole account."""


class SkipError(Exception):
    """Nobody asked for a run, or there is nothing to run with; the message is one sentence with the way out."""


class RefusalError(Exception):
    """A run was asked for and must not begin; the message says why."""


def check_account(environment: Mapping[str, str], session: boto3.Session) -> None:
    """Check that the session's account is the one that was named.

    Raises
    ------
    SkipError
        If no account was named, or there are no credentials or no region.
    RefusalError
        If the name is no account, the credentials do not work, or are another account's.
    """
    named = environment.get(OPT_IN, "")
    if not named:
        raise SkipError(f"nothing was deployed: set {OPT_IN} to the 12 digits of the AWS account that may be billed")
    if not re.fullmatch(r"\d{12}", named):
        raise RefusalError(f"{OPT_IN}={named!r} must be the 12 digits of an account")
    if session.get_credentials() is None:
        raise SkipError("nothing was deployed: there are no AWS credentials; log in, or set AWS_PROFILE")
    if not session.region_name:
        raise SkipError("nothing was deployed: there is no region; set AWS_REGION")
    try:
        found = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise RefusalError(f"AWS does not take the credentials: {error}") from None
    if found != named:
        raise RefusalError(f"the credentials are of account {found}, and {OPT_IN} names {named}: set one of them right")


def logging_role(environment: Mapping[str, str], session: boto3.Session) -> LoggingRole:
    """Return what the account and region have for API Gateway's logs, and what the run does about it.

    Raises
    ------
    RefusalError
        If the variable has a value that means nothing.
    """
    wanted = environment.get(LOGGING_ROLE, "")
    if wanted not in ("", LoggingRole.MAKE.value):
        raise RefusalError(
            f"{LOGGING_ROLE}={wanted!r} means nothing: set it to {LoggingRole.MAKE.value!r}, or not at all"
        )
    if session.client("apigateway").get_account().get("cloudwatchRoleArn"):
        return LoggingRole.THERE
    return LoggingRole.MAKE if wanted else LoggingRole.NONE
