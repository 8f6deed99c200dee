"""The error that every option check raises."""

from __future__ import annotations

import re
from typing import NoReturn

import aws_cdk as cdk


class ConfigurationError(ValueError):
    """An option that AWS would refuse at deployment, or that would lose or expose data, found at synth.

    The message names the option, the value received, the limit and the way out.
    """


def refuse(option: str, value: object, problem: str, remedy: str) -> NoReturn:
    """Raise :class:`ConfigurationError` in the one form that all checks share."""
    raise ConfigurationError(f"{option}={value!r}: {problem}. {remedy[0].upper()}{remedy[1:]}.")


def check_range(option: str, value: float, lowest: float, highest: float, unit: str, remedy: str) -> None:
    """Refuse a number outside ``lowest..highest``; a token (a value known at deployment only) passes unchecked."""
    if is_token(value):
        return
    if not lowest <= value <= highest:
        refuse(option, value, f"must be {lowest}..{highest} {unit}".rstrip(), remedy)


def check_identifier(option: str, value: str) -> None:
    """Refuse a Glue name that is not ``[a-z_][a-z0-9_]*``: Glue folds case and Athena quotes anything else."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,127}", value):
        refuse(
            option,
            value,
            "must be a Glue name: lower-case letters, digits and underscores, no digit first, 1..128 characters",
            "rename it",
        )


def is_token(value: object) -> bool:
    """Whether CloudFormation decides the value at deployment."""
    return bool(cdk.Token.is_unresolved(value))
