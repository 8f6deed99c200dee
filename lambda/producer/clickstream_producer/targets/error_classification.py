"""Whose fault an error of a request is, and what follows from that.

Sources: facts/firehose.md#wire-protocol, #operations, facts/kinesis.md#put-records.

Only an event's own fault may cost the event, and :class:`~clickstream_producer.sending.sender.Sender` asks for proof of
it. All else passes, or somebody mends it: the events are kept until then, at most ``max_age``.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from botocore import exceptions as sdk

from clickstream_producer.errors import TargetRefused, UnexpectedAnswer

MAX_SKEW: Final = 300.0
"""Seconds that a clock may be wrong before AWS refuses the signature."""

_SHOWN: Final = 300
"""Characters of an error's text that a message shows."""


class Fault(enum.StrEnum):
    """Where the cause of an error lies."""

    EVENT = "event"
    """Perhaps in what the request holds: smaller requests find the event, or show that it is the target."""
    TARGET = "target"
    """In the stream, its encryption key or its endpoint."""
    IDENTITY = "identity"
    """In the credentials, or in what they may do."""
    CLOCK = "clock"
    """In this machine's clock."""
    NETWORK = "network"
    """Between this machine and the service."""
    THROTTLE = "throttle"
    """In the rate: a quota is used up."""
    SERVICE = "service"
    """In the service, for a moment."""
    UNKNOWN = "unknown"
    """Nobody knows."""


class RetryDecision(NamedTuple):
    """What to make of a request that failed as a whole.

    Attributes
    ----------
    fault
        Where the cause lies.
    likely_cause
        What to look at, as a sentence without its full stop, ``{}`` for the IAM action; empty where there is nothing to
        mend.
    slow
        Whether somebody has to mend it, so that pauses are long; else it passes within seconds.
    reconnect
        Whether a new connection may have what this one lacks: a client looks for its credentials once.
    """

    fault: Fault
    likely_cause: str = ""
    slow: bool = False
    reconnect: bool = False


_EVENT = RetryDecision(Fault.EVENT, "an event, or the size of the request, may be at fault")
_THROTTLE = RetryDecision(Fault.THROTTLE)
_SERVICE = RetryDecision(Fault.SERVICE)
_NETWORK = RetryDecision(Fault.NETWORK)


def _target(likely_cause: str) -> RetryDecision:
    return RetryDecision(Fault.TARGET, likely_cause, slow=True)


def _identity(likely_cause: str) -> RetryDecision:
    return RetryDecision(Fault.IDENTITY, likely_cause, slow=True, reconnect=True)


_UNKNOWN = RetryDecision(Fault.UNKNOWN, "the producer does not know this error; its text may say more", slow=True)
_NOT_THE_SERVICE = RetryDecision(
    Fault.NETWORK,
    "the answer is not one of an AWS service: a proxy, a captive portal or another server answered; check "
    "endpoint_url, HTTPS_PROXY and NO_PROXY",
    slow=True,
)
_CLOCK = RetryDecision(Fault.CLOCK, "this machine's clock is wrong; set it (NTP, chrony)", slow=True)
_NO_STREAM = _target("the stream does not exist in this region and account, or is still being created")
_NOT_READY = _target("the stream is being created, changed or deleted")
_NO_DIRECT_PUT = _target("the delivery stream takes its records from another source, not from direct puts")
_KMS_KEY = _target("the KMS key of the stream is disabled, deleted, or not allowed to this identity or stream")
_WRONG_SERVICE = _target("the endpoint does not know this operation; check endpoint_url")
_NO_RIGHT = _identity("this identity may not call {} on this stream, by its own policies or by others")._replace(
    reconnect=False
)
_WRONG_KEY = _identity("the access key is not known, not active yet, or one of another partition")
_WRONG_SECRET = _identity("the secret access key does not fit the access key, or a proxy changes requests")
_EXPIRED = _identity("the temporary credentials have expired, and no newer ones were found")
_NO_CREDENTIALS = _identity("no usable credentials were found; check the environment, the profile and the role")

