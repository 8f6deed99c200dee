"""The fixture `local_pipeline`, as a team's own test suite uses it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.checkout import CHECKOUT

pytestmark = pytest.mark.xdist_group("cdk")

GUIDE = CHECKOUT / "docs" / "testing.md"


def test_the_test_suite_in_the_guide_passes_with_nothing_but_the_package_installed(tmp_path: Path) -> None:
    (tmp_path / "test_team.py").write_text(re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)[0])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_team.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = "import sys, clickstream_local.pytest_plugin as p; print({'pyarrow', 'duckdb', 'boto3'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
