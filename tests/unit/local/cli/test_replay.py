"""`clickstream replay` against a running pipeline."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clickstream_local.cli import main
from clickstream_local.testing import LocalPipeline
from support.small_template import UPPER, small_template


def clickstream(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def delivered(pipeline: LocalPipeline) -> list[bytes]:
    return [found.path.read_bytes() for found in pipeline.objects("data/")]


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


def misfit(pipeline: LocalPipeline, data: Path) -> None:
    """An error object of a conversion whose rows were at fault, as Firehose writes it
    (facts/firehose.md#error-objects).
    """
    error = {
        "attemptsMade": 1,
        "arrivalTimestamp": int(pipeline.now.timestamp() * 1000),
        "lastErrorCode": "DataFormatConversion.MalformedData",
        "rawData": base64.b64encode(b"NO ROW\n").decode(),
    }
    folder = data / "s3/lake/errors/format-conversion-failed"
    folder.mkdir(parents=True)
    (folder / "misfit").write_text(json.dumps(error) + "\n", encoding="utf-8")


def test_rows_that_did_not_fit_the_table_are_made_again_from_the_source_backup(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with LocalPipeline(small_template(tmp_path), data_dir=data) as pipeline:
        pipeline.put("first\n")
        misfit(pipeline, data)
        pipeline.flush()
        options = ("--data-dir", data, "--url", pipeline.url, "--from-backup", "--remove")
        done = clickstream("replay", *options)
        assert "put 1 format-conversion-failed into clicks (1 records)\nremoved 1 error objects" in done.output
        pipeline.flush()
        assert delivered(pipeline) == [b"FIRST\n"] * 2


def test_a_backup_that_has_no_such_records_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with LocalPipeline(small_template(tmp_path), data_dir=data) as pipeline:
        misfit(pipeline, data)
        done = clickstream("replay", "--data-dir", data, "--url", pipeline.url, "--from-backup")
    assert done.exit_code == 1
    assert "lake/backup/: no object of the source backup has the records" in done.output
