from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

from support.checkout import CHECKOUT


def lint_imports(config: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--config", config, "--no-cache"]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_dependencies_point_one_way() -> None:
    """Who may import whom."""
    done = lint_imports(CHECKOUT / "pyproject.toml")
    assert done.returncode == 0, done.stdout


def test_the_check_finds_a_forbidden_import(tmp_path: Path) -> None:
    config = configparser.ConfigParser()
    config["importlinter"] = {"root_packages": "clickstream_local"}
    config["importlinter:contract:1"] = {
        "name": "a direction that does not hold",
        "type": "forbidden",
        "source_modules": "clickstream_local.cli",
        "forbidden_modules": "clickstream_local.serve.runtime",
    }
    file = tmp_path / "importlinter.ini"
    with file.open("w") as opened:
        config.write(opened)
    assert lint_imports(file).returncode == 1
