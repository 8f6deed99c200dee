"""The token by which a transform tells the endpoint's context lines from what a stranger wrote.

It is the UUID at the end of the id of the function's stack: no client of the endpoint can know it, every template holds
the same expression for it, and each deployment has another one. Inside the account it is no secret: function settings,
source backups and failed records hold it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
"""

from __future__ import annotations

import re

import aws_cdk as cdk
from constructs import IConstruct

from cdk_clickstream._validation import is_token, refuse

_TOKEN = re.compile(r"[A-Za-z0-9-]{16,64}")


def context_token_of(scope: IConstruct) -> str:
    """Return the token of what is deployed by the stack of a construct (known at deployment)."""
    # arn:aws:cloudformation:<region>:<account>:stack/<name>/<UUID>
    return cdk.Fn.select(2, cdk.Fn.split("/", cdk.Stack.of(scope).stack_id))


def check_context_token(option: str, token: str) -> None:
    """Refuse what is no token; the message does not show it."""
    if not is_token(token) and not _TOKEN.fullmatch(token):
        refuse(
            option,
            f"{len(token)} characters",
            "must be 16 to 64 letters, digits and hyphens",
            "pass the UUID at the end of the id of the function's stack, such as function.context_token",
        )
