from __future__ import annotations

from pathlib import Path

import pytest

from cdk_clickstream import ApiAuth
from cdk_clickstream.testing.fixtures import UPDATE_VARIABLE, compare_with_snapshot
from support.stacks import new_stack, pipeline_in


@pytest.fixture(autouse=True)
def comparing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots are compared, whatever this run is told to do with them."""
    monkeypatch.delenv(UPDATE_VARIABLE, raising=False)


def test_a_missing_snapshot_says_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="CLICKSTREAM_UPDATE_SNAPSHOTS=1"):
        compare_with_snapshot(new_stack(), tmp_path / "never-written.json")


def test_a_changed_template_fails_with_the_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = new_stack(), new_stack()
    pipeline_in(before, auth=ApiAuth.api_key())
    pipeline_in(after, auth=ApiAuth.iam())
    file = tmp_path / "snapshots" / "pipeline.json"
    with monkeypatch.context() as updating:
        updating.setenv(UPDATE_VARIABLE, "1")
        compare_with_snapshot(before, file)
    compare_with_snapshot(before, file)
    with pytest.raises(pytest.fail.Exception, match=r'\+ +"AuthorizationType": "AWS_IAM"'):
        compare_with_snapshot(after, file)
