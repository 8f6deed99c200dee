"""The options of the transform, as ``options.json`` beside the package holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clickstream_transform.contract.partition_keys import PartitionKeys
from clickstream_transform.errors import ConfigError

BLUEPRINTS = (
    "general",
    "apache_log_to_json",
    "apache_log_to_csv",
    "syslog_to_json",
    "syslog_to_csv",
    "cloudwatch_logs",
)
PROCESSORS = ("click", "per_event", *BLUEPRINTS)
ENRICHMENTS = ("url", "campaign", "referrer", "device", "bot")

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "processor": PROCESSORS,
    "ip_anonymisation": ("truncate", "none"),
    "enrichments": ENRICHMENTS,
    "overflow": ("requeue", "fail"),
    "parse_messages": ("no", "json", "apache", "syslog", "vpc_flow"),
}
_RANGES: Mapping[str, tuple[int, int]] = {
    "overflow_attempts": (1, 10),
    "max_inflated_record_bytes": (1 << 10, 256 << 20),
    "max_inflated_call_bytes": (1 << 10, 1 << 30),
}
EVERY_COLUMN = "*"
"""In the place of a column's name: every column that a client fills with text."""

QUERY_KEYS = (
    *("*token", "*tokens", "*tokenhint", "*jwt", "bearer", "authorization", "*auth", "oauth*", "*assertion", "saml*"),
    *("*password*", "*passwd*", "*passphrase*", "*passcode", "*pwd", "pass", "pw", "pin", "*otp", "*secret*"),
    *("*session*", "*sessid", "sid", "ticket", "*credential*", "*csrf*", "*xsrf*", "sig*", "x-amz-*", "x-goog-*"),
    *("*api*key", "*accesskey*", "*authkey", "*privatekey", "*encryptionkey", "*subscriptionkey", "keypairid"),
    *("code", "authcode", "*authorizationcode", "*verificationcode", "*verifier", "oobcode", "devicecode"),
    *("*accesscode", "*resetcode", "*securitycode", "*email", "*emailaddress"),
)
"""Names of parameters, and of members, whose values are secrets or e-mail addresses. A name is decoded, in lower case
and without ``_ - +`` when it is compared; ``*`` stands for anything. Of ``user[password]`` or ``connect.sid`` each part
is a name.
"""

_NO_KEYS = PartitionKeys({})


class Options:
    """The options of a pipeline; each has a default.

    No dataclass and no named tuple: importing ``dataclasses`` would be a third of the package's cold start, and making
    a named tuple of this size a twentieth.

    Attributes
    ----------
    processor:
        What turns an event into a row: ``click`` (default), ``per_event`` or the name of a blueprint.
    ip_anonymisation:
        ``truncate`` (IPv4 to /24, IPv6 to /48; default) or ``none``.
    dedupe:
        Drop an event whose own id and fingerprint were seen before in the same invocation. Default true.
    enrichments:
        Derived columns to fill, of ``url``, ``campaign``, ``referrer``, ``device``, ``bot``. Default all; a column that
        the schema does not declare is never filled.
    redact:
        Columns in which e-mail addresses, signed tokens and the values of secret parameters are replaced. Default
        ``*``: every column that a client fills with text.
    redact_query_keys:
        Names of secret parameters and members, ``*`` for anything. Default ``QUERY_KEYS``.
    overflow:
        For records that do not fit into the reply: ``requeue`` (default: put them back into the stream, where
        PutRecord works) or ``fail`` (answer ProcessingFailed; for streams with decompression).
    overflow_attempts:
        How often one event may be requeued, 1 to 10. Default 3.
    max_inflated_record_bytes:
        Bound for one gzip record inflated, 1 KiB to 256 MiB. Default 16 MiB.
    max_inflated_call_bytes:
        Bound for all gzip records of an invocation, 1 KiB to 1 GiB. Default 64 MiB.
    strict:
        A blueprint's output to the byte, and its failures. Default false.
    formula_guard:
        CSV blueprints put an apostrophe before what a spreadsheet would run. Default false.
    parse_messages:
        What ``cloudwatch_logs`` reads its messages as: ``no`` (default), ``json``, ``apache``, ``syslog``,
        ``vpc_flow``.
    drop_prefixes:
        ``cloudwatch_logs`` leaves out messages that begin so. Default none.
    function:
        ``module.function`` of ``per_event``, in the folder ``function`` beside the package.
    partition_keys:
        Keys for dynamic partitioning, by name; see ``PartitionKeys``. Default none.
    """

    processor: str = "click"
    ip_anonymisation: str = "truncate"
    dedupe: bool = True
    enrichments: tuple[str, ...] = ENRICHMENTS
    redact: tuple[str, ...] = (EVERY_COLUMN,)
    redact_query_keys: tuple[str, ...] = QUERY_KEYS
    overflow: str = "requeue"
    overflow_attempts: int = 3
    max_inflated_record_bytes: int = 16 << 20
    max_inflated_call_bytes: int = 64 << 20
    strict: bool = False
    formula_guard: bool = False
    parse_messages: str = "no"
    drop_prefixes: tuple[str, ...] = ()
    function: str = ""
    partition_keys: PartitionKeys = _NO_KEYS

    def __init__(self, **chosen: Any) -> None:
        unknown = sorted(chosen.keys() - self.__annotations__.keys())
        if unknown:
            raise TypeError(f"there is no option {unknown[0]!r}")
        vars(self).update(chosen)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Options:
        """The options in a JSON object.

        Raises
        ------
        ConfigError
            An unknown key or a value that the option does not take.
        """
        if not isinstance(given, Mapping):
            raise ConfigError(f"options must be a JSON object, not {type(given).__name__}")
        defaults = {name: getattr(cls, name) for name in cls.__annotations__}
        chosen: dict[str, Any] = {}
        for key, value in given.items():
            if key not in defaults:
                raise ConfigError(f"option {key!r} is unknown; the options are {', '.join(defaults)}")
            chosen[key] = _checked(key, value, defaults[key])
        return cls(**chosen)


def _checked(key: str, value: Any, default: Any) -> Any:
    if isinstance(default, PartitionKeys):
        return PartitionKeys(value)
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ConfigError(f"option {key!r} is {value!r}; allowed are true and false")
        return value
    if isinstance(default, int):
        low, high = _RANGES[key]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ConfigError(f"option {key!r} is {value!r}; allowed are integers from {low} to {high}")
        return value
    if isinstance(default, tuple):
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
            raise ConfigError(f"option {key!r} is {value!r}; it must be a list of non-empty strings")
        for item in value:
            if key in _CHOICES and item not in _CHOICES[key]:
                raise ConfigError(f"option {key!r} holds {item!r}; allowed are {', '.join(_CHOICES[key])}")
        return tuple(value)
    if key not in _CHOICES:
        if not isinstance(value, str) or not value:
            raise ConfigError(f"option {key!r} is {value!r}; it must be a non-empty string")
        return value
    if value not in _CHOICES[key]:
        raise ConfigError(f"option {key!r} is {value!r}; allowed are {', '.join(_CHOICES[key])}")
    return value
