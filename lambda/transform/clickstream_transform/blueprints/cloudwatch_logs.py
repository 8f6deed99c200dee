"""CloudWatch Logs, as a subscription filter sends them: each record a document with many log events.

Records are gzip, or not where the stream decompresses them. What does not fit into a reply is split by log events into
documents of the same form, however many that takes.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from json.encoder import encode_basestring as quote
from typing import Any, Self

from clickstream_transform.blueprints import apache_json, syslog_json, vpc_flow
from clickstream_transform.blueprints.line_processor import NO_APACHE_LOG, NO_SYSLOG
from clickstream_transform.blueprints.vpc_flow import NO_VPC_FLOW
from clickstream_transform.columns.compiled_column import Columns
from clickstream_transform.columns.row_check import RowCheck, row_line
from clickstream_transform.contract.processor import StatelessProcessor
from clickstream_transform.errors import EventRejectedError, Reason, UndecodableRecordError
from clickstream_transform.options import Options
from clickstream_transform.records.codec import compact, scan, without_surrogates
from clickstream_transform.records.envelope import Envelope, decoded
from clickstream_transform.records.json_values import Broken, JsonValues
from clickstream_transform.timestamps import YEAR_10000, format_millis

_ORIGIN = (("log_group", "logGroup"), ("log_stream", "logStream"), ("log_owner", "owner"))
_NO_MESSAGE = Reason("message", "type", "must be a text")
_NO_JSON = Reason("message", "no_json_object", "must be a JSON object")
_CHAINS: dict[str, tuple[Callable[[str], str | None], Reason]] = {
    "apache": (apache_json.members, NO_APACHE_LOG),
    "syslog": (syslog_json.members, NO_SYSLOG),
    "vpc_flow": (vpc_flow.members, NO_VPC_FLOW),
}


class Origin:
    """A document without its events: what they have in common."""

    __slots__ = ("_members", "document")

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._members: str | None = None

    @property
    def columns(self) -> dict[str, str]:
        """The columns that it fills."""
        texts = {column: self.document.get(name) for column, name in _ORIGIN}
        return {column: text for column, text in texts.items() if isinstance(text, str) and text}

    @property
    def members(self) -> str:
        """The same as JSON members, each with a comma before it."""
        if self._members is None:
            self._members = "".join(f',"{column}":{quote(text)}' for column, text in self.columns.items())
        return self._members


class LogEvents:
    """The log events in the documents of one record, each with its origin; none in a control message.

    Raises
    ------
    UndecodableRecordError
        A document is none of CloudWatch Logs.
    """

    __slots__ = ("_body", "_firsts", "count", "documents", "values")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.documents = _read_documents(body)
        self.values: list[Any] = []
        *self._firsts, self.count = accumulate((len(events) for _, events in self.documents), initial=0)

    def raw(self, position: int) -> str:
        """A document with this one log event, which is read as it would have been among its neighbours."""
        self.documents = self.documents or _read_documents(self._body)
        number = bisect_right(self._firsts, position) - 1
        origin, events = self.documents[number]
        event = events[position - self._firsts[number]]
        return json.dumps(origin.document | {"logEvents": [event]}, separators=(",", ":"))

    def release(self) -> None:
        """Forget what was parsed, many times the size of its text; ``raw`` parses again."""
        self.values = []
        self.documents = []


_Documents = list[tuple[Origin, list[Any]]]


def _read_documents(body: bytes) -> _Documents:
    found: _Documents = []
    for document in _documents(decoded(body)):
        if document.__class__ is Broken:
            raise UndecodableRecordError(document.rule)
        kind = document.get("messageType") if document.__class__ is dict else None
        if kind == "CONTROL_MESSAGE":
            continue
        if kind != "DATA_MESSAGE":
            raise UndecodableRecordError("unknown_message_type")
        events = document.pop("logEvents", None)
        if not isinstance(events, list):
            raise UndecodableRecordError("no_log_events")
        found.append((Origin(document), events))
    return found


def _documents(text: str) -> list[Any]:
    # A record usually is one document; JsonValues finds out what else it may be.
    try:
        document, end = scan(text, 0)
    except (ValueError, StopIteration, RecursionError):
        end = -1
    return [document] if end == len(text) and document.__class__ is dict else JsonValues(text).values


class CloudWatchLogs(StatelessProcessor):
    """Turns log events into rows, or into their messages.

    Parameters
    ----------
    options:
        ``strict`` writes the messages alone, a newline after each, as the blueprint does. ``parse_messages`` reads the
        messages: their own columns come before those of the log. ``drop_prefixes`` leaves out messages that begin so.
    columns:
        That rows of JSON messages have to fit; without them nothing is checked.
    """

    def __init__(self, options: Options, columns: Columns | None = None) -> None:
        self._strict = options.strict
        self._drop = options.drop_prefixes
        self._chain = _CHAINS.get(options.parse_messages)
        self._json = options.parse_messages == "json"
        self._check = RowCheck(columns) if columns is not None and self._json else None

    def begin(self) -> Self:
        """Begin an invocation."""
        self.unknown_members = 0
        return self

    def read(self, body: bytes, explode: bool) -> LogEvents:
        """The log events of a body: all rows as one value where all are good, else each event as a value."""
        found = LogEvents(body)
        known = self.unknown_members
        try:
            rows = "".join([self._lines(*document) for document in found.documents]).encode()
        except Exception:
            # Whatever it was, the harness meets it again at that event, and isolates it.
            self.unknown_members = known
            found.values = [(origin, event) for origin, events in found.documents for event in events]
        else:
            found.values = [rows] if rows else []
        return found

    def rows(self, value: Any, index: int, envelope: Envelope) -> bytes | None:
        """The rows of a whole record, or the row of one log event; None for one that is left out."""
        if value.__class__ is bytes:
            return bytes(value)
        line = self._line(*value)
        try:
            return line.encode() or None
        except UnicodeEncodeError:
            if self._strict:
                return str(without_surrogates(line)).encode()
            return self._row_line(scan(line, 0)[0])

    def _lines(self, origin: Origin, events: list[Any]) -> str:
        if self._strict and not self._drop:
            return "".join([event["message"] + "\n" for event in events])
        return "".join([self._line(origin, event) for event in events])

    def _line(self, origin: Origin, event: Any) -> str:
        """The line of one log event, newline included; empty for one that is left out."""
        message = event.get("message") if event.__class__ is dict else None
        if message.__class__ is not str:
            raise EventRejectedError([_NO_MESSAGE])
        if self._drop and message.startswith(self._drop):
            return ""
        return f"{message}\n" if self._strict else f"{self._row(origin, event, message)}\n"

    def _row(self, origin: Origin, event: dict[str, Any], message: str) -> str:
        time = event.get("timestamp")
        moment = format_millis(time) if time.__class__ is int and 0 <= time < YEAR_10000 else None
        event_id = event.get("id")
        if self._json:
            return self._merged(message, {"log_time": moment, "log_event_id": event_id} | origin.columns)
        if self._chain is None:
            members = f'"message":{quote(message)}'
        else:
            parse, reason = self._chain
            parsed = parse(message.rstrip("\r\n"))
            if parsed is None:
                raise EventRejectedError([reason])
            members = parsed
        if moment is not None:
            members += f',"log_time":"{moment}"'
        if event_id.__class__ is str:
            members += f',"log_event_id":{quote(event_id)}'
        return f"{{{members}{origin.members}}}"

    def _merged(self, message: str, log: dict[str, Any]) -> str:
        """A JSON message with the log's columns, which win over members of the same name."""
        try:
            value = json.loads(message)
        except (ValueError, RecursionError):
            raise EventRejectedError([_NO_JSON]) from None
        if value.__class__ is not dict:
            raise EventRejectedError([_NO_JSON])
        value |= {name: known for name, known in log.items() if known.__class__ is str}
        if self._check is not None:
            value, lost_members = self._check.checked(value)
            self.unknown_members += lost_members
        try:
            return compact(value)
        except ValueError:  # NaN or infinity
            return self._row_line(value).decode()[:-1]

    def _row_line(self, row: dict[str, Any]) -> bytes:
        return row_line(row, has_flags=self._check is None or self._check.has_flags)
