from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from clickstream_local.failures.listing import print_summary
from clickstream_local.failures.objects import FailedRecord
from clickstream_local.failures.summary import grouped


def printed(*records: FailedRecord) -> str:
    text = io.StringIO()
    print_summary(Console(file=text, width=160), grouped(records, "clicks", ("type", "reason")), ("type", "reason"))
    return text.getvalue()


def test_events_that_share_a_reject_are_counted_each() -> None:
    assert "41" in printed(*(FailedRecord("rejected", "why", b"{}", Path("a"), events=events) for events in (1, 40)))


def test_the_example_of_a_record_does_not_show_the_token_of_its_context_line() -> None:
    raw = b'{"clickstream":1,"kind":"request","token":"0b7c6d2e-1f7a-4d55"}\n...'
    text = printed(FailedRecord("processing-failed", "why", raw, Path("a")))
    assert '"token":"..."' in text
    assert "0b7c6d2e" not in text


def test_control_characters_of_a_payload_are_shown_and_do_nothing() -> None:
    assert "\x1b" not in printed(FailedRecord("processing-failed", "why", b'{"a":"\x1b[31m"}', Path("a")))
