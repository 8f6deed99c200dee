"""Packages in the asset, vendored by hash."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cdk_clickstream import (
    Transform,
    VendoredPackages,
)
from cdk_clickstream.vendor import main as vendor
from support.transforms import asset, entry, refusal


def wheel(folder: Path) -> str:
    """A wheel as an index would serve it; returns its requirement with its hash."""
    path = folder / "shopnames-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("shopnames/__init__.py", "NAME = 'shop'\n")
        archive.writestr("shopnames-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: shopnames\nVersion: 1.0\n")
        archive.writestr(
            "shopnames-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("shopnames-1.0.dist-info/entry_points.txt", "[console_scripts]\nshopnames = shopnames:main\n")
        archive.writestr("shopnames-1.0.dist-info/RECORD", "")
    return f"shopnames==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


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


@pytest.mark.parametrize(
    ("requirements", "message"),
    [("none.txt", "is not a file"), ("requirements.txt", "holds no vendored packages")],
)
def test_packages_that_were_not_vendored_are_refused_with_the_command(
    tmp_path: Path, requirements: str, message: str
) -> None:
    (tmp_path / "requirements.txt").write_text("")
    assert message in refusal(lambda: VendoredPackages(tmp_path / requirements, tmp_path / "v"))
