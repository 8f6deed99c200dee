"""Partition keys by a jq program: the MetadataExtraction processor (facts/firehose.md#dynamic-partitioning)."""

from __future__ import annotations

import importlib
import re
from typing import Any

import orjson

from clickstream_local.firehose.config.values import ConfigurationError

MAX_KEYS = 50
_NOT_IN_1_6 = re.compile(
    r"""(?<![\w.$"])(abs|toarray|pick|have_decnum|have_literal_numbers|trim|ltrim|rtrim|trimstr|skip|@base32d|@urid)"""
    r"""(?![\w"]|\s*:)"""
)


class MetadataError(Exception):
    """A record that has no partition keys; the message quotes nothing of it."""

    code = "DynamicPartitioning.MetadataExtractionFailed"


class MetadataQuery:
    """A jq program that makes an object of partition keys.

    It runs in the jq of the PyPI package ``jq``, which is newer than the service's 1.6: functions that 1.6 does not
    have are refused.

    Raises :class:`ConfigurationError` for a program that cannot be compiled, and when the package is not installed.
    """

    def __init__(self, program: str) -> None:
        newer = _NOT_IN_1_6.search(program)
        if newer is not None and f"def {newer[1]}" not in program:
            raise ConfigurationError(f"MetadataExtractionQuery {program!r}: jq 1.6 has no {newer[1]}")
        try:
            jq: Any = importlib.import_module("jq")
        except ImportError:
            raise ConfigurationError(
                "the MetadataExtraction processor needs the package jq, which is not installed: "
                "pip install 'cdk-clickstream[local,jq]'"
            ) from None
        try:
            self._program = jq.compile(program)
        except ValueError as error:
            raise ConfigurationError(f"MetadataExtractionQuery {program!r} is not a jq program: {error}") from error

    def keys(self, data: bytes) -> dict[str, str]:
        """The partition keys of a record. Raises :class:`MetadataError`."""
        try:
            document = orjson.loads(data)
        except orjson.JSONDecodeError:
            raise MetadataError("Non JSON record provided") from None
        try:
            found = self._program.input_value(document).first()
        except (StopIteration, ValueError):
            raise MetadataError("The metadata extraction query failed for the record") from None
        if not isinstance(found, dict):
            raise MetadataError("The metadata extraction query did not return a JSON object")
        if len(found) > MAX_KEYS:
            raise MetadataError(f"The metadata extraction query returned more than {MAX_KEYS} keys")
        return {name: value if isinstance(value, str) else _text(value) for name, value in found.items()}


def _text(value: object) -> str:
    return "" if value is None else orjson.dumps(value).decode()
