"""`clickstream verify` on the reference app: what breaks is found, and what was put right is seen to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from clickstream_local.cli import main
from clickstream_local.common.catalog import Catalog
from clickstream_local.failures.replay import replayable
from clickstream_local.testing import LocalPipeline

pytestmark = pytest.mark.xdist_group("pipeline")


def clickstream(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def verified(pipeline: LocalPipeline, *options: object) -> tuple[int, dict[str, Any]]:
    """Exit code, and the total."""
    done = clickstream("verify", "--data-dir", pipeline.data_dir, "--json", *options)
    assert done.exit_code in (0, 1), done.output
    return done.exit_code, json.loads(done.output.splitlines()[-1])


def counts(total: dict[str, Any]) -> dict[str, int]:
    names = ("came", "rows", "rejected", "failed", "waiting", "missing", "twice")
    return {name: total[name] for name in names if total[name]}


@pytest.fixture
def running(assembly: Path, tmp_path: Path) -> Iterator[LocalPipeline]:
    """Five events as rows, one of them without an id and two of a producer, and one rejected."""
    with LocalPipeline(assembly, data_dir=tmp_path / "data") as pipeline:
        pipeline.post([{"event_name": "click", "event_id": "a"}, {"event_name": "click"}])
        pipeline.post([{"event_name": "click", "event_id": "b"}, {"event_name": "click", "value": "seven"}])
        pipeline.put({"event_name": "click", "event_id": "c"}, {"event_name": "click"})
        pipeline.flush()
        yield pipeline


def test_each_event_is_a_row_or_rejected(running: LocalPipeline) -> None:
    code, total = verified(running)
    assert (code, counts(total)) == (0, {"came": 6, "rows": 5, "rejected": 1})
    assert counts(total["without_id"]) == {"came": 1, "rows": 1}


def test_a_lost_object_of_rows_is_missing_events(running: LocalPipeline) -> None:
    for found in running.objects("events/"):
        found.path.unlink()
    code, total = verified(running)
    # They were received a moment ago, so they may be on their way.
    assert (code, counts(total)) == (0, {"came": 6, "rejected": 1, "waiting": 5})
    later = running.data_dir / "catalog.json"
    later.write_text(later.read_text().replace('"longest_wait": 360', '"longest_wait": -360000'))
    code, total = verified(running)
    assert (code, counts(total)) == (1, {"came": 6, "rejected": 1, "missing": 5})


def test_an_object_that_is_there_twice_is_told(running: LocalPipeline) -> None:
    (found,) = running.objects("events/")
    found.path.with_name(f"copy-{found.path.name}").write_bytes(found.path.read_bytes())
    code, total = verified(running)
    assert (code, total["twice"]) == (1, 4)


def test_a_client_that_sends_an_event_twice_is_no_difference(running: LocalPipeline) -> None:
    for _ in range(2):
        running.post([{"event_name": "click", "event_id": "a"}])
        running.flush()
    code, total = verified(running)
    assert (code, counts(total)) == (0, {"came": 6, "rows": 5, "rejected": 1})


def test_what_was_put_again_counts_as_rows_and_what_was_put_twice_is_told(running: LocalPipeline) -> None:
    (failed,) = running.errors("rejected")
    for place in range(3):
        token = Catalog.read(running.data_dir).context_tokens[running.stream]
        (record,) = replayable(replace(failed, raw=b'{"event_name":"click"}\n'), processed=True, token=token)
        running.put(record)
        running.flush()
        code, total = verified(running)
        assert (code, total["rows"], total["rejected"], total["twice"]) == (min(place, 1), 6, 0, place)


def test_a_range_without_events_has_none(running: LocalPipeline) -> None:
    code, total = verified(running, "--until", "2020-01-01")
    assert (code, counts(total)) == (0, {})


def test_the_table_says_what_the_numbers_mean(running: LocalPipeline) -> None:
    shown = clickstream("verify", "--data-dir", running.data_dir).output
    assert "0 missing, 0 twice" in shown
    assert clickstream("verify", "--data-dir", running.data_dir / "nowhere").exit_code == 3
