"""The ``Condition`` of a policy statement: operators, set operators, ``…IfExists``, policy variables.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and the
pages beside it on set operators and on policy variables.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

Context = Mapping[str, str | Sequence[str]]
"""The condition keys of a request, in lower case, with their value or values."""

_OPERATOR = re.compile(r"(?:(forallvalues|foranyvalue):)?(\w+?)(ifexists)?", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"\s*([^,]*?)\s*,\s*'(.*)'\s*", re.DOTALL)
_LITERALS = ("*", "?", "$")


class PolicyError(ValueError):
    """A document that IAM would refuse; the message names the member."""


def several(value: Any) -> list[Any]:
    """The items of what may stand in a policy as one value or as a list."""
    return value if isinstance(value, list) else [value]


def holds(conditions: Mapping[str, Mapping[str, Any]], context: Context, *, variables: bool) -> bool:
    """Whether every condition holds.

    Parameters
    ----------
    conditions:
        Operator to key to value or values.
    context:
        The request's keys.
    variables:
        Whether ``${…}`` stands for a key's value, which it does from version 2012-10-17 on.

    Raises
    ------
    PolicyError
        For an operator that IAM does not have.
    """
    return all(
        _holds(operator, key.lower(), [_text(one) for one in several(wanted)], context, variables)
        for operator, tests in conditions.items()
        for key, wanted in tests.items()
    )


def keys_of(conditions: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The keys that some conditions look at, in lower case."""
    return {key.lower() for tests in conditions.values() for key in tests}


def _holds(operator: str, key: str, wanted: list[str], context: Context, variables: bool) -> bool:
    parts = _OPERATOR.fullmatch(operator)
    name = parts[2].lower() if parts else ""
    if parts is None or (name != "null" and name not in _OPERATORS):
        raise PolicyError(f"Condition {operator!r}: IAM has no such operator")
    of_set, if_exists = (parts[1] or "").lower(), parts[3] is not None
    found = context.get(key)
    values = [] if found is None else [found] if isinstance(found, str) else list(found)
    if name == "null":
        return any((one.lower() == "true") == (not values) for one in wanted)
    test, negated = _OPERATORS[name]
    patterns = [one for text in wanted if (one := filled(text, context) if variables else text) is not None]

    def fits(value: str) -> bool:
        passed = any(test(pattern, value) for pattern in patterns)
        # A variable without a value is neither equal to anything nor different from it.
        return not passed and len(patterns) == len(wanted) if negated else passed

    if not values:
        return if_exists or of_set == "forallvalues" or (negated and not of_set)
    return all(map(fits, values)) if of_set == "forallvalues" else any(map(fits, values))


def filled(text: str, context: Context) -> str | None:
    """A text with its policy variables replaced; None where one has no value.

    What comes out is a pattern: ``*`` and ``?`` of the text itself are wildcards, those of a variable's value are not.
    """
    if "${" not in text:
        return text
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name, default = match[1].strip(), None
        if with_default := _DEFAULT.fullmatch(match[1]):
            name, default = with_default[1], with_default[2]
        if name in _LITERALS:
            return literal(name)
        found = context.get(name.lower(), default)
        missing |= not isinstance(found, str)
        return literal(str(found))

    replaced = _VARIABLE.sub(value, text)
    return None if missing else replaced


_QUOTE = "\x00"


def literal(text: str) -> str:
    """A pattern that only this text fits."""
    return re.sub(r"[*?]", lambda found: f"{_QUOTE}{found[0]}", text)


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a text fits a pattern, in which ``*`` is any characters and ``?`` any one."""
    if "*" not in pattern and "?" not in pattern:  # most are none, and a start compiles no expression for them
        return pattern.lower() == text.lower() if ignore_case else pattern == text
    return _compiled(pattern, ignore_case).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    parts = re.findall(rf"{_QUOTE}.|\*+|\?|[^*?{_QUOTE}]+", pattern, re.DOTALL)
    regular = "".join(
        ".*" if part[0] == "*" else "." if part == "?" else re.escape(part.removeprefix(_QUOTE)) for part in parts
    )
    return re.compile(regular, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN fits another one with wildcards.

    A wildcard stays within its part of the ARN, and a pattern that ends early goes on with wildcards.
    """
    parts, patterns = arn.split(":", 5), pattern.split(":", 5)
    if pattern == "*" or len(parts) < 6:
        return matches(pattern, arn)
    return all(map(matches, patterns + ["*"] * (6 - len(patterns)), parts))


def _plain(pattern: str) -> str:
    return pattern.replace(_QUOTE, "")


def _text(value: Any) -> str:
    # Numbers and booleans may be written without quotes.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _compared(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Callable[[str, str], bool]:
    """A test that both values have to be readable for; its first value is the policy's."""

    def test(pattern: str, value: str) -> bool:
        try:
            return compare(read(value), read(_plain(pattern)))
        except (ValueError, InvalidOperation, binascii.Error):
            return False

    return test


def _moment(text: str) -> datetime:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_network(network: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(_plain(network), strict=False)
    except ValueError:
        return False


def _equal_text(pattern: str, value: str) -> bool:
    return _plain(pattern) == value


def _equal_ignoring_case(pattern: str, value: str) -> bool:
    return _plain(pattern).lower() == value.lower()


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": lambda value, wanted: value == wanted,
    "lessthan": lambda value, wanted: value < wanted,
    "lessthanequals": lambda value, wanted: value <= wanted,
    "greaterthan": lambda value, wanted: value > wanted,
    "greaterthanequals": lambda value, wanted: value >= wanted,
}

_OPERATORS: Mapping[str, tuple[Callable[[str, str], bool], bool]] = {
    # By name: the test of one value of the policy and one of the request, and whether no value may pass it.
    "stringequals": (_equal_text, False),
    "stringnotequals": (_equal_text, True),
    "stringequalsignorecase": (_equal_ignoring_case, False),
    "stringnotequalsignorecase": (_equal_ignoring_case, True),
    "stringlike": (matches, False),
    "stringnotlike": (matches, True),
    "arnequals": (arn_matches, False),
    "arnlike": (arn_matches, False),
    "arnnotequals": (arn_matches, True),
    "arnnotlike": (arn_matches, True),
    "ipaddress": (_in_network, False),
    "notipaddress": (_in_network, True),
    "bool": (_compared(_boolean, _COMPARISONS["equals"]), False),
    "binaryequals": (_compared(lambda text: base64.b64decode(text, validate=True), _COMPARISONS["equals"]), False),
    "numericnotequals": (_compared(Decimal, _COMPARISONS["equals"]), True),
    "datenotequals": (_compared(_moment, _COMPARISONS["equals"]), True),
    **{f"numeric{name}": (_compared(Decimal, compare), False) for name, compare in _COMPARISONS.items()},
    **{f"date{name}": (_compared(_moment, compare), False) for name, compare in _COMPARISONS.items()},
}
