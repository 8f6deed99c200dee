"""CloudWatch Logs, as a subscription filter sends them: each record a document with many log events.

Records are gzip, or not where the stream decompresses them. What does not fit into a reply is split by log events into
documents of the same form, however many that takes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring as quote
from typing import Any

from clickstream_transform.codec import compact, without_nonfinite, without_surrogates
from clickstream_transform.envelope import Envelope, decoded
from clickstream_transform.errors import EventRejectedError, Reason, UndecodableRecordError
from clickstream_transform.json_values import Broken, JsonValues
from clickstream_transform.options import Options
from clickstream_transform.processor import Quick
from clickstream_transform.timestamps import format_millis

from . import apache_json, syslog_json, vpc_flow
from .apache_line import NO_APACHE_LOG
from .syslog_line import NO_SYSLOG
from .vpc_flow import NO_VPC_FLOW

_YEAR_10000 = 253_402_300_800_000
_NO_MESSAGE = Reason("message", "type", "the log event has no message that is a text")
_NO_JSON = Reason("message", "no_json_object", "the message is not a JSON object")
_CHAINS: dict[str, tuple[Callable[[str], str | None], Reason]] = {
    "apache": (apache_json.members, NO_APACHE_LOG),
    "syslog": (syslog_json.members, NO_SYSLOG),
    "vpc_flow": (vpc_flow.members, NO_VPC_FLOW),
}


class Origin:
    """A document without its events: what they have in common."""

    __slots__ = ("columns", "document", "members")

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        names = (("log_group", "logGroup"), ("log_stream", "logStream"), ("log_owner", "owner"))
        texts = {column: document.get(name) for column, name in names}
        self.columns = {column: text for column, text in texts.items() if text.__class__ is str and text}
        self.members = "".join(f',"{column}":{quote(text)}' for column, text in self.columns.items())


class LogEvents:
    """The log events of the documents in one record, each with its origin."""

    __slots__ = ("_events", "count", "values")

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        self.values: list[tuple[Origin, Any]] = []
        for document in documents:
            events = document.get("logEvents")
            if not isinstance(events, list):
                raise UndecodableRecordError("no_log_events")
            origin = Origin(document)
            self.values += [(origin, event) for event in events]
        self._events = self.values
        self.count = len(self.values)

    def raw(self, position: int) -> str:
        """A document with this one log event, which is read as it would have been among its neighbours."""
        origin, event = self._events[position]
        return json.dumps(origin.document | {"logEvents": [event]}, separators=(",", ":"))

    def release(self) -> None:
        """Nothing: the parsed values are what ``raw`` is made of."""


class CloudWatchLogs:
    """Turns log events into rows, or into their messages.

    Args:
        options: ``strict`` writes the messages alone, a newline after each, as the blueprint does. ``parse_messages``
            reads the messages: their own columns come before those of the log. ``drop_prefixes`` leaves out messages
            that begin so.
    """

    deduplicated = 0
    quick: Quick | None = None

    def __init__(self, options: Options) -> None:
        self._strict = options.strict
        self._drop = options.drop_prefixes
        self._chain = _CHAINS.get(options.parse_messages)
        self._json = options.parse_messages == "json"

    def begin(self) -> CloudWatchLogs:
        """Begin an invocation."""
        return self

    def read(self, body: bytes, explode: bool) -> LogEvents:
        """The log events of a body; none for a control message, which is then dropped."""
        documents = []
        for document in JsonValues(decoded(body)).values:
            if document.__class__ is Broken:
                raise UndecodableRecordError(document.rule)
            kind = document.get("messageType") if document.__class__ is dict else None
            if kind == "DATA_MESSAGE":
                documents.append(document)
            elif kind != "CONTROL_MESSAGE":
                raise UndecodableRecordError("unknown_message_type")
        return LogEvents(documents)

    def rows(self, value: tuple[Origin, Any], index: int, envelope: Envelope) -> bytes | None:
        """The row of one log event; None for one that is left out."""
        origin, event = value
        message = event.get("message") if event.__class__ is dict else None
        if message.__class__ is not str:
            raise EventRejectedError([_NO_MESSAGE])
        if self._drop and message.startswith(self._drop):
            return None
        text = message if self._strict else self._row(origin, event, message)
        try:
            return text.encode() + b"\n"
        except UnicodeEncodeError:
            return str(without_surrogates(text)).encode() + b"\n"

    def _row(self, origin: Origin, event: dict[str, Any], message: str) -> str:
        time = event.get("timestamp")
        moment = format_millis(time) if time.__class__ is int and 0 <= time < _YEAR_10000 else None
        event_id = event.get("id")
        if self._json:
            return _merged(message, {"log_time": moment, "log_event_id": event_id} | origin.columns)
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


def _merged(message: str, log: dict[str, Any]) -> str:
    """A JSON message with the log's columns, which win over members of the same name."""
    try:
        value = json.loads(message)
    except (ValueError, RecursionError):
        raise EventRejectedError([_NO_JSON]) from None
    if value.__class__ is not dict:
        raise EventRejectedError([_NO_JSON])
    value |= {name: known for name, known in log.items() if known.__class__ is str}
    try:
        return compact(value)
    except ValueError:
        return compact(without_nonfinite(value))
