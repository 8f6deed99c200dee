"""What becomes of one record id while an invocation works on it."""

from __future__ import annotations

from binascii import a2b_base64

from clickstream_transform.contract.reject import Reject
from clickstream_transform.contract.reply import Entry


class Answer(Entry):
    """The entry of a record, ``Dropped`` until there are rows, and what is needed to put it back, report and count it.

    Attributes:
        arrival: epoch milliseconds at which Firehose received the record.
        sources: the base64 of what came under the record's id. The opened record is not kept: nearly all are answered
            without it, and it is several times as large.
        unread: whether the processor's short cut gave rows, so that nothing was opened.
        rejects: the events of the record that give no row.
        reason: why the whole record failed, empty where it did not.
        events: how many events were in it.
        rows, bytes_out: how many rows the entry holds, and their bytes.
        put_back: whether the record goes back into the stream.
    """

    __slots__ = (
        "arrival",
        "bytes_out",
        "events",
        "put_back",
        "reason",
        "rejects",
        "rows",
        "sources",
        "unread",
    )

    def __init__(self, record_id: str, data_key: str, arrival: int) -> None:
        super().__init__(record_id, data_key)
        self.arrival = arrival
        # Tuples, which most records leave empty: there is one of these objects for each record.
        self.sources: tuple[str, ...] = ()
        self.unread = False
        self.rejects: tuple[Reject, ...] = ()
        self.reason = ""
        self.events = 0
        self.rows = 0
        self.bytes_out = 0
        self.put_back = False

    def add(self, rows: bytes) -> None:
        """Answer with rows, after those of a record that had the same id."""
        if not rows or self.reason:
            return
        if self.data:
            rows = a2b_base64(self.data) + rows
        self.succeed(rows)
        # Most records give one row, and to look for a newline inside it is quicker than to count. A processor that
        # keeps to a blueprint may write a row without any.
        self.rows = 1 if rows.find(b"\n", 0, -1) < 0 else rows.count(b"\n")
        self.bytes_out = len(rows)

    def give_up(self, reason: str) -> None:
        """Leave the whole record to Firehose; the first reason is the one that counts."""
        self.reason = self.reason or reason
        self.fail()
