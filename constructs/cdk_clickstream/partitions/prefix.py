"""S3 prefix expressions of Firehose: parsed, checked, and the source of the table's partition projection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cdk_clickstream._validation import check_identifier, checked, is_token, refuse
from cdk_clickstream.partitions.partition_key import FROM_LAMBDA, FROM_QUERY, PartitionKey
from cdk_clickstream.partitions.projection import PartitionColumn
from cdk_clickstream.partitions.record_key import RecordKey
from cdk_clickstream.partitions.timestamp_pattern import check_timestamp_pattern, sample_timestamp

MAX_RAW_LENGTH = 1024
"""Characters of a prefix as written (facts/firehose.md#prefixes)."""

MAX_EVALUATED_LENGTH = 512
"""Characters of a prefix after its expressions are evaluated (facts/firehose.md#prefixes)."""

_RANDOM_STRING_LENGTH = 11
_ERROR_OUTPUT_TYPES = (
    "processing-failed",
    "format-conversion-failed",
    "metadata-extraction-failed",
    "activePartitionExceeded",
)
_NAMESPACES = ("timestamp", "firehose", FROM_QUERY, FROM_LAMBDA)
_EXPRESSION = re.compile(r"!\{([^{}]*)\}")


@dataclass(frozen=True)
class Expression:
    """One ``!{namespace:value}`` of a prefix."""

    namespace: str
    value: str

    @property
    def is_partition_key(self) -> bool:
        """Whether the value comes from the record, by dynamic partitioning."""
        return self.namespace in (FROM_QUERY, FROM_LAMBDA)

    @property
    def sample(self) -> str:
        """A value as long as the real one, for the length limit."""
        if self.namespace == "timestamp":
            return sample_timestamp(self.value)
        if self.is_partition_key:
            return "x"  # nobody knows how long its values are; none is empty
        return "x" * _RANDOM_STRING_LENGTH if self.value == "random-string" else max(_ERROR_OUTPUT_TYPES, key=len)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """How its values begin, as far as that is known."""
        if self.value == "error-output-type":
            return _ERROR_OUTPUT_TYPES
        return tuple("0123456789") if self.namespace == "timestamp" and self.sample[0].isdigit() else ("",)


@checked
@dataclass(frozen=True)
class S3Prefix:
    """A prefix of S3 object keys, as Firehose evaluates it.

    Literal text mixed with ``!{timestamp:<java.time pattern>}``, ``!{firehose:random-string}``, with dynamic
    partitioning ``!{partitionKeyFromQuery:<key>}`` and ``!{partitionKeyFromLambda:<key>}``, and in an error prefix
    ``!{firehose:error-output-type}``. Firehose takes the arrival time of the *oldest* record of an object
    (UTC), and appends the object's name to the evaluated prefix, so a prefix ends with a slash.
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html

    Parameters
    ----------
    text:
        At most 1,024 characters as written, 512 after evaluation.
    allow_partial_segment:
        Permit a prefix without a slash at its end, whose last part then begins the object's name.
        Default: ``False``.
    columns:
        Partition columns of the table, in order; made by :meth:`hive`. Default: none.

    Raises
    ------
    ConfigurationError
        For everything that Firehose refuses (facts/firehose.md#prefixes), and for prefixes that surprise: a week-based
        year, a leading slash, a missing slash at the end.
    """

    text: str
    allow_partial_segment: bool = False
    columns: tuple[PartitionColumn, ...] = field(default=())

    def __post_init__(self) -> None:
        if is_token(self.text):
            return
        if not self.text or self.text.startswith("/"):
            refuse(
                "prefix",
                self.text,
                "must not be empty or begin with a slash, which makes a folder without a name",
                "begin with a folder name, such as 'events/'",
            )
        self._check_expressions()
        if not self.allow_partial_segment and not self.text.endswith("/"):
            refuse(
                "prefix",
                self.text,
                "must end with a slash, or its last part becomes the start of the object's name",
                "append '/', or pass S3Prefix(..., allow_partial_segment=True) if that is intended",
            )
        self._check_length()

    @classmethod
    def hive(cls, root: str, partitions: Mapping[str, str | PartitionKey] | None = None) -> S3Prefix:
        """``root/name=value/...``: the layout that Athena prunes by, with the table's partition columns.

        Parameters
        ----------
        root:
            Folder of the table, such as ``events``.
        partitions:
            Column name to java.time pattern or :class:`~cdk_clickstream.PartitionKey`, in order.
            Default: ``{"event_date": "yyyy-MM-dd"}``. Patterns that partition projection can enumerate: ``yyyy``,
            ``MM``, ``dd``, ``HH`` (integers) and ``yyyy-MM``, ``yyyy-MM-dd``, ``yyyy-MM-dd-HH`` (dates).
        """
        columns = tuple(
            PartitionColumn.from_partition_key(name, value)
            if isinstance(value, PartitionKey)
            else PartitionColumn.of(name, value)
            for name, value in (partitions or {"event_date": "yyyy-MM-dd"}).items()
        )
        for column in columns:
            check_identifier("partition column", column.name)
        folder = root.strip("/")
        if "!{" in folder or not folder:
            refuse("root", root, "must be a plain folder name", "put expressions into partitions=")
        tail = "".join(f"{column.name}={column.expression}/" for column in columns)
        return cls(f"{folder}/{tail}", columns=columns)

    def with_values_from(self, keys: Mapping[str, RecordKey]) -> S3Prefix:
        """Return the prefix with the values of its partition keys, where a transform gives them.

        Athena then enumerates them, and no query has to name one. A :class:`~cdk_clickstream.ClickstreamPipeline` does
        this by itself; it is for an :class:`~cdk_clickstream.EventTable` of your own.

        Parameters
        ----------
        keys:
            The ``partition_keys`` of the transform.
        """
        return replace(self, columns=tuple(column.with_values_from(keys) for column in self.columns))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions, in order."""
        return tuple(
            Expression(*match.group(1).split(":", 1)) for match in _EXPRESSION.finditer(self.text) if ":" in match[1]
        )

    @property
    def folder(self) -> str:
        """The longest folder that every object under the prefix lies in, with its slash; empty if there is none.

        A token may hold the slash: where the prefix begins with one, that is as much of it as is known.
        """
        return _folder_of(self.text)

    def folder_of(self, error_output_type: str) -> str:
        """Return the folder of an error prefix that records of one kind of failure lie in."""
        return _folder_of(self.text.replace("!{firehose:error-output-type}", error_output_type))

    @property
    def beginnings(self) -> tuple[str, ...]:
        """How the keys of objects under the prefix begin, as far as that is known."""
        literal = self.text.split("!{", 1)[0]
        return tuple(f"{literal}{one}" for one in (self.expressions[0].beginnings if self.expressions else ("",)))

    @property
    def location_template(self) -> str:
        """The prefix with ``${column}`` in place of each value, for ``storage.location.template``."""
        return self.folder + "".join(f"{column.name}=${{{column.name}}}/" for column in self.columns)

    def overlaps(self, other: S3Prefix) -> bool:
        """Whether objects of one prefix may lie under the folder of the other."""
        return self.folder.startswith(other.folder) or other.folder.startswith(self.folder)

    def check_as_data_prefix(self, option: str) -> None:
        """Check what holds for ``Prefix`` and not for ``ErrorOutputPrefix``."""
        if is_token(self.text):
            return
        for expression in self.expressions:
            if expression.value == "error-output-type":
                refuse(
                    option,
                    self.text,
                    "!{firehose:error-output-type} has a value in an error prefix only",
                    "remove it here",
                )
        if self.expressions and not any(one.namespace == "timestamp" for one in self.expressions):
            refuse(
                option,
                self.text,
                "has expressions but no timestamp: AWS's pages disagree on whether Firehose then appends a date",
                "add a !{timestamp:...} expression",
            )
        if not self.expressions and not self.text.endswith("/"):
            refuse(
                option,
                self.text,
                "has no expression, so Firehose appends yyyy/MM/dd/HH/ to it without a slash",
                "append '/', or add a !{timestamp:...} expression",
            )

    def check_as_error_prefix(self, option: str) -> None:
        """Check what holds for ``ErrorOutputPrefix``: with any expression it needs the error output type."""
        if is_token(self.text) or not self.expressions:
            return
        for expression in self.expressions:
            if expression.is_partition_key:
                refuse(
                    option,
                    self.text,
                    f"!{{{expression.namespace}:{expression.value}}} has no value in an error prefix",
                    "use partition keys in the data prefix only",
                )
        if not any(expression.value == "error-output-type" for expression in self.expressions):
            refuse(
                option,
                self.text,
                "an error prefix with expressions must hold !{firehose:error-output-type}",
                "add it, for example 'errors/!{firehose:error-output-type}/'",
            )

    def _check_expressions(self) -> None:
        if _EXPRESSION.sub("", self.text).count("!{"):
            refuse("prefix", self.text, "holds an expression that is not closed", "write each as !{namespace:value}")
        for match in _EXPRESSION.finditer(self.text):
            namespace, colon, value = match.group(1).partition(":")
            if not colon or not value:
                refuse("prefix", self.text, f"{match.group(0)} has no value", "write !{namespace:value}")
            if namespace not in _NAMESPACES:
                refuse(
                    "prefix",
                    self.text,
                    f"{match.group(0)} has an unknown namespace",
                    f"use one of {', '.join(_NAMESPACES)}",
                )
            if namespace == "firehose" and value not in ("random-string", "error-output-type"):
                refuse(
                    "prefix",
                    self.text,
                    f"{match.group(0)} is not a value of the firehose namespace",
                    "use random-string or error-output-type",
                )
            if namespace == "timestamp":
                check_timestamp_pattern(value)

    def _check_length(self) -> None:
        if len(self.text) > MAX_RAW_LENGTH:
            refuse("prefix", self.text, f"has {len(self.text)} characters, at most {MAX_RAW_LENGTH}", "shorten it")
        expressions = iter(self.expressions)
        evaluated = len(_EXPRESSION.sub(lambda _: next(expressions).sample, self.text))
        if evaluated > MAX_EVALUATED_LENGTH:
            refuse(
                "prefix",
                self.text,
                f"evaluates to {evaluated} characters, at most {MAX_EVALUATED_LENGTH}",
                "shorten it",
            )


def _folder_of(text: str) -> str:
    literal = text.split("!{", 1)[0]
    return literal[: literal.rfind("/") + 1] or (literal if is_token(literal) else "")