REFUSES_EACH: Final = _target("it refuses one event after another, each alone; check that it takes direct puts by {}")
"""When what looked like the fault of an event turns out to be the target's."""

_BY_CODE: Final = {
    # Codes that say so of a record, or of the size of the request.
    "InvalidArgumentException": _EVENT,
    "MalformedHttpRequestException": _EVENT,
    "RequestEntityTooLargeException": _EVENT,
    "SerializationException": _EVENT,
    "ValidationError": _EVENT,
    "ValidationException": _EVENT,
    # A quota is used up. Firehose says "Slow down." by ServiceUnavailableException, of a request and of a record.
    "LimitExceededException": _THROTTLE,
    "RequestLimitExceeded": _THROTTLE,
    "ProvisionedThroughputExceededException": _THROTTLE,
    "ServiceUnavailable": _THROTTLE,
    "ServiceUnavailableException": _THROTTLE,
    "SlowDown": _THROTTLE,
    "TooManyRequestsException": _THROTTLE,
    "InternalFailure": _SERVICE,
    "InternalFailureException": _SERVICE,
    "RequestTimeout": _SERVICE,
    "RequestTimeoutException": _SERVICE,
    "ResourceNotFoundException": _NO_STREAM,
    "ResourceInUseException": _NOT_READY,
    "InvalidSourceException": _NO_DIRECT_PUT,
    "InvalidKMSResourceException": _KMS_KEY,
    "KMSAccessDeniedException": _KMS_KEY,
    "KMSDisabledException": _KMS_KEY,
    "KMSInvalidStateException": _KMS_KEY,
    "KMSNotFoundException": _KMS_KEY,
    "KMSOptInRequired": _KMS_KEY,
    "InvalidAction": _WRONG_SERVICE,
    "UnknownOperationException": _WRONG_SERVICE,
    "RequestExpired": _CLOCK,
    "RequestTimeTooSkewed": _CLOCK,
    "AccessDenied": _NO_RIGHT,
    "AccessDeniedException": _NO_RIGHT,
    "NotAuthorized": _NO_RIGHT,
    "OptInRequired": _NO_RIGHT,
    "UnauthorizedOperation": _NO_RIGHT,
    "InvalidAccessKeyId": _WRONG_KEY,
    "InvalidClientTokenId": _WRONG_KEY,
    "UnrecognizedClientException": _WRONG_KEY,
    "IncompleteSignature": _WRONG_SECRET,
    "IncompleteSignatureException": _WRONG_SECRET,
    "InvalidSignatureException": _WRONG_SECRET,
    "MissingAuthenticationToken": _WRONG_SECRET,
    "MissingAuthenticationTokenException": _WRONG_SECRET,
    "SignatureDoesNotMatch": _WRONG_SECRET,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
}

_BY_EXCEPTION: Final[tuple[tuple[type[Exception], RetryDecision], ...]] = (
    (sdk.ParamValidationError, _EVENT),
    (sdk.NoCredentialsError, _NO_CREDENTIALS),
    (sdk.PartialCredentialsError, _NO_CREDENTIALS),
    (sdk.CredentialRetrievalError, _NO_CREDENTIALS),
    (sdk.TokenRetrievalError, _NO_CREDENTIALS),
    (sdk.SSOError, _NO_CREDENTIALS),
    (sdk.ProfileNotFound, _NO_CREDENTIALS),
    (sdk.ConfigNotFound, _NO_CREDENTIALS),
    (sdk.ConfigParseError, _NO_CREDENTIALS),
    (sdk.InvalidConfigError, _NO_CREDENTIALS),
    (sdk.NoRegionError, _target("no region is set; give region= or set AWS_REGION")),
    (sdk.InvalidRegionError, _target("the region is not one; check region= and AWS_REGION")),
    (sdk.EndpointProviderError, _target("there is no such endpoint; check region= and endpoint_url")),
    (sdk.InvalidEndpointConfigurationError, _target("the endpoint is not one; check endpoint_url")),
    (sdk.UnknownEndpointError, _target("there is no such endpoint; check region= and endpoint_url")),
    (
        sdk.SSLError,
        RetryDecision(
            Fault.NETWORK,
            "the server's certificate is not trusted: a proxy opens the connection, or the list of authorities is old "
            "(AWS_CA_BUNDLE)",
            slow=True,
        ),
    ),
    (sdk.HTTPClientError, _NETWORK),
    (sdk.ConnectionError, _NETWORK),
    (UnexpectedAnswer, _SERVICE),
    (OSError, _NETWORK),
)


