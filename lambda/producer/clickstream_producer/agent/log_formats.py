"""The log formats of LOGTOJSON, with the field names of the Kinesis Agent.

The patterns are wider than that agent's in what real servers write: IPv6 clients, quotes escaped in a request, error
lines without a client, a priority in front of a syslog line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clickstream_producer.errors import InvalidOption

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_COMMON = rf"(\S+) (\S+) (.+?) \[([^\]]+)\] {_QUOTED} ([+-]?\d+|-) ([+-]?\d+|-)"
_COMMON_FIELDS = ("host", "ident", "authuser", "datetime", "request", "response", "bytes")
_SYSLOG_FIELDS = ("timestamp", "hostname", "program", "processid", "message")
_SYSLOG_REST = r" (?:<\d+\.\d+> )?(\S+) ([^\s\[\]:]+)(?:\[(\d+)\])?: ?(.*)"


@dataclass(frozen=True, slots=True)
class LogFormat:
    """A pattern for whole lines, and the name of each of its groups.

    Attributes
    ----------
    pattern, fields
        As many fields as groups.
    dash_is_null
        Whether a lone ``-`` means that there is no value, as in Apache's logs.
    """

    pattern: re.Pattern[str]
    fields: tuple[str, ...]
    dash_is_null: bool

    def parse(self, line: str) -> dict[str, str | None] | None:
        """Take a line apart; None when it is not of this format."""
        match = self.pattern.fullmatch(line)
        if match is None:
            return None
        values = match.groups()
        if self.dash_is_null:
            values = tuple(None if value == "-" else value for value in values)
        return dict(zip(self.fields, values, strict=True))

    def changed(self, pattern: str | None, fields: Sequence[str] | None) -> LogFormat:
        """Replace the pattern, the field names or both.

        Raises
        ------
        InvalidOption
            A pattern without fields, one that does not compile, or another number of fields than of groups.
        """
        if pattern is None and fields is None:
            return self
        if pattern is None:
            changed = self.pattern
        else:
            if fields is None:
                raise InvalidOption("matchPattern needs customFieldNames, one for each group of the pattern")
            try:
                changed = re.compile(pattern, re.DOTALL)
            except re.error as error:
                raise InvalidOption(
                    f"matchPattern={pattern!r} must be a regular expression of Python: {error}"
                ) from None
        names = tuple(fields or self.fields)
        if len(names) != changed.groups:
            raise InvalidOption(f"customFieldNames has {len(names)} names; the pattern has {changed.groups} groups")
        return LogFormat(changed, names, self.dash_is_null)


def _apache(pattern: str, fields: tuple[str, ...]) -> LogFormat:
    return LogFormat(re.compile(pattern, re.DOTALL), fields, dash_is_null=True)


def _syslog(timestamp: str) -> LogFormat:
    return LogFormat(re.compile(rf"(?:<\d+>)?({timestamp}){_SYSLOG_REST}", re.DOTALL), _SYSLOG_FIELDS, False)


LOG_FORMATS: Final = {
    "COMMONAPACHELOG": _apache(rf"{_COMMON}(?: .*)?", _COMMON_FIELDS),
    "COMBINEDAPACHELOG": _apache(rf"{_COMMON} {_QUOTED} {_QUOTED}(?: .*)?", (*_COMMON_FIELDS, "referer", "agent")),
    "APACHEERRORLOG": _apache(
        r"\[([^\]]+)\] \[(?:(\w+):)?(\w+)\] \[pid (\d+)(?::tid (\d+))?\](?: \[client ([^\]]+)\])? (.*)",
        ("timestamp", "module", "severity", "processid", "threadid", "client", "message"),
    ),
    "SYSLOG": _syslog(r"[A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2}(?:[.,]\d+)?"),
    "RFC3339SYSLOG": _syslog(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})"),
}
"""By the name that ``logFormat`` takes."""
