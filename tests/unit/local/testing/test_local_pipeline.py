"""`LocalPipeline` on a template written by hand; stacks are in tests/end_to_end/test_cdk_stacks.py."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clickstream_local.testing import Disagreements, Faults, LocalPipeline, LocalPipelineError
from support.small_template import UPPER, small_template

NEARLY_MIDNIGHT = datetime(2026, 11, 21, 23, 58, tzinfo=UTC)


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[LocalPipeline]:
    with LocalPipeline(small_template(tmp_path), now=NEARLY_MIDNIGHT) as running:
        yield running


def delivered(pipeline: LocalPipeline) -> list[bytes]:
    return [found.path.read_bytes() for found in pipeline.objects("data/")]


def test_a_posted_event_is_delivered_backed_up_and_logged(pipeline: LocalPipeline) -> None:
    assert pipeline.post({"event_name": "click"}).status == 202
    pipeline.flush()
    assert delivered(pipeline) == [b'{"EVENT_NAME": "CLICK"}\n']
    assert pipeline.backups() == [b'{"event_name": "click"}\n']
    assert any(event.message == "got 1" for event in pipeline.logs("/aws/lambda/upper"))
    assert pipeline.counts()["records_delivered"] == 1


def test_put_records_take_text_bytes_and_objects(pipeline: LocalPipeline) -> None:
    pipeline.put("text\n", b"bytes\n", {"an": "object"}, stream="clicks")
    pipeline.flush()
    assert delivered(pipeline) == [b'TEXT\nBYTES\n{"AN": "OBJECT"}\n']


def test_advancing_delivers_by_the_template_s_hints_without_sleeping(pipeline: LocalPipeline) -> None:
    """The function's buffer waits 60 s, the destination's then 120 s, the backup's 300 s
    (facts/firehose.md#buffering).
    """
    started = time.monotonic()
    pipeline.put("a\n")
    pipeline.advance(59)
    assert not pipeline.logs("/aws/lambda/upper")
    pipeline.advance(1)
    assert pipeline.logs("/aws/lambda/upper")
    pipeline.advance(119)
    assert delivered(pipeline) == []
    pipeline.advance(timedelta(seconds=2))
    assert delivered(pipeline) == [b"A\n"]
    assert pipeline.backups() == []
    pipeline.advance(timedelta(minutes=2))
    assert pipeline.backups() == [b"a\n"]
    assert time.monotonic() - started < 20


def test_prefixes_follow_the_pipeline_s_clock(pipeline: LocalPipeline) -> None:
    pipeline.put("before\n")
    pipeline.flush()
    pipeline.advance(timedelta(minutes=5))
    assert pipeline.now.date().isoformat() == "2026-11-22"
    pipeline.put("after\n")
    pipeline.flush()
    assert [found.key.split("/")[1] for found in pipeline.objects("data/")] == ["2026-11-21", "2026-11-22"]


def test_a_function_s_timeout_does_not_run_out_while_time_is_moved_on(tmp_path: Path) -> None:
    """The function takes a second of its 20; two hours pass around it."""
    slow = UPPER.replace("def handler(event, context):", "import time\ndef handler(event, context):\n    time.sleep(1)")
    with LocalPipeline(small_template(tmp_path, slow)) as pipeline:
        pipeline.put("a\n")
        pipeline.advance(timedelta(hours=2))
        assert delivered(pipeline) == [b"A\n"]
        assert pipeline.errors() == []


def test_failed_records_come_with_kind_reason_and_bytes(pipeline: LocalPipeline) -> None:
    pipeline.put("poison\n", "good\n")
    pipeline.flush()
    (failed,) = pipeline.errors("processing-failed")
    assert (failed.raw, failed.reason.split(":")[0]) == (b"poison\n", "Lambda.ProcessingFailedStatus")
    assert pipeline.errors("rejected") == []
    assert "Lambda.ProcessingFailedStatus" in pipeline.logs("/delivery")[0].message


def test_a_boto3_client_talks_to_it(pipeline: LocalPipeline) -> None:
    client = pipeline.client("firehose")
    assert client.list_delivery_streams()["DeliveryStreamNames"] == ["clicks"]
    client.put_record(DeliveryStreamName="clicks", Record={"Data": b"x\n"})
    pipeline.flush()
    assert delivered(pipeline) == [b"X\n"]


def test_an_unknown_stream_is_refused_in_the_service_s_words(pipeline: LocalPipeline) -> None:
    with pytest.raises(LocalPipelineError, match="ResourceNotFoundException: Firehose nobody under account"):
        pipeline.put("a", stream="nobody")


def test_a_template_with_something_that_does_not_run_is_refused_unless_it_is_allowed(tmp_path: Path) -> None:
    template = small_template(tmp_path)
    template.write_text(template.read_text().replace("  Api:\n", "  Queue: {Type: AWS::SQS::Queue}\n  Api:\n", 1))
    with pytest.raises(LocalPipelineError, match=r"Queue: .*allow_unsupported=True"):
        LocalPipeline(template)
    with LocalPipeline(template, allow_unsupported=True) as pipeline:
        assert [found.logical_id for found in pipeline.unsupported] == ["Queue"]


def test_what_is_buffered_is_delivered_at_the_end_and_a_second_stop_does_nothing(tmp_path: Path) -> None:
    pipeline = LocalPipeline(small_template(tmp_path), data_dir=tmp_path / "data")
    pipeline.put("last\n")
    pipeline.stop()
    pipeline.stop()
    assert delivered(pipeline) == [b"LAST\n"]


def test_a_temporary_data_directory_is_removed_at_the_end(tmp_path: Path) -> None:
    with LocalPipeline(small_template(tmp_path)) as pipeline:
        folder = pipeline.data_dir
        assert folder.exists()
    assert not folder.exists()


def test_several_run_side_by_side(tmp_path: Path) -> None:
    template = small_template(tmp_path)
    with LocalPipeline(template) as one, LocalPipeline(template) as other:
        one.put("one\n")
        one.advance(timedelta(hours=1))
        assert delivered(one) == [b"ONE\n"]
        assert delivered(other) == []
        assert one.now - other.now > timedelta(minutes=59)


def test_a_source_that_is_no_pipeline_is_refused() -> None:
    with pytest.raises(TypeError, match="int is none of these"):
        LocalPipeline(42)


def test_a_clock_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        LocalPipeline(small_template(tmp_path), now=datetime(2026, 1, 1))  # noqa: DTZ001


def test_puts_can_be_made_to_fail_to_test_a_sender(tmp_path: Path) -> None:
    with LocalPipeline(small_template(tmp_path), faults=Faults(throttle=1)) as pipeline:
        with pytest.raises(LocalPipelineError, match="1 of 1 records were refused: ServiceUnavailableException"):
            pipeline.put("a\n")
        assert pipeline.counts()["records_received"] == 0


def test_a_function_switched_off_by_its_reserved_concurrency_fails_its_records(tmp_path: Path) -> None:
    """facts/firehose.md#function-failures and firehose-error-codes.json: throttled after all retries is
    Lambda.InvokeLimitExceeded.
    """
    template = small_template(tmp_path)
    text = template.read_text()
    template.write_text(text.replace("Timeout: 20", "Timeout: 20\n      ReservedConcurrentExecutions: 0"))
    with LocalPipeline(template) as pipeline:
        pipeline.put("a\n")
        pipeline.flush()
        (failed,) = pipeline.errors("processing-failed")
        assert (failed.raw, failed.reason.split(":")[0]) == (b"a\n", "Lambda.InvokeLimitExceeded")


def test_where_sources_disagree_the_other_reading_can_be_taken(tmp_path: Path) -> None:
    """facts/firehose.md#disagreements: captures name the function lambdaARN in error objects, the documentation
    lambdaArn.
    """
    documented = Disagreements(error_arn_member="lambdaArn")
    with LocalPipeline(small_template(tmp_path), disagreements=documented) as pipeline:
        pipeline.put("poison\n")
        pipeline.flush()
        (error,) = pipeline.objects("errors/")
        assert b'"lambdaArn":"arn:' in error.path.read_bytes()


def test_rows_of_tables_of_one_name_are_those_of_the_database_that_is_named(tmp_path: Path) -> None:
    """A name is unique in its database only."""
    tables = {
        f"T{number}": {
            "Type": "AWS::Glue::Table",
            "Properties": {
                "CatalogId": "1",
                "DatabaseName": f"db{number}",
                "TableInput": {
                    "Name": "events",
                    "StorageDescriptor": {
                        "Location": f"s3://lake/t{number}/",
                        "Columns": [{"Name": "n", "Type": "int"}],
                    },
                },
            },
        }
        for number in (1, 2)
    }
    (tmp_path / "t.json").write_text(json.dumps({"Resources": tables}))
    with LocalPipeline(tmp_path / "t.json") as pipeline:
        assert pipeline.rows("events", database="db1") == []
        with pytest.raises(LocalPipelineError, match="'events' is in the databases db1, db2"):
            pipeline.rows("events")
