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


def test_the_example_of_a_record_does_not_show_the_token_of_its_context_line() -> None:
    text = io.StringIO()
    raw = b'{"clickstream":1,"kind":"request","token":"0b7c6d2e-1f7a-4d55"}\n...'
    print_errors(Console(file=text, width=160), [FailedRecord("processing-failed", "why", raw, Path("a"))])
    assert '"token":"..."' in text.getvalue()
    assert "0b7c6d2e" not in text.getvalue()
