"""A pytest fixture for template snapshots.

Make it known in a ``conftest.py``::

    pytest_plugins = ["cdk_clickstream.testing.fixtures"]
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest

from cdk_clickstream.testing.snapshot import template_snapshot

UPDATE_VARIABLE = "CLICKSTREAM_UPDATE_SNAPSHOTS"
"""Environment variable; set to ``1``, the fixture writes the snapshots instead of comparing."""


@pytest.fixture
def assert_template_snapshot(request: pytest.FixtureRequest) -> Callable[[cdk.Stack, str], None]:
    """Compare a stack's template with ``snapshots/<name>.json`` beside the test's file.

    Call it as ``assert_template_snapshot(stack, "name")``. Fails with a diff, or where the file is missing; run with
    ``CLICKSTREAM_UPDATE_SNAPSHOTS=1`` to write it, and review what changed before you commit it.
    """

    def compare(stack: cdk.Stack, name: str) -> None:
        compare_with_snapshot(stack, request.path.parent / "snapshots" / f"{name}.json")

    return compare


def compare_with_snapshot(stack: cdk.Stack, file: Path) -> None:
    """Compare a stack's template with a file, or write the file if the environment says so."""
    found = json.dumps(template_snapshot(stack), indent=1, sort_keys=True) + "\n"
    if os.environ.get(UPDATE_VARIABLE) == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
        return
    remedy = f"run again with {UPDATE_VARIABLE}=1 to write it, and review the change"
    if not file.exists():
        pytest.fail(f"there is no snapshot {file.name}: {remedy}")
    committed = file.read_text(encoding="utf-8")
    if found != committed:
        lines = difflib.unified_diff(
            committed.splitlines(), found.splitlines(), "committed", "synthesized", lineterm="", n=4
        )
        pytest.fail("\n".join([f"the template differs from {file.name}: {remedy}", *lines]), pytrace=False)
