"""One Firehose record, opened: its context line, its events and its identity.

A record is a context line with a body and, for a request, a closing boundary line; or bare events; or gzip of either.

The context line is JSON with ``"clickstream":1`` and a ``kind``:

============== =======================================================================================================
kind           what follows
============== =======================================================================================================
request        the body as it came, then the boundary as the record's last line; without it the line is no context
replay         events that were delivered before, with what was known of them then
split          events of a record whose rows did not fit into a reply, one a line, arrays not taken apart
transformed    rows that went through the transform already: passed on unchanged
============== =======================================================================================================

``replay`` and ``split`` carry ``identity`` (of the record the events were first in) and ``first`` (the position of
their first event in it), so that ids derived from them come out the same; ``split`` carries ``attempt``.

A context line is believed by its ``token``, which the endpoint, the transform and the replay know and no client does.
A body stands behind the endpoint's own line; and what programs put on behalf of strangers, an event with a member
``clickstream`` or such a line of a log, is an event like any other. A line that is nothing but a context line of some
other token, such as one of an endpoint that was deployed before or after the transform, is set aside: the events behind
it are read as bare ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from typing import Any, Protocol

from clickstream_transform.digest import digest
from clickstream_transform.errors import UndecodableRecordError
from clickstream_transform.records.codec import compact, scan
from clickstream_transform.records.inflate import GZIP_MAGIC, InflateBudget
from clickstream_transform.records.json_values import Broken, JsonValues
from clickstream_transform.records.work import Work
from clickstream_transform.timestamps import YEAR_10000

KINDS = ("request", "replay", "split", "transformed")
_BOM = b"\xef\xbb\xbf"
_MAX_CONTEXT_LINE = 65_536
_KNOWN = ("ip", "user_agent", "country", "api_key_id", "principal")
_MEMBERS = {"clickstream", "kind", "token", "received_at", *_KNOWN, "index", "boundary", "identity", "first", "attempt"}
_BOUNDARY = r"[\w+/=-]{8,}"
"""An id as API Gateway makes it. It is no event: nothing is lost where the last line of a record is taken for one."""


class Events(Protocol):
    """The events of one record, in order: what was read of each, how many there are, the bytes of each as they came."""

    values: list[Any]
    count: int

    def raw(self, position: int) -> str:
        """The text of one event, as it came; bytes that were no UTF-8 are lone surrogates in it."""

    def release(self) -> None:
        """Forget the values; ``raw`` goes on working."""


class Envelope:
    """An opened record.

    Attributes
    ----------
    context:
        The context line, empty for bare events.
    first:
        Position of the first event in the record that the identity names.
    received_at:
        Epoch milliseconds at which the endpoint, else Firehose, received the events.
    events:
        The events; empty for the kind ``transformed``.
    rows:
        Rows to pass on unchanged, for the kind ``transformed`` only.
    size:
        Bytes of the record, inflated.
    unknown_token:
        Whether a context line was set aside, because its token is not known.
    """

    __slots__ = (
        "_data",
        "_identity",
        "_record_id",
        "_work",
        "context",
        "events",
        "first",
        "received_at",
        "rows",
        "size",
        "unknown_token",
    )

    def __init__(
        self,
        context: Mapping[str, Any],
        data: bytes,
        record_id: str,
        received_at: int,
        events: Events,
        rows: bytes | None = None,
    ) -> None:
        self.context = context
        self.received_at = received_at
        self.events = events
        self.rows = rows
        first = context.get("first")
        self.first: int = first if first.__class__ is int else 0
        self._identity = ""
        self._data = data
        self._record_id = record_id
        self._work: Work | None = None
        self.size = len(data)
        self.unknown_token = False

    @property
    def identity(self) -> str:
        """Digest of the record's bytes and, for bare events, its id: the same when an invocation is retried.

        A request is the same record when it is put again, because its boundary is in its bytes.
        """
        if not self._identity:
            given = self.context.get("identity")
            if isinstance(given, str) and given:
                self._identity = given
            else:
                salt = b"" if self.context else self._record_id.encode("utf-8", "surrogatepass")
                self._identity = digest(salt + b"\n" + self._data)
            self._data = b""
        return self._identity

    @property
    def work(self) -> Work:
        """Counts what the record's events cost."""
        if self._work is None:
            self._work = Work()
        return self._work

    @property
    def attempt(self) -> int:
        """How often the events were requeued before."""
        attempt = self.context.get("attempt")
        return attempt if isinstance(attempt, int) else 0

    def text(self, name: str) -> str | None:
        """A text of the context line, None where it is absent, empty or no text."""
        value = self.context.get(name)
        return value if isinstance(value, str) and value else None

    def raw(self, index: int) -> bytes:
        """The bytes of an event as they came."""
        return self.events.raw(index).encode("utf-8", "surrogateescape")

    def context_members(self, kind: str, index: int, **more: Any) -> dict[str, Any]:
        """The context line, as an object, under which the events from ``index`` on can be sent again, ids kept."""
        line: dict[str, Any] = {"clickstream": 1, "kind": kind, "received_at": self.received_at}
        line |= {name: text for name in _KNOWN if (text := self.text(name)) is not None}
        return line | {"identity": self.identity, "first": self.first + index} | more

    def context_line(self, kind: str, index: int, **more: Any) -> bytes:
        """``context_members`` as the first line of a record."""
        return compact(self.context_members(kind, index, **more)).encode("utf-8", "replace") + b"\n"


