"""Objects by hand; a running pipeline is in tests/end_to_end/test_verify.py."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.common.layout import StreamLayout
from clickstream_local.common.window import Window
from clickstream_local.s3.object_source import DirectorySource
from clickstream_local.verify.reconcile import HOUR, Account, Reconciler, Reconciliation

NOON = 1_795_262_400_000 // HOUR * HOUR
STREAM = StreamLayout("clicks", "lake/data/", "lake/errors/", "lake/backup/", longest_wait=360, longest_backup_wait=300)
NAME = "clicks-1-2026-11-21-12-{:02}-00-0f8fad5b-d9cb-469f-a165-70867728950e"


class Lake:
    """A data directory's objects."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written = 0

    def write(self, folder: str, body: bytes) -> None:
        path = self.root / "lake" / folder / NAME.format(self.written)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        self.written += 1

    def came(self, *ids: str | None, at: int = NOON, kind: str = "request") -> None:
        context = {"clickstream": 1, "kind": kind, "received_at": at, "boundary": f"b{self.written}"}
        events = [{"event_name": "a"} | ({"event_id": one} if one else {}) for one in ids]
        record = f"{json.dumps(context)}\n{json.dumps(events)}\nb{self.written}\n"
        self.write("backup", gzip.compress(record.encode()))

    def rows(self, *ids: str | None, at: int = NOON) -> None:
        stamp = f"{at}"
        rows = [{"event_id": one, "received_at": _iso(at)} if one else {"line": stamp} for one in ids]
        self.write("data", "".join(f"{json.dumps(row)}\n" for row in rows).encode())

    def failed(self, *ids: str) -> None:
        raw = "".join(f"{json.dumps({'event_id': one})}\n" for one in ids).encode()
        self.write("errors/processing-failed", _error(raw))

    def verify(self, window: Window | None = None, now: int = NOON + 24 * HOUR) -> Reconciliation:
        source = DirectorySource(self.root)
        return Reconciler(source, STREAM, (STREAM,), window or Window(), now, lambda found: None).run()


def _error(raw: bytes) -> bytes:
    data = base64.b64encode(raw).decode()
    return json.dumps({"rawData": data, "errorCode": "Lambda.FunctionError", "arrivalTimestamp": NOON}).encode()


def _iso(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).isoformat()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def numbers(account: Account) -> dict[str, Any]:
    return {name: value for name, value in vars(account).items() if value}


def test_events_are_matched_by_identity_and_not_by_number(lake: Lake) -> None:
    lake.came("a", "b")
    lake.rows("a", "c")
    found = lake.verify()
    assert numbers(found.total) == {"came": 2, "rows": 1, "missing": 1}
    assert (found.without_source, found.differs) == (1, True)


def test_hours_are_those_in_which_the_events_were_received(lake: Lake) -> None:
    lake.came("a", at=NOON)
    lake.came("b", "c", at=NOON + HOUR)
    lake.rows("a", "b")
    lake.failed("c")
    found = lake.verify()
    assert {hour: numbers(one) for hour, one in found.hours.items()} == {
        NOON: {"came": 1, "rows": 1},
        NOON + HOUR: {"came": 2, "rows": 1, "failed": 1},
    }
    assert not found.differs


def test_what_came_just_now_is_waiting_and_what_came_long_ago_is_missing(lake: Lake) -> None:
    lake.came("a", at=NOON)
    assert numbers(lake.verify(now=NOON + 400_000).total) == {"came": 1, "waiting": 1}
    assert numbers(lake.verify(now=NOON + 600_000).total) == {"came": 1, "missing": 1}


def test_rows_whose_backup_is_still_to_come_are_no_difference(lake: Lake) -> None:
    lake.came("a")
    lake.rows("a", "new", at=NOON)
    assert not lake.verify(now=NOON + 300_000).differs
    assert lake.verify(now=NOON + 600_000).without_source == 1


def test_a_failed_event_that_is_a_row_now_counts_as_a_row(lake: Lake) -> None:
    lake.came("a")
    lake.failed("a")
    assert numbers(lake.verify().total) == {"came": 1, "failed": 1}
    lake.rows("a")
    assert numbers(lake.verify().total) == {"came": 1, "rows": 1}


def test_a_range_takes_the_events_that_were_received_in_it_whatever_object_has_them(lake: Lake) -> None:
    lake.came("before", at=NOON - 1)
    lake.came("in", at=NOON)
    lake.came("after", at=NOON + HOUR)
    lake.rows("before", "in", "after", at=NOON)
    found = lake.verify(Window(NOON, NOON + HOUR))
    assert numbers(found.total) == {"came": 1, "rows": 1}
    assert not found.differs


def test_rows_without_ids_are_counted(lake: Lake) -> None:
    lake.came("a", "b", None)
    lake.rows(None, None)
    found = lake.verify()
    assert found.counted_only
    assert numbers(found.total) == {"came": 3, "rows": 2, "missing": 1}
    lake.rows(None)
    assert not lake.verify().differs
    lake.rows(None)
    assert lake.verify().without_source == 1


def test_what_failed_without_an_identity_came_in_whatever_the_backup_shows_of_it(lake: Lake) -> None:
    """Two records of nonsense stand side by side in the backup, with nothing between them."""
    lake.write("backup", b"\x00nonsense\x00nonsense")
    lake.write("errors/processing-failed", b"\n".join([_error(b"\x00nonsense")] * 2))
    found = lake.verify()
    assert numbers(found.total) == {"came": 2, "failed": 2}
    assert not found.differs


def test_the_same_request_put_again_did_not_come_twice(lake: Lake) -> None:
    lake.came("a")
    (first,) = (lake.root / "lake" / "backup").iterdir()
    lake.write("backup", first.read_bytes())
    lake.rows("a")
    assert numbers(lake.verify().total) == {"came": 1, "rows": 1}
    lake.rows("a")
    assert numbers(lake.verify().total) == {"came": 1, "rows": 1, "twice": 1}


def test_what_came_without_an_identity_and_got_one_when_it_failed_came_once(lake: Lake) -> None:
    """A producer's event without an id is rejected, and put again behind the context line of its rejection."""
    lake.write("backup", b'{"event_name": "a"}\n{"event_name": "b"}\n')
    lake.came("derived", kind="replay")
    lake.rows("derived")
    assert numbers(lake.verify().total) == {"came": 2, "rows": 1, "missing": 1}
    assert numbers(lake.verify(now=NOON).total) == {"came": 2, "rows": 1, "waiting": 1}
    lake.rows("other")
    assert not lake.verify().differs


def test_a_replay_that_is_listed_before_its_request_did_not_come_either(lake: Lake) -> None:
    """Objects of one second are listed in any order."""
    lake.came("a", kind="replay")
    lake.came("a")
    lake.came("a", kind="replay")
    lake.rows("a", "a")
    assert numbers(lake.verify().total) == {"came": 1, "rows": 1, "twice": 1}


def test_an_event_that_was_sent_twice_may_be_there_twice(lake: Lake) -> None:
    lake.came("a")
    lake.came("a")
    lake.rows("a", "a")
    assert not lake.verify().differs
