"""The Kinesis Agent's ``dataProcessingOptions``: what is done to a line before it is sent.

Each option becomes a step from text to text; None leaves the line out. The results are what the Kinesis Agent (2.0,
its source at aa0d908) sends for the same line.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clickstream_producer.agent.log_formats import LOG_FORMATS
from clickstream_producer.errors import InvalidOption

Step = Callable[[str], str | None]

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def processing_steps(options: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Make the steps of a flow.

    Raises
    ------
    InvalidOption
        An option that is unknown, or has a value it does not take; the message names it.
    """
    return tuple(_step(option) for option in options)


def _step(option: Mapping[str, Any]) -> Step:
    name = option.get("optionName")
    make = _OPTIONS.get(name) if isinstance(name, str) else None
    if make is None:
        known = ", ".join(_OPTIONS)
        raise InvalidOption(f"dataProcessingOptions: optionName={name!r} must be one of {known}")
    return make(option)


def _single_line(option: Mapping[str, Any]) -> Step:
    parse_options = option.get("parseOptions", [])
    joint = "\\\\n" if "ESCAPE_NEW_LINE" in parse_options else ""  # two backslashes: what the Kinesis Agent writes
    trim = "NO_TRIM" not in parse_options

    def join(record: str) -> str:
        lines = record.split("\n")
        return joint.join(line.strip() for line in lines) if trim else joint.join(lines)

    return join


def _csv_to_json(option: Mapping[str, Any]) -> Step:
    fields = _names(option)
    if fields is None:
        raise InvalidOption("CSVTOJSON needs customFieldNames: the names of the columns, in order")
    delimiter = option.get("delimiter", ",")
    if not isinstance(delimiter, str) or not delimiter:
        raise InvalidOption(f"CSVTOJSON: delimiter={delimiter!r} must be text; leave it out for a comma")
    # A regular expression for the Kinesis Agent, too; but one plain character, such as |, is meant as itself.
    try:
        separator = re.compile(re.escape(delimiter) if len(delimiter) == 1 else delimiter)
    except re.error as error:
        raise InvalidOption(
            f"CSVTOJSON: delimiter={delimiter!r} must be one character or a regular expression: {error}"
        ) from None

    def convert(line: str) -> str:
        columns: list[str | None] = list(separator.split(line))
        while columns and not columns[-1]:
            columns.pop()  # empty columns at the end are absent, those in between are empty
        columns += [None] * (len(fields) - len(columns))
        return _dumps(dict(zip(fields, columns, strict=False)))

    return convert


def _log_to_json(option: Mapping[str, Any]) -> Step:
    name = option.get("logFormat")
    log_format = LOG_FORMATS.get(name) if isinstance(name, str) else None
    if log_format is None:
        raise InvalidOption(f"LOGTOJSON: logFormat={name!r} must be one of {', '.join(LOG_FORMATS)}")
    parse = log_format.changed(option.get("matchPattern"), _names(option)).parse

    def convert(line: str) -> str | None:
        fields = parse(line)
        return None if fields is None else _dumps(fields)

    return convert


def _add_metadata(option: Mapping[str, Any]) -> Step:
    metadata = option.get("metadata")
    stamp = str(option.get("timestamp", "")).lower() == "true"

    def wrap(line: str) -> str:
        record: dict[str, Any] = {"metadata": metadata, "data": line}
        if stamp:
            milliseconds = time.time_ns() // 1_000_000
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
            record = {"ts": f"{text}.{milliseconds % 1000:03d}Z", **record}
        return _dumps(record)

    return wrap


def _add_brackets(option: Mapping[str, Any]) -> Step:
    return lambda line: f"{{{line}}}"


def _names(option: Mapping[str, Any]) -> list[str] | None:
    names = option.get("customFieldNames")
    if names is not None and (not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names)):
        raise InvalidOption(f"{option.get('optionName')}: customFieldNames={names!r} must be a list of names")
    return names


_OPTIONS: dict[str, Callable[[Mapping[str, Any]], Step]] = {
    "SINGLELINE": _single_line,
    "CSVTOJSON": _csv_to_json,
    "LOGTOJSON": _log_to_json,
    "ADDMETADATA": _add_metadata,
    "ADDBRACKETS": _add_brackets,
}
