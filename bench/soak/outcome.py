"""Where everything ended up that a soak sent, counted from the objects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.soak.load import Sent
from clickstream_local.failures.objects import failed_records
from clickstream_local.tables.landed_tables import LandedTables

MOST_REJECTED = 1 / 30
"""One event in forty breaks the schema."""


@dataclass(frozen=True)
class Outcome:
    """Counts of the objects, and of the delivery stream itself."""

    rows: int
    distinct: int
    rejected: int
    undecodable: int
    other_failures: int
    objects: int
    object_bytes: int
    records: dict[str, Any]

    @classmethod
    def of(cls, data_dir: Path, records: dict[str, Any]) -> Outcome:
        tables = LandedTables(data_dir)
        _, [(rows, distinct)] = tables.query("SELECT count(*), count(DISTINCT event_id) FROM events")
        tables.close()
        kinds: dict[str, int] = {}
        for record in failed_records(data_dir):
            kinds[record.kind] = kinds.get(record.kind, 0) + 1
        rejected, undecodable = kinds.pop("rejected", 0), kinds.pop("processing-failed", 0)
        sizes = [path.stat().st_size for path in (data_dir / "s3").rglob("*") if path.is_file()]
        return cls(rows, distinct, rejected, undecodable, sum(kinds.values()), len(sizes), sum(sizes), records)

    def lost(self, sent: Sent) -> int:
        """Accepted events that are neither a row nor rejected with a reason."""
        return sent.accepted - self.distinct - self.rejected

    def problems(self, sent: Sent) -> list[str]:
        """Each sum that does not add up."""
        ended = sum(int(self.records[f"records_{name}"]) for name in ("delivered", "failed", "dropped"))
        checks = (
            (sent.accepted, self.distinct + self.rejected, "events accepted = distinct rows + rejected"),
            (self.rows, self.distinct, "rows = distinct event ids"),
            (sent.undecodable_accepted, self.undecodable, "undecodable records put = under processing-failed"),
            (0, self.other_failures, "other failures"),
            (False, self.rejected > MOST_REJECTED * sent.accepted, "more is rejected than was wrong"),
            (sent.bad_requests, sent.bad_refused, "bad requests = refused with 4xx"),
            (
                self.records["records_received"] + self.records["records_put_back"],
                ended,
                "records received and requeued = delivered + failed + dropped",
            ),
        )
        return [f"{text}: {left:,} is not {right:,}" for left, right, text in checks if left != right]
