"""The log formats of LOGTOJSON, with the field names of the Kinesis Agent.

Lines are read as the transform's blueprints read them, which is wider than that agent's patterns: IPv6 clients,
forwarded addresses, quotes escaped in a request, syslog without a host. What no field takes is in ``rest``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from clickstream_producer.agent import apache_line, syslog_line
from clickstream_producer.errors import InvalidOption

_COMMON_FIELDS = ("host", "ident", "authuser", "datetime", "request", "response", "bytes")
_SYSLOG_FIELDS = ("timestamp", "hostname", "program", "processid", "message")
_REST = "rest"
_Values = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class LogFormat:
    """Takes whole lines apart.

    Attributes
    ----------
    values
        The values of a line, one a field and after them what no field takes, if anything; None where the line is of
        another format.
    fields
        The names of the values.
    dash_is_null
        Whether a lone ``-`` means that there is no value, as in Apache's logs.
    """

    values: Callable[[str], _Values | None]
    fields: tuple[str, ...]
    dash_is_null: bool

    def parse(self, line: str) -> dict[str, str | None] | None:
        """Take a line apart; None when it is not of this format."""
        values = self.values(line)
        if values is None:
            return None
        if self.dash_is_null:
            values = [None if value == "-" else value for value in values]
        return dict(zip((*self.fields, _REST), values, strict=False))

    def changed(self, pattern: str | None, fields: Sequence[str] | None) -> LogFormat:
        """Replace the pattern, the field names or both.

        Raises
        ------
        InvalidOption
            A pattern without fields, one that does not compile, or another number of fields than of groups.
        """
        if pattern is None:
            if fields is None:
                return self
            if len(fields) != len(self.fields):
                raise InvalidOption(
                    f"customFieldNames has {len(fields)} names; the format has {len(self.fields)} fields"
                )
            return LogFormat(self.values, tuple(fields), self.dash_is_null)
        if fields is None:
            raise InvalidOption("matchPattern needs customFieldNames, one for each group of the pattern")
        try:
            own = re.compile(pattern, re.DOTALL)
        except re.error as error:
            raise InvalidOption(f"matchPattern={pattern!r} must be a regular expression of Python: {error}") from None
        if len(fields) != own.groups:
            raise InvalidOption(f"customFieldNames has {len(fields)} names; the pattern has {own.groups} groups")
        return LogFormat(_groups_of(own), tuple(fields), self.dash_is_null)


def _groups_of(pattern: re.Pattern[str]) -> Callable[[str], _Values | None]:
    def values(line: str) -> _Values | None:
        match = pattern.fullmatch(line)
        return None if match is None else match.groups()

    return values


def _common(line: str) -> _Values | None:
    found = apache_line.match_request(line)
    return None if found is None else _apache(line, found)


def _combined(line: str) -> _Values | None:
    found = apache_line.match_line(line)
    return None if found is None or found[7] is None else _apache(line, found)


def _apache(line: str, found: re.Match[str]) -> _Values | None:
    front, *values = found.groups()
    named = apache_line.names(front)
    if named is None:
        return None
    vhost, host, ident, user, proxies = named
    behind = line[found.end() :].removeprefix('"').strip()
    rest = " ".join(part for part in (vhost, proxies, behind) if part)
    return [host, ident, user, *values, *((rest,) if rest else ())]


def _bsd_syslog(line: str) -> _Values | None:
    common = syslog_line.match_common(line)
    return _syslog(line, str.isalpha) if common is None else common.groups()


def _iso_syslog(line: str) -> _Values | None:
    return _syslog(line, str.isdigit)


def _syslog(line: str, begins: Callable[[str], bool]) -> _Values | None:
    found = syslog_line.parse(line)
    if found is None or found.timestamp is None or not begins(found.timestamp[0]):
        return None
    priority = None if found.priority is None else f"<{found.priority}>"
    rest = " ".join(part for part in (priority, found.msgid, found.structured_data, found.rest) if part)
    return [*found[:5], *((rest,) if rest else ())]


# mod_php names no module ([:error]); Apache 2.2 writes neither module nor process.
_ERROR_LOG = re.compile(
    r"\[([^\]]+)\] \[(?:(\w+)?:)?(\w+)\](?: \[pid (\d+)(?::tid (\d+))?\])?(?: \[client ([^\]]+)\])? (.*)", re.DOTALL
)
_ERROR_LOG_FIELDS = ("timestamp", "module", "severity", "processid", "threadid", "client", "message")

LOG_FORMATS: Final = {
    "COMMONAPACHELOG": LogFormat(_common, _COMMON_FIELDS, True),
    "COMBINEDAPACHELOG": LogFormat(_combined, (*_COMMON_FIELDS, "referer", "agent"), True),
    "APACHEERRORLOG": LogFormat(_groups_of(_ERROR_LOG), _ERROR_LOG_FIELDS, True),
    "SYSLOG": LogFormat(_bsd_syslog, _SYSLOG_FIELDS, False),
    "RFC3339SYSLOG": LogFormat(_iso_syslog, _SYSLOG_FIELDS, False),
}
"""By the name that ``logFormat`` takes."""
