from __future__ import annotations

from pathlib import Path

import pytest

from cdk_clickstream.vendor import main as vendor
from support.transforms import wheel


def test_a_package_with_another_hash_is_not_vendored(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(wheel(tmp_path)[:-9] + "00000000\n")
    assert vendor([str(requirements), str(tmp_path / "v"), "--", "--no-index", f"--find-links={tmp_path}"]) != 0
    assert "DO NOT MATCH THE HASHES" in capfd.readouterr().err


def test_a_folder_with_other_files_is_refused_and_not_emptied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("x")
    assert vendor([str(tmp_path / "requirements.txt"), str(tmp_path)]) == 2
    assert (tmp_path / "mine.txt").exists()
    assert "holds files that were not vendored" in capsys.readouterr().err
