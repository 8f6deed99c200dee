"""Apache access log to CSV: host, identity, user, time, request, status, bytes, and what else the line holds."""

from __future__ import annotations

import re

from clickstream_transform.blueprints.apache_line import match_request, names
from clickstream_transform.blueprints.csv_field import field, guarded_field, is_plain
from clickstream_transform.blueprints.line_processor import NO_APACHE_LOG, LineProcessor
from clickstream_transform.blueprints.strict_processor import StrictProcessor

_match_strict = re.compile(r'([\d.]+) (\S+) (\S+) \[([\w:/]+\s[\+\-]\d{4})\] "(.+?)" (\d{3}) (\d+)').match
"""What the CSV blueprint takes (facts/blueprints.md#apache-to-csv): the offset is required, and part of the time."""


def lenient(*, formula_guard: bool) -> LineProcessor:
    """Eight columns whatever the line holds, quoted where they must be; values as logged."""
    quoted = guarded_field if formula_guard else field

    def row(line: str) -> str | None:
        found = match_request(line)
        if found is None:
            return None
        front, time, request, status, size = found.groups()
        named = names(front)
        if named is None:
            return None
        vhost, host, ident, user, proxies = named
        behind = line[found.end() :].strip()
        rest = " ".join(part for part in (vhost, proxies, behind) if part)
        if not formula_guard:
            plain = f"{host},{ident},{user},{time},{request},{status},{size},{rest}\n"
            if is_plain(plain, 8):
                return plain
        fields = (host, ident, user, time, request, status, size, rest)
        return ",".join([quoted(text) for text in fields]) + "\n"

    return LineProcessor(row, NO_APACHE_LOG)


def strict() -> StrictProcessor:
    """The blueprint's output: nothing is quoted, so a comma in the request adds a column.

    Source: facts/blueprints.md#apache-to-csv.
    """
    return StrictProcessor(_blueprint_row)


def _blueprint_row(text: str) -> str | None:
    found = _match_strict(text)
    return None if found is None else ",".join(found.groups()) + "\n"
