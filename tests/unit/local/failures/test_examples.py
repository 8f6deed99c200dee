from __future__ import annotations

from pathlib import Path

from clickstream_local.failures.examples import example
from clickstream_local.failures.objects import FailedRecord


def test_the_example_of_a_failed_call_is_an_event_without_its_context_line() -> None:
    raw = b'{"clickstream":1,"kind":"request","token":"0b7c6d2e","boundary":"b"}\n[{"event_name":"a"}]\nb\n'
    assert example(FailedRecord("processing-failed", "why", raw, Path("a"))) == '{"event_name": "a"}'


def test_the_example_of_a_failed_conversion_is_the_member_that_firehose_quotes() -> None:
    """facts/firehose.md#error-objects: the message quotes the value; the record may hold many rows."""
    raw = b'{"event_id":"a","value":7}\n{"event_id":"b","value":"oops"}\n'
    message = 'Data does not match the schema. For input string: "oops"'
    failed = FailedRecord("format-conversion-failed", "why", raw, Path("a"), message=message)
    assert example(failed) == '{"value": "oops"}'
