"""What an error of botocore means for a request (aws-facts 1.1, 1.2)."""

from __future__ import annotations

import enum
from typing import Final

from botocore.exceptions import (
    ClientError,
    ConfigNotFound,
    InvalidConfigError,
    InvalidEndpointConfigurationError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    UnknownEndpointError,
)


class RetryDecision(enum.Enum):
    """What to do after a request failed as a whole."""

    RETRY = "retry"
    """Trouble that passes: send the same again after a pause."""
    RECONNECT = "reconnect"
    """As RETRY, but with a new connection: this one will never have what it lacks."""
    ISOLATE = "isolate"
    """Something in the request is at fault: send smaller ones, to find the record."""
    GIVE_UP = "give up"
    """No request to this target can succeed as it is set up: these records are lost."""


_RECORD_AT_FAULT: Final = frozenset(
    {
        "InvalidArgumentException",
        "MalformedHttpRequestException",
        "RequestEntityTooLargeException",
        "SerializationException",
        "ValidationError",
        "ValidationException",
    }
)
"""A record or the size of the request may be the reason, so a smaller request may pass."""

_THROTTLING: Final = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        # Firehose says "Slow down." by this name, of a request and of a record (aws-facts 1.1).
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "TooManyRequestsException",
    }
)
"""A quota is used up: the same passes later."""

_TRANSIENT: Final = frozenset(
    {
        # Temporary credentials that ran out: botocore fetches new ones.
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "RequestTimeout",
        "RequestTimeoutException",
        "InternalFailure",
    }
)

_MISCONFIGURED: Final = (
    ConfigNotFound,
    InvalidConfigError,
    InvalidEndpointConfigurationError,
    InvalidRegionError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    UnknownEndpointError,
)


def error_code(error: Exception) -> str:
    """Name of an error: the service's code where there is one, else the class."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code") or type(error).__name__)
    return type(error).__name__


def is_throttle(code: str) -> bool:
    """Say whether an error of a record or a request asks for a slower pace."""
    return code in _THROTTLING or "Throttl" in code


def classify(error: Exception) -> RetryDecision:
    """Say whether trying again can heal an error.

    What is not known is retried: giving up loses events, trying again for ``max_age`` does not.
    """
    if isinstance(error, ClientError):
        code = error_code(error)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _RECORD_AT_FAULT or status == 413:
            return RetryDecision.ISOLATE
        if code in _TRANSIENT or is_throttle(code) or not 400 <= status < 500 or status in (408, 429):
            return RetryDecision.RETRY
        return RetryDecision.GIVE_UP
    if isinstance(error, NoCredentialsError):
        # A client looks for credentials once, when it is made: one that found none never signs.
        return RetryDecision.RECONNECT
    if isinstance(error, ParamValidationError):
        return RetryDecision.ISOLATE
    if isinstance(error, _MISCONFIGURED):
        return RetryDecision.GIVE_UP
    return RetryDecision.RETRY
