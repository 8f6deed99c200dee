"""The data directory: one runtime at a time, and one deployment for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from clickstream_local.serve.data_dir import DataDir, DataDirError


def test_a_data_directory_is_the_same_deployment_at_every_start(tmp_path: Path) -> None:
    with DataDir(tmp_path / "one"):
        first = DataDir(tmp_path / "one").deployment
    assert DataDir(tmp_path / "one").deployment == first
    assert DataDir(tmp_path / "other").deployment != first


def test_a_data_directory_is_made_when_it_is_held(tmp_path: Path) -> None:
    directory = DataDir(tmp_path / "new")
    assert not (tmp_path / "new").exists()
    with directory:
        assert DataDir(tmp_path / "new").deployment == directory.deployment


def test_a_damaged_id_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / ".deployment").write_text("half", "ascii")
    with DataDir(tmp_path) as held:
        assert len((held / ".deployment").read_text("ascii")) == 36


def test_a_second_runtime_on_the_same_directory_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    second = DataDir(tmp_path)
    with DataDir(tmp_path) as held:
        kept = (held / ".deployment").read_text("ascii")
        with pytest.raises(DataDirError, match="in use by another runtime"), second:
            pass
        assert (held / ".deployment").read_text("ascii") == kept
