"""Prefix expressions: ``Prefix`` and ``ErrorOutputPrefix`` of an S3 destination (facts/firehose.md#prefixes)."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.config.timestamp_pattern import compile_timestamp_pattern

_EXPRESSION = re.compile(r"!\{([^:{}]*):([^{}]*)\}")
_DEFAULT_TIME = compile_timestamp_pattern("yyyy/MM/dd/HH/")
_RANDOM_ALPHABET = string.ascii_letters + string.digits
_RANDOM_LENGTH = 11
MAX_EVALUATED = 512
FROM_QUERY = "partitionKeyFromQuery"
FROM_LAMBDA = "partitionKeyFromLambda"
_PARTITION_NAMESPACES = (FROM_QUERY, FROM_LAMBDA)


class PrefixError(ValueError):
    """A prefix that Firehose refuses; the message names the property, the value and the rule."""


@dataclass(frozen=True)
class PrefixValues:
    """The values that expressions are evaluated with.

    ``instant`` is the arrival of the object's oldest record, in the stream's zone. ``partition_keys`` is by namespace
    and key, such as ``partitionKeyFromQuery:customer``.
    """

    instant: datetime
    error_output_type: str = ""
    partition_keys: Mapping[str, str] = field(default_factory=dict)


PrefixPart = Callable[[PrefixValues], str]


class PrefixExpression:
    """A parsed prefix."""

    def __init__(self, text: str, *, property_name: str, is_error_prefix: bool) -> None:
        if len(text) > 1024:
            raise PrefixError(f"{property_name} has {len(text)} characters; the limit is 1024")
        self.text = text
        self.namespaces: set[str] = set()
        self.partition_keys: list[str] = []
        self._property_name = property_name
        self._is_error_prefix = is_error_prefix
        self._parts: list[PrefixPart] = []
        self._stable_parts: list[PrefixPart] = []
        position = 0
        for match in _EXPRESSION.finditer(text):
            self._literal(text[position : match.start()])
            self._expression(match[1], match[2])
            position = match.end()
        self._literal(text[position:])
        if not self.partition_keys:
            length = len(self.evaluate(PrefixValues(datetime.now(UTC), "format-conversion-failed")))
            if length > MAX_EVALUATED:
                raise PrefixError(
                    f"{property_name} {text!r} has {length} characters when evaluated; the limit is {MAX_EVALUATED}"
                )

    def evaluate(self, values: PrefixValues) -> str:
        """The prefix of one object."""
        return "".join(part(values) for part in self._parts)

    def group(self, values: PrefixValues) -> str:
        """The prefix without random strings: the same for all records of one object."""
        return "".join(part(values) for part in self._stable_parts)

    def _literal(self, text: str) -> None:
        if "!{" in text:
            raise PrefixError(
                f"{self._property_name} {self.text!r}: '!{{' begins an expression of the form !{{namespace:value}}"
            )
        if text:
            self._add(lambda _: text)

    def _add(self, part: PrefixPart) -> None:
        self._parts.append(part)
        self._stable_parts.append(part)

    def _expression(self, namespace: str, value: str) -> None:
        self.namespaces.add(namespace if namespace != "firehose" else f"firehose:{value}")
        if namespace == "timestamp":
            self._add(_timestamp(value))
        elif (namespace, value) == ("firehose", "random-string"):
            self._parts.append(_random_string)
        elif (namespace, value) == ("firehose", "error-output-type") and self._is_error_prefix:
            self._add(lambda values: values.error_output_type)
        elif namespace in _PARTITION_NAMESPACES and not self._is_error_prefix:
            key = f"{namespace}:{value}"
            self.partition_keys.append(key)
            self._add(lambda values: values.partition_keys[key])
        else:
            raise PrefixError(
                f"{self._property_name} {self.text!r}: the expression !{{{namespace}:{value}}} is not allowed in it"
            )


class ObjectPrefixes:
    """The prefixes of a destination's data and error objects.

    Raises :class:`PrefixError` for what Firehose refuses when a stream is created.
    """

    def __init__(
        self,
        prefix: str | None,
        error_output_prefix: str | None,
        disagreements: Disagreements = Disagreements(),  # noqa: B008 - frozen
    ) -> None:
        day = disagreements.default_error_prefix_day
        self._default_error_time = compile_timestamp_pattern(f"yyyy/MM/{day}/HH/")
        self._prefix = PrefixExpression(prefix or "", property_name="Prefix", is_error_prefix=False)
        self._error_prefix: PrefixExpression | None = None
        if error_output_prefix:
            self._error_prefix = error = PrefixExpression(
                error_output_prefix, property_name="ErrorOutputPrefix", is_error_prefix=True
            )
            if error.namespaces and "firehose:error-output-type" not in error.namespaces:
                raise PrefixError(
                    f"ErrorOutputPrefix {error_output_prefix!r} has expressions but not "
                    "!{firehose:error-output-type}: add it, so that kinds of failure can be told apart"
                )
        elif self._prefix.namespaces:
            # The service's own text, its spelling included.
            raise PrefixError(
                "Ths supplied prefix(es) do not satisfy the following constraint: ErrorOutputPrefix cannot be null or "
                "empty when Prefix contains expressions"
            )

        random_only = self._prefix.namespaces == {"firehose:random-string"}
        appends_time = "timestamp" not in self._prefix.namespaces
        self._appends_time = appends_time and (disagreements.date_after_random_string or not random_only)

    @property
    def partition_keys(self) -> list[str]:
        """The keys of dynamic partitioning that the prefix asks for, such as ``partitionKeyFromQuery:customer``."""
        return self._prefix.partition_keys

    @property
    def text(self) -> str:
        """The Prefix as it was given."""
        return self._prefix.text

    @property
    def has_error_prefix(self) -> bool:
        """Whether an ErrorOutputPrefix is given."""
        return self._error_prefix is not None

    def data(self, values: PrefixValues) -> str:
        """The prefix of a data object: without a timestamp expression, year to hour are appended, with no slash."""
        prefix = self._prefix.evaluate(values)
        return prefix + _DEFAULT_TIME(values.instant) if self._appends_time else prefix

    def group(self, values: PrefixValues) -> str:
        """The prefix without random strings; records of the same group may share an object.

        Source: facts/firehose.md#dynamic-partitioning.
        """
        group = self._prefix.group(values)
        return group + _DEFAULT_TIME(values.instant) if self._appends_time else group

    def error(self, values: PrefixValues) -> str:
        """The prefix of an error object: a given ErrorOutputPrefix as it is, without an appended time."""
        if self._error_prefix is not None:
            return self._error_prefix.evaluate(values)
        return f"{self._prefix.text}{values.error_output_type}/{self._default_error_time(values.instant)}"


def _timestamp(pattern: str) -> PrefixPart:
    format_instant = compile_timestamp_pattern(pattern)
    return lambda values: format_instant(values.instant)


def _random_string(_: PrefixValues) -> str:
    return "".join(secrets.choice(_RANDOM_ALPHABET) for _ in range(_RANDOM_LENGTH))