def error_code(error: Exception) -> str:
    """Name of an error: the service's code, the HTTP status of an answer without one, else the class."""
    if isinstance(error, sdk.ClientError):
        code = str(error.response.get("Error", {}).get("Code") or _status(error))
        return f"HTTP {code}" if code.isdigit() else code
    return error.code if isinstance(error, TargetRefused) else type(error).__name__


def error_text(error: Exception) -> str:
    """What may be shown of an error: the text of those that are known to hold no payload.

    A page of a proxy, or an exception that nobody expected, may quote the request.
    """
    if isinstance(error, sdk.ClientError):
        shown = "" if error_code(error).startswith("HTTP ") else str(error.response.get("Error", {}).get("Message", ""))
    elif isinstance(error, OSError | sdk.BotoCoreError) and not isinstance(error, sdk.ParamValidationError):
        shown = str(error)
    else:
        shown = ""
    shown = " ".join(shown.split())
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "..."


def describe(error: Exception) -> str:
    """Code and text of an error, for a message."""
    return ": ".join(filter(None, (error_code(error), error_text(error))))


def is_throttle(code: str) -> bool:
    """Say whether an error of a record or a request asks for a slower pace."""
    return _BY_CODE.get(code) is _THROTTLE or "Throttl" in code


def classify(error: Exception) -> RetryDecision:
    """Say whose fault an error is; what is not known is nobody's, and kept."""
    if isinstance(error, sdk.ClientError):
        return _classify_answer(error)
    for kind, decision in _BY_EXCEPTION:
        if isinstance(error, kind):
            return decision
    return _UNKNOWN


def _classify_answer(error: sdk.ClientError) -> RetryDecision:
    code, status = error_code(error), _status(error)
    decision = _BY_CODE.get(code)
    if decision is _EVENT and "KinesisStreamAsSource" in error_text(error):
        return _NO_DIRECT_PUT
    if decision is not None and decision.fault is Fault.IDENTITY and any(_signs_of_a_wrong_clock(error)):
        skew = _skew(error)
        by = f" by {abs(skew):,.0f} s ({'ahead' if skew > 0 else 'behind'})" if abs(skew) > MAX_SKEW else ""
        return _CLOCK._replace(likely_cause=f"this machine's clock is wrong{by}; set it (NTP, chrony)")
    if decision is not None:
        return decision
    if is_throttle(code) or status == 429:
        return _THROTTLE
    if status == 413:
        return _EVENT
    if status == 408 or status >= 500:
        return _SERVICE
    return _NOT_THE_SERVICE if code.startswith("HTTP ") else _UNKNOWN


def _signs_of_a_wrong_clock(error: sdk.ClientError) -> Iterator[bool]:
    if not error_code(error).startswith(("AccessDenied", "NotAuthorized", "OptIn", "Unauthorized")):
        text = error_text(error).lower()
        yield "signature expired" in text or "signature not yet current" in text
        yield abs(_skew(error)) > MAX_SKEW


def _skew(error: sdk.ClientError) -> float:
    """Seconds by which this machine's clock is ahead of the service's, by the date of the answer."""
    date = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return time.time() - parsedate_to_datetime(date).timestamp() if date else 0.0
    except ValueError:
        return 0.0


def _status(error: sdk.ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
