"""Each check of the library is seen at work by a test of the constructs: run by ``make test-matrix``."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

import support.refusal_recorder as recorder
from support.checkout import CHECKOUT

pytestmark = pytest.mark.matrix

CHECKS = ("refuse", "check_identifier", "check_range")
RULES = CHECKOUT / "tests" / "rules"
LIBRARY = CHECKOUT / "constructs" / "cdk_clickstream"


def checks() -> Iterator[tuple[str, ast.Call]]:
    """Place of each call of a check, as ``module.py:line``, and the call."""
    for path in sorted(LIBRARY.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if path.stem != "_validation" and isinstance(node, ast.Call) and ast.unparse(node.func) in CHECKS:
                yield f"{path.relative_to(LIBRARY)}:{node.lineno}", node


def wanted(call: ast.Call) -> set[str]:
    """What tests have to make a check do."""
    if ast.unparse(call.func) != "check_range":
        return {recorder.REFUSES}
    edges = {recorder.BELOW, recorder.LOWEST, recorder.ABOVE, recorder.HIGHEST}
    _, _, lowest, _, unit, *_ = map(ast.unparse, call.args)
    # The CDK knows no negative durations.
    nothing_below = (lowest, unit) == ("0", "'seconds'")
    return edges - {recorder.BELOW} if nothing_below else edges


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the tests of the constructs saw each check do."""
    file = tmp_path_factory.mktemp("refusals") / "seen.json"
    rules = [str(path) for path in RULES.glob("test_*.py") if "cdk_clickstream" in path.read_text(encoding="utf-8")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "support.refusal_recorder", "-m", "not matrix"]
    done = subprocess.run(
        [*command, "tests/unit/constructs_", *rules],
        cwd=CHECKOUT,
        env=os.environ | {recorder.FILE_VARIABLE: str(file), "PYTHONPATH": str(CHECKOUT / "tests")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    found: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return found


def test_each_check_is_seen_to_refuse_and_each_range_at_both_of_its_ends(seen: dict[str, list[str]]) -> None:
    missing = {
        f"{site} {ast.unparse(call)[:100]}": sorted(left)
        for site, call in checks()
        if (left := wanted(call) - set(seen.get(site, [])))
    }
    assert missing == {}


def test_there_are_checks_to_see() -> None:
    """The test above would pass over an empty list."""
    assert len(list(checks())) > 100
