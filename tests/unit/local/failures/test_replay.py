"""In what form a failed record goes into the stream again."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clickstream_local.cli import main
from clickstream_local.failures.objects import FailedRecord, records_of
from clickstream_local.failures.replay import replayable
from clickstream_local.wire.firehose_client import MAX_RECORD_BYTES

TOKEN = "0b7c6d2e-1f7a-4d55-9c1b-7d0d8f4f1a11"


def clickstream(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_rejected_event_goes_behind_its_own_context_line() -> None:
    """The kind `replay`, so that the event keeps its id and times."""
    context = {"clickstream": 1, "kind": "replay", "received_at": 5, "identity": "abc", "first": 3}
    failed = FailedRecord("rejected", "value: …", '{"event_name":"é"}'.encode(), Path(), context=context)
    (record,) = replayable(failed, processed=True)
    line, _, body = record.partition(b"\n")
    assert (json.loads(line), body) == (context, '{"event_name":"é"}'.encode())


def test_rows_that_could_not_be_converted_skip_the_transform_in_records_that_fit() -> None:
    """The kind `transformed`; a record holds 1,024,000 bytes (facts/firehose.md#put-records)."""
    row = b'{"event_name":"' + b"x" * 300_000 + b'"}\n'
    failed = FailedRecord("format-conversion-failed", "…", row * 7, Path(), arrival=5)
    records = list(replayable(failed, processed=True))
    assert [len(record) <= MAX_RECORD_BYTES for record in records] == [True] * 3
    lines = [record.split(b"\n", 1) for record in records]
    assert {line for line, _ in lines} == {b'{"clickstream":1,"kind":"transformed","received_at":5}'}
    assert b"".join(rows for _, rows in lines) == row * 7


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("DynamicPartitioning.MetadataExtractionFailed", "metadata-extraction-failed"),
        ("DynamicPartitioning.ActivePartitionsExceeded", "activePartitionExceeded"),
    ],
)
def test_rows_that_found_no_partition_skip_the_transform(tmp_path: Path, code: str, kind: str) -> None:
    """facts/firehose.md#processing-order: partitioning comes after the function, so that its error objects hold what
    the function made.
    """
    row = b'{"event_name":"click"}\n'
    file = tmp_path / "object"
    file.write_text(json.dumps({"rawData": base64.b64encode(row).decode(), "errorCode": code, "arrivalTimestamp": 5}))
    (failed,) = records_of(file.read_bytes(), file)
    assert failed.kind == kind
    assert list(replayable(failed, processed=True)) == [
        b'{"clickstream":1,"kind":"transformed","received_at":5}\n' + row
    ]


def test_a_record_that_could_not_be_decompressed_goes_as_it_came(tmp_path: Path) -> None:
    """facts/firehose.md#error-output-types: a type of its own, before the function."""
    error = {"rawData": "eA==", "errorCode": "Decompression failed.", "arrivalTimestamp": 5}
    (failed,) = records_of(json.dumps(error).encode(), tmp_path)
    assert failed.kind == "decompression-failed"
    assert list(replayable(failed, processed=True)) == [b"x"]


def test_rows_for_a_stream_without_a_function_go_as_they_are() -> None:
    failed = FailedRecord("format-conversion-failed", "…", b"row\n", Path())
    assert list(replayable(failed, processed=False)) == [b"row\n"]


@pytest.mark.parametrize("code", ["DataFormatConversion.MalformedData", "DataFormatConversion.ParseError"])
def test_rows_that_did_not_fit_the_table_go_through_the_transform(tmp_path: Path, code: str) -> None:
    """As rows they would fail again at each replay."""
    row = b'{"event_name":"click","value":"seven"}\n'
    error = {"rawData": base64.b64encode(row).decode(), "lastErrorCode": code, "arrivalTimestamp": 5}
    (failed,) = records_of(json.dumps(error).encode(), tmp_path)
    assert list(replayable(failed, processed=True)) == [b'{"clickstream":1,"kind":"replay","received_at":5}\n' + row]


def test_rows_whose_table_was_at_fault_skip_the_transform(tmp_path: Path) -> None:
    error = {"rawData": "e30K", "lastErrorCode": "DataFormatConversion.EntityNotFound", "arrivalTimestamp": 5}
    (failed,) = records_of(json.dumps(error).encode(), tmp_path)
    assert list(replayable(failed, processed=True)) == [b'{"clickstream":1,"kind":"transformed","received_at":5}\n{}\n']


@pytest.mark.parametrize(
    ("kind", "context"), [("rejected", {"clickstream": 1, "kind": "replay"}), ("format-conversion-failed", None)]
)
def test_the_line_that_a_replay_writes_has_the_token_that_the_function_believes(
    kind: str, context: dict[str, object] | None
) -> None:
    failed = FailedRecord(kind, "...", b'{"event_name":"a"}\n', Path(), context=context)
    (record,) = replayable(failed, processed=True, token=TOKEN)
    assert json.loads(record.split(b"\n")[0])["token"] == TOKEN
