"""`clickstream send` against a running pipeline."""

from __future__ import annotations

import gzip
from pathlib import Path

from click.testing import CliRunner, Result

from clickstream_local.cli import main
from clickstream_local.testing import LocalPipeline
from support.small_template import small_template


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
