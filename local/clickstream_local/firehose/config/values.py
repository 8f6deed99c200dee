"""Reading the values of a configuration."""

from __future__ import annotations

MEBIBYTE = 1024 * 1024


class ConfigurationError(ValueError):
    """Properties that Firehose would refuse, or that the local runtime does not run; the message says which and why."""


def is_true(value: object) -> bool:
    """A CloudFormation boolean, which may be text."""
    return str(value).lower() == "true"


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise :class:`ConfigurationError` for a value out of bounds."""
    if not low <= value <= high:
        raise ConfigurationError(f"{name} is {value:g}: it must be between {low:g} and {high:g}")
