"""Follows every event from the sender to where it ended up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clickstream_local.demo.bad_requests import Refusal
from clickstream_local.demo.send import Sent
from clickstream_local.failures.objects import FailedRecord


@dataclass(frozen=True)
class Accounting:
    """What was sent, and what became of it.

    Attributes
    ----------
    http, producer:
        Events sent by each way in.
    refusals:
        Answers to the requests that were wrong on purpose.
    undecodable_sent:
        Records put that hold no event at all.
    rows, distinct_ids:
        Rows in Parquet and how many different event ids they have.
    failed:
        Every failed record and rejected event under the error prefixes.
    records:
        The delivery stream's own counts, as ``GET /_local/state`` gives them.
    """

    http: Sent
    producer: Sent
    refusals: Sequence[Refusal]
    undecodable_sent: int
    rows: int
    distinct_ids: int
    failed: Sequence[FailedRecord]
    records: dict[str, int]

    @property
    def refused(self) -> int:
        """Events in requests that the endpoint answered with something other than 202."""
        return sum(refusal.request.events for refusal in self.refusals if refusal.status != 202)

    @property
    def sent(self) -> int:
        """Events sent by any way, the deliberately wrong requests included."""
        wrong = sum(refusal.request.events for refusal in self.refusals)
        return self.http.events + self.producer.events + wrong

    @property
    def accepted(self) -> int:
        """Events that the endpoint or the stream took."""
        return self.http.accepted + self.producer.accepted

    @property
    def rejected(self) -> int:
        """Events that broke the schema and were kept with their reasons."""
        return sum(record.kind == "rejected" for record in self.failed)

    @property
    def undecodable(self) -> int:
        """Records that the transform could not decode."""
        return sum(record.kind == "processing-failed" for record in self.failed)

    def problems(self) -> list[str]:
        """Each sum that does not add up, in words; empty when every event is accounted for."""
        records = self.records
        ended = records["records_delivered"] + records["records_failed"] + records["records_dropped"]
        checks = (
            (self.sent, self.accepted + self.refused, "sent = accepted + refused"),
            (self.accepted, self.rows + self.rejected, "accepted = rows in Parquet + rejected"),
            (self.rows, self.distinct_ids, "rows = distinct event ids"),
            (self.undecodable_sent, self.undecodable, "undecodable records put = found under processing-failed"),
            (
                len(self.failed),
                self.rejected + self.undecodable,
                "failed records = rejected events + undecodable records",
            ),
            (
                records["records_received"] + records["records_put_back"],
                ended,
                "records received and requeued = delivered + failed + dropped",
            ),
        )
        return [f"{text}: {left:,} is not {right:,}" for left, right, text in checks if left != right]
