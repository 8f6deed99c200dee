"""`clickstream send` and `clickstream replay` against a running pipeline."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clickstream_local.cli import main
from clickstream_local.failures.objects import FailedRecord, records_of
from clickstream_local.failures.replay import replayable
from clickstream_local.testing import LocalPipeline
from clickstream_local.wire.firehose_client import MAX_RECORD_BYTES, WireError, batches
from support.small_template import UPPER, small_template


def clickstream(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def delivered(pipeline: LocalPipeline) -> list[bytes]:
    return [found.path.read_bytes() for found in pipeline.objects("data/")]


def test_send_hands_a_file_s_events_to_the_only_stream(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl.gz"
    file.write_bytes(gzip.compress(b'{"type":"click","event_id":"1","client_time":"now"}\n\n'))
    with LocalPipeline(small_template(tmp_path)) as pipeline:
        done = clickstream("send", file, "--url", pipeline.url, "--map", "event_name=type")
        assert (done.exit_code, "clicks took 1 of 1 events" in done.output) == (0, True), done.output
        pipeline.flush()
        assert delivered(pipeline) == [b'{"EVENT_NAME":"CLICK","EVENT_ID":"1","CLIENT_TIME":"NOW"}\n']


def test_send_names_an_unknown_stream_and_those_that_there_are(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text("{}\n")
    with LocalPipeline(small_template(tmp_path)) as pipeline:
        done = clickstream("send", file, "--url", pipeline.url, "--stream", "nobody")
    assert done.exit_code == 1
    assert "no delivery stream 'nobody'" in done.output
    assert "give one of clicks with --stream" in done.output


def test_send_without_a_runtime_says_what_to_start(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text("{}\n")
    done = clickstream("send", file, "--url", "http://127.0.0.1:9")
    assert (done.exit_code, "is `clickstream local` running there?" in done.output) == (1, True)


@pytest.fixture
def failed_once(tmp_path: Path) -> Path:
    """A data directory with two poisonous records under the error prefix."""
    with LocalPipeline(small_template(tmp_path), data_dir=tmp_path / "data") as pipeline:
        pipeline.put("poison 1\n", "poison 2\n", "good\n")
    return tmp_path / "data"


def test_replay_puts_failed_records_into_the_mended_pipeline(tmp_path: Path, failed_once: Path) -> None:
    mended = small_template(tmp_path, UPPER.replace('b"poison"', 'b"never"'))
    with LocalPipeline(mended, data_dir=failed_once) as pipeline:
        done = clickstream("replay", "--data-dir", failed_once, "--url", pipeline.url, "--remove")
        assert "put 2 processing-failed into clicks (2 records)\nremoved 1 error objects" in done.output
        pipeline.flush()
        assert b"POISON 1\nPOISON 2\n" in delivered(pipeline)
        assert pipeline.errors() == []


def test_replay_leaves_the_error_objects_unless_told(tmp_path: Path, failed_once: Path) -> None:
    with LocalPipeline(small_template(tmp_path), data_dir=failed_once) as pipeline:
        clickstream("replay", "--data-dir", failed_once, "--url", pipeline.url)
        assert len(pipeline.errors()) == 2


def test_an_error_object_of_which_only_a_part_was_chosen_is_kept(tmp_path: Path, failed_once: Path) -> None:
    (file,) = (path for path in (failed_once / "s3/lake/errors").rglob("*") if path.is_file())
    first, second = file.read_text().splitlines()
    file.write_text(first + "\n" + second.replace("ProcessingFailedStatus", "FunctionError") + "\n")
    with LocalPipeline(small_template(tmp_path), data_dir=failed_once) as pipeline:
        options = ("--data-dir", failed_once, "--url", pipeline.url, "--reason", "FunctionError", "--remove")
        done = clickstream("replay", *options)
    assert "put 1 processing-failed into clicks (1 records)\nremoved 0 error objects" in done.output
    assert file.exists()


def test_a_dry_run_puts_nothing(failed_once: Path) -> None:
    done = clickstream("replay", "--data-dir", failed_once, "--dry-run")
    assert (done.exit_code, done.output) == (0, "2 processing-failed of 2 failed records would be put\n")


def test_a_rejected_event_goes_behind_its_own_context_line() -> None:
    """DESIGN section 2: the kind `replay`, so that the event keeps its id and times."""
    context = {"clickstream": 1, "kind": "replay", "received_at": 5, "identity": "abc", "first": 3}
    failed = FailedRecord("rejected", "value: …", '{"event_name":"é"}'.encode(), Path(), context=context)
    (record,) = replayable(failed, processed=True)
    line, _, body = record.partition(b"\n")
    assert (json.loads(line), body) == (context, '{"event_name":"é"}'.encode())


def test_rows_that_could_not_be_converted_skip_the_transform_in_records_that_fit() -> None:
    """DESIGN section 2: the kind `transformed`; a record holds 1,024,000 bytes (facts 1.3)."""
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
    """Facts 2.3: partitioning comes after the function, so that its error objects hold what the function made."""
    row = b'{"event_name":"click"}\n'
    file = tmp_path / "object"
    file.write_text(json.dumps({"rawData": base64.b64encode(row).decode(), "errorCode": code, "arrivalTimestamp": 5}))
    (failed,) = records_of(file.read_bytes(), file)
    assert failed.kind == kind
    assert list(replayable(failed, processed=True)) == [
        b'{"clickstream":1,"kind":"transformed","received_at":5}\n' + row
    ]


def test_rows_for_a_stream_without_a_function_go_as_they_are() -> None:
    failed = FailedRecord("format-conversion-failed", "…", b"row\n", Path())
    assert list(replayable(failed, processed=False)) == [b"row\n"]


def test_requests_hold_at_most_500_records_and_4_mib() -> None:
    """Facts 1.3."""
    assert [len(batch) for batch in batches([b"x"] * 1001)] == [500, 500, 1]
    assert [len(batch) for batch in batches([b"x" * 1_000_000] * 9)] == [4, 4, 1]


def test_a_stream_that_goes_on_refusing_is_an_error_that_says_how_many_were_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clickstream_local.wire.firehose_client import WireClient

    client = WireClient("http://127.0.0.1:9")
    refused = {"RequestResponses": [{"RecordId": "1"}, {"ErrorCode": "ServiceUnavailableException"}]}
    again = {"RequestResponses": [{"ErrorCode": "ServiceUnavailableException"}]}
    answers = iter([refused] + [again] * 7)
    monkeypatch.setattr(client, "_call", lambda *_, **__: next(answers))
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(WireError, match="1 records were taken; then delivery stream clicks refused 8 times"):
        client.put("clicks", [b"a", b"b"])
