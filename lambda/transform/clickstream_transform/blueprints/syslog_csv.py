"""Syslog to CSV: time, host, program, process id, message."""

from __future__ import annotations

from clickstream_transform.blueprints.csv_field import field, guarded_field, is_plain
from clickstream_transform.blueprints.line_processor import NO_SYSLOG, LineProcessor
from clickstream_transform.blueprints.strict_processor import StrictProcessor
from clickstream_transform.blueprints.syslog_json import match_strict
from clickstream_transform.blueprints.syslog_line import begins, match_common, parse


def lenient(*, formula_guard: bool) -> LineProcessor:
    """Five columns whatever the message holds, quoted where they must be; empty where it does not say."""
    quoted = guarded_field if formula_guard else field

    def row(line: str) -> str | None:
        common = match_common(line)
        if common is not None:
            time, host, program, process, message = common.groups()
            if not formula_guard:
                plain = f"{time},{host},{program},{process or ''},{message}\n"
                if is_plain(plain, 5):
                    return plain
            return f"{quoted(time)},{quoted(host)},{quoted(program)},{process or ''},{quoted(message)}\n"
        found = parse(line)
        if found is None:
            return None
        priority = None if found.priority is None else f"<{found.priority}>"
        more = [part for part in (priority, found.msgid, found.structured_data, found.rest) if part]
        if more:  # there is no column for it
            found = found._replace(message=f"{' '.join(more)}: {found.message}")
        return ",".join(quoted(text or "") for text in found[:5]) + "\n"

    return LineProcessor(row, NO_SYSLOG, begins)


def strict() -> StrictProcessor:
    """The blueprint's output: ``null`` for no process id, nothing quoted (facts/blueprints.md#syslog-to-csv)."""
    return StrictProcessor(_blueprint_row)


def _blueprint_row(text: str) -> str | None:
    found = match_strict(text)
    if found is None:
        return None
    timestamp, hostname, program, process, message = found.groups()
    return f"{timestamp},{hostname},{program},{process or 'null'},{message}\n"
