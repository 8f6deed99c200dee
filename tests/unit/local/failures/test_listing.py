from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from clickstream_local.failures.listing import print_errors
from clickstream_local.failures.objects import FailedRecord


def test_events_that_share_a_reject_are_counted_each() -> None:
    text = io.StringIO()
    records = [FailedRecord("rejected", "why", b"{}", Path("a"), events=events) for events in (1, 40)]
    print_errors(Console(file=text, width=80), records)
    assert "41" in text.getvalue()