def read_json(body: bytes, explode: bool) -> Events:
    """The JSON values in a body, arrays taken apart if told."""
    return JsonValues(decoded(body), explode)


def open_record(
    data: bytes,
    record_id: str,
    arrival: int,
    budget: InflateBudget,
    read: Callable[[bytes, bool], Events] = read_json,
    tokens: Set[str] = frozenset(),
) -> Envelope:
    """Open the bytes of a record.

    Parameters
    ----------
    data, record_id, arrival:
        Of the record.
    budget:
        What gzip may be inflated to.
    read:
        Finds the events in a body.
    tokens:
        Of context lines that are believed; without any, all are.

    Raises
    ------
    UndecodableRecordError
        The record holds no event, or its gzip is broken or too large.
    """
    if data[:2] == GZIP_MAGIC:
        data = budget.inflate(data)
    context, body = _split_context(data, tokens)
    kind = context.get("kind")
    received_at = context.get("received_at")
    if received_at.__class__ is not int or not 0 <= received_at < YEAR_10000:
        received_at = arrival
    if kind == "transformed":
        rows = body.strip(b"\r\n")
        if not rows:
            raise UndecodableRecordError("empty")
        return Envelope(context, data, record_id, received_at, JsonValues(""), rows + b"\n")
    events = read(body, kind != "split")
    values = events.values
    if not values:
        if not body.strip(b" \t\r\n" + _BOM):
            raise UndecodableRecordError("empty")
    elif values[0].__class__ is Broken and all(value.__class__ is Broken for value in values):
        raise UndecodableRecordError(values[0].rule)
    envelope = Envelope(context, data, record_id, received_at, events)
    if not context and body is not data:
        envelope.unknown_token = True
    return envelope


def decoded(body: bytes) -> str:
    """The text of a body, without its byte order mark; bytes that are no UTF-8 become lone surrogates."""
    if body[:3] == _BOM:
        body = body[3:]
    try:
        return body.decode()
    except UnicodeDecodeError:
        # The bytes that are no UTF-8 become lone surrogates: one event is mended, and all can be given back unchanged.
        return body.decode("utf-8", "surrogateescape")


def _split_context(data: bytes, tokens: Set[str]) -> tuple[Mapping[str, Any], bytes]:
    """The context line and the body.

    The context is empty, and the body all the data, where byte 0 begins no context line; the context alone is empty
    where the line is one of an unknown token.
    """
    line_end = data.find(b"\n", 0, _MAX_CONTEXT_LINE)
    if line_end < 0 or not data.startswith(b"{") or data.find(b'"clickstream"', 0, line_end) < 0:
        return {}, data
    try:
        line = data[:line_end].decode()
        context, end = scan(line, 0)
    except (ValueError, StopIteration, RecursionError):
        return {}, data
    version, kind = context.get("clickstream"), context.get("kind")
    if version != 1 or version is True or kind not in KINDS or (end != len(line) and not line[end:].isspace()):
        return {}, data
    boundary, token = context.get("boundary"), context.get("token")
    body_end = len(data)
    if boundary and isinstance(boundary, str):
        closing = b"\n%b\n" % boundary.encode("utf-8", "replace")
        # The newline that ends the context line may not serve as the one before the boundary.
        if len(data) - len(closing) > line_end and data.endswith(closing):
            body_end -= len(closing)
    closed = body_end < len(data)
    if kind == "request" and not closed:
        return {}, data
    body = data[line_end + 1 : body_end]
    if not tokens or (token.__class__ is str and token in tokens):
        return context, body
    # With a member of its own it is somebody's event, and so it is where nothing shows that one of ours wrote it.
    ours = bool(re.fullmatch(_BOUNDARY, boundary, re.ASCII)) if closed else "identity" in context or "token" in context
    return ({}, body) if ours and context.keys() <= _MEMBERS else ({}, data)
