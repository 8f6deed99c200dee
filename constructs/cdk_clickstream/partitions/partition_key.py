"""A value of the record itself, as a part of the object's prefix."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cdk_clickstream._validation import checked, refuse

FROM_QUERY = "partitionKeyFromQuery"
FROM_LAMBDA = "partitionKeyFromLambda"

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@checked
@dataclass(frozen=True)
class PartitionKey:
    """A partition of :meth:`S3Prefix.hive` that dynamic partitioning fills. Made by :meth:`jq` or :meth:`from_lambda`.

    Never one whose values a client can choose freely: each value is a partition, a stream has 500 at a time, and what
    comes beyond goes to the error prefix (facts/firehose.md#dynamic-partitioning).
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html
    """

    namespace: str
    name: str
    values: tuple[str, ...]

    @classmethod
    def jq(cls, name: str, *, values: Sequence[str] = ()) -> PartitionKey:
        """Use a key of ``DynamicPartitioning.jq``.

        Parameters
        ----------
        name:
            Name of the key: a letter or underscore, then letters, digits and underscores; at most 64.
        values:
            Every value that occurs, for Athena to enumerate. Default: unknown; each query must then say which it
            wants (``WHERE tenant = '...'``), or Athena refuses it.
        """
        return cls._of(FROM_QUERY, name, values)

    @classmethod
    def from_lambda(cls, name: str, *, values: Sequence[str] = ()) -> PartitionKey:
        """Use a key that the processor's function gives in ``metadata.partitionKeys``.

        Parameters
        ----------
        name, values:
            As in :meth:`jq`.
        """
        return cls._of(FROM_LAMBDA, name, values)

    @classmethod
    def _of(cls, namespace: str, name: str, values: Sequence[str]) -> PartitionKey:
        check_key_name("partition key", name)
        for value in values:
            if not value or "," in value:
                refuse(
                    f"values of {name!r}",
                    value,
                    "must not be empty or contain a comma, which separates the values",
                    "leave values= out",
                )
        return cls(namespace, name, tuple(values))

    @property
    def expression(self) -> str:
        """The prefix expression."""
        return f"!{{{self.namespace}:{self.name}}}"


def check_key_name(option: str, name: str) -> None:
    """Refuse a name that a prefix expression and a jq object cannot both hold."""
    if not _KEY.fullmatch(name):
        refuse(
            option,
            name,
            "must be a key name: a letter or underscore, then letters, digits and underscores, 1..64 characters",
            "rename it",
        )
