"""The oldest aws-cdk-lib that pyproject.toml allows makes the same templates as the one that is installed.

It is fetched by pip, so this is run by ``make test-matrix``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from support.checkout import CHECKOUT

pytestmark = pytest.mark.matrix

# An example that acknowledges findings of cdk-nag 3, which itself needs aws-cdk-lib 2.257.
NEEDS_NAG = {"extended.py"}


@pytest.fixture(scope="module")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the oldest release and what it needs, to put on the import path."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (floor,) = [match[1] for one in project["dependencies"] if (match := re.match(r"aws-cdk-lib>=([\d.]+)", one))]
    folder = tmp_path_factory.mktemp("oldest")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), f"aws-cdk-lib~={floor}.0"]
    done = subprocess.run(command, capture_output=True, text=True)
    if not any(folder.glob(f"aws_cdk_lib-{floor}.*")):
        pytest.skip(f"pip found no aws-cdk-lib {floor} here: {done.stderr.strip()[-200:]}")
    return folder


_DRIVER = """
import json, sys
import aws_cdk as cdk
from cdk_clickstream.reference import ReferenceStack
from support.examples import EXAMPLES, example_stacks
from support.stacks import CONTEXT, Synthesized
stacks = {"app": ReferenceStack(cdk.App(context=CONTEXT), "Clickstream")}
for path in EXAMPLES:
    if path.name not in sys.argv[1:]:
        stacks |= example_stacks(path)
json.dump({name: Synthesized(stack).template for name, stack in stacks.items()}, sys.stdout)
"""


def templates(packages: Path | None) -> dict[str, Any]:
    """The templates of app.py and of the examples by their names."""
    paths = [*([str(packages)] if packages else []), str(CHECKOUT), str(CHECKOUT / "tests")]
    command = [sys.executable, "-c", _DRIVER, *NEEDS_NAG]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_oldest_cdk_makes_the_same_templates(oldest: Path) -> None:
    made = templates(oldest)
    assert len(made) > 8
    assert made == templates(None)
