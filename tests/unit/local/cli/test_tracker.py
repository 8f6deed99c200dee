from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from clickstream_local.cli import main
from support.checkout import CHECKOUT


def test_the_tracker_s_files_are_written_into_a_folder_of_the_site(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["tracker", "--out", str(tmp_path / "public/s")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "public/s/site.js").read_bytes() == (CHECKOUT / "tracker/clickstream.js").read_bytes()
    assert (tmp_path / "public/s/debug.mjs").read_bytes() == (CHECKOUT / "tracker/debug.mjs").read_bytes()
