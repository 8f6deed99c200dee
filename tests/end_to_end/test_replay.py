"""Failed records of the reference app, put again (the kinds of a context line)."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from clickstream_local.cli import main
from clickstream_local.common.catalog import Catalog
from clickstream_local.failures.objects import FailedRecord
from clickstream_local.failures.replay import replayable
from clickstream_local.testing import LocalPipeline
from support.running_pipeline import Pipeline, event

pytestmark = pytest.mark.xdist_group("pipeline")


def test_a_rejected_event_is_replayed_with_its_own_id_and_time(pipeline: Pipeline) -> None:
    pipeline.post(b"[%s, %s]" % (event(event_id="good"), event(value="12")))
    pipeline.flush()
    (rejected,) = pipeline.failed()
    command = [sys.executable, "-m", "clickstream_local", "replay", "--url", pipeline.runtime.url]
    command += ["--data-dir", str(pipeline.data_dir), "--kind", "rejected", "--remove"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "put 1 rejected into" in done.stdout, done.stdout + done.stderr
    pipeline.flush()
    # Nothing was mended, so it is rejected again: the same event of the same record.
    (again,) = pipeline.failed()
    assert (again.raw, again.reason, again.context) == (rejected.raw, rejected.reason, rejected.context)
    assert [row["event_id"] for row in pipeline.rows()] == ["good"]


def test_rows_that_could_not_be_converted_are_replayed_past_the_transform(pipeline: Pipeline) -> None:
    """A row is no event: through the transform, ip_address would be moved to properties."""
    row = b'{"event_id":"kept","event_name":"click","ip_address":"203.0.113.0"}\n'
    failed = FailedRecord("format-conversion-failed", "…", row, Path(), arrival=1_795_262_400_000)
    token = Catalog.read(pipeline.data_dir).context_tokens[pipeline.stream]
    (record,) = replayable(failed, processed=True, token=token)
    pipeline.firehose().put_record(DeliveryStreamName=pipeline.stream, Record={"Data": record})
    pipeline.flush()
    (found,) = pipeline.rows()
    assert (found["event_id"], found["ip_address"], found["properties"]) == ("kept", "203.0.113.0", None)


def test_source_records_of_another_deployment_are_replayed_by_its_token(assembly: Path, tmp_path: Path) -> None:
    """What failed in a stack that was made again, or in another data directory, is believed where its token is told."""
    with LocalPipeline(assembly, data_dir=tmp_path / "former") as former:
        former.post({"event_name": "click"}, headers={"User-Agent": "Shop"})
        former.flush()
        failed = {"rawData": base64.b64encode(former.backups()[-1]).decode(), "errorCode": "Lambda.FunctionError"}
    token = Catalog.read(tmp_path / "former").context_tokens[former.stream]
    for previous, agent in (([], None), (["--previous-token", token], "Shop")):
        data_dir = tmp_path / f"now-{agent}"
        with LocalPipeline(assembly, data_dir=data_dir) as now:
            (location,) = Catalog.read(data_dir).error_locations
            folder = data_dir / "s3" / location / "processing-failed"
            folder.mkdir(parents=True)
            (folder / "object").write_text(json.dumps(failed), "utf-8")
            done = CliRunner().invoke(main, ["replay", "--url", now.url, "--data-dir", str(data_dir), *previous])
            assert "put 1 processing-failed into" in done.output
            now.flush()
            assert [row["user_agent"] for row in now.rows()] == [agent]
