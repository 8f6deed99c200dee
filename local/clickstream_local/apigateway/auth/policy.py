"""The policy that a Lambda authorizer answers with, held against the method that is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache
from typing import Any

_ACTION = "execute-api:Invoke"
_MEMBERS = frozenset({"Action", "Effect", "Resource", "Sid"})


class Decision(Enum):
    """What a policy says of a method."""

    ALLOWED = auto()
    EXPLICIT_DENY = auto()
    IMPLICIT_DENY = auto()


class PolicyError(Exception):
    """The document is not a policy, or has something that the local runtime does not evaluate."""


def evaluate(document: Any, method_arn: str) -> Decision:
    """Hold a policy against a method.

    A statement is for the method if one of its actions and one of its resources fit; ``*`` and ``?`` are wildcards. A
    Deny wins over every Allow, and what nothing allows is not allowed.

    Raises
    ------
    PolicyError
        Names the member that cannot be evaluated: ``Condition``, ``NotAction`` and ``NotResource`` are among them.
    """
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list):
        raise PolicyError("policyDocument has no Statement")
    decision = Decision.IMPLICIT_DENY
    for statement in statements:
        effect = _effect(statement)
        if _fits(statement["Action"], _ACTION, ignore_case=True) and _fits(statement["Resource"], method_arn):
            if effect == "Deny":
                return Decision.EXPLICIT_DENY
            decision = Decision.ALLOWED
    return decision


def _effect(statement: Any) -> str:
    if not isinstance(statement, Mapping):
        raise PolicyError("a Statement is not an object")
    unknown = sorted(statement.keys() - _MEMBERS)
    if unknown:
        raise PolicyError(f"{', '.join(unknown)} of a Statement is not evaluated locally")
    missing = sorted({"Action", "Effect", "Resource"} - statement.keys())
    if missing:
        raise PolicyError(f"a Statement has no {', '.join(missing)}")
    effect = statement["Effect"]
    if effect not in ("Allow", "Deny"):
        raise PolicyError("the Effect of a Statement is neither Allow nor Deny")
    return str(effect)


def _fits(patterns: Any, text: str, *, ignore_case: bool = False) -> bool:
    patterns = [patterns] if isinstance(patterns, str) else patterns
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        raise PolicyError("Action and Resource of a Statement are text or lists of text")
    return any(_compiled(pattern, ignore_case).fullmatch(text) for pattern in patterns)


@lru_cache(maxsize=256)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    text = re.escape(re.sub(r"\*+", "*", pattern)).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(text, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
