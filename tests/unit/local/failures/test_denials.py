from __future__ import annotations

from pathlib import Path

from clickstream_local.failures.denials import read_denials, write_denials


def test_the_denials_of_a_run_replace_those_of_the_one_before(tmp_path: Path) -> None:
    assert read_denials(tmp_path) == []
    write_denials(tmp_path, ["a", "b"])
    write_denials(tmp_path, ["c"])
    assert read_denials(tmp_path) == ["c"]
