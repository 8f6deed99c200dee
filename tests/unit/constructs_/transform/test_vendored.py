"""Packages in the asset, vendored by hash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cdk_clickstream import Transform, VendoredPackages
from cdk_clickstream.vendor import main as vendor
from support.transforms import asset, entry, refusal, wheel


def test_packages_are_vendored_by_hash_at_build_and_copied_at_synth(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(wheel(tmp_path))
    folder = tmp_path / "vendored"
    assert vendor([str(requirements), str(folder), "--", "--no-index", f"--find-links={tmp_path}"]) == 0
    code = entry(tmp_path / "code", "import shopnames\ndef transform(event):\n    return {'name': shopnames.NAME}\n")
    root = asset(tmp_path / "out", Transform.per_event(code, packages=VendoredPackages(requirements, folder)))
    assert (root / "shopnames" / "__init__.py").is_file()
    assert not (root / "bin").exists()
    start = "import clickstream_transform.handler as h; print(h.handler({'records': []}, None))"
    done = subprocess.run([sys.executable, "-c", start], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    requirements.write_text("other==1.0\n")
    assert "was vendored from other requirements" in refusal(lambda: VendoredPackages(requirements, folder))


@pytest.mark.parametrize(
    ("requirements", "message"), [("none.txt", "is not a file"), ("requirements.txt", "holds no vendored packages")]
)
def test_packages_that_were_not_vendored_are_refused_with_the_command(
    tmp_path: Path, requirements: str, message: str
) -> None:
    (tmp_path / "requirements.txt").write_text("")
    assert message in refusal(lambda: VendoredPackages(tmp_path / requirements, tmp_path / "v"))
