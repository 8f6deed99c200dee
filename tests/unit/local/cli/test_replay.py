"""`clickstream replay` against a running pipeline."""

from __future__ import annotations

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
