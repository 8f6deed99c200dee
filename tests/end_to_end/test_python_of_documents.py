"""Each Python block of the documents runs: the blocks of a page one after another, in a folder of the page's own.

The recipes of the producer's page run under their frameworks in `tests/end_to_end/producer/test_recipes.py`, the
quickstart from built wheels in `tests/project/test_packaging.py`, the README's stack in `tests/project/test_readme.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

import cdk_clickstream
import clickstream_producer
from cdk_clickstream.vendor import main as vendor
from support.checkout import CHECKOUT
from support.documents import Block, blocks
from support.stacks import new_stack
from support.transforms import wheel

RECIPES = {"shop.py", "views.py", "api.py", "tasks.py", "handler.py"}
ELSEWHERE = {"README.md", "docs/quickstart.md", "docs/testing.md", "docs/snapshots.md"}
ROWS = {"type": "object", "properties": {"event_name": {"type": "string"}, "shop": {"type": "string"}}}


def python_of(page: str) -> list[Block]:
    return [block for block in blocks("python") if block.page == page and block.file not in RECIPES]


PAGES = sorted({block.page for block in blocks("python")} - ELSEWHERE)


def names(stack: cdk.Stack) -> dict[str, Any]:
    """What a block finds: the public names, a stack, and what its page says that the reader has."""
    packages = (cdk_clickstream, clickstream_producer)
    public = {name: getattr(package, name) for package in packages for name in package.__all__}
    people = {
        name: iam.Role(stack, name, assumed_by=iam.AccountRootPrincipal())
        for name in ("analysts", "on_call", "operators")
    }
    pipeline = cdk_clickstream.ClickstreamPipeline(stack, "OfThePage", auth=cdk_clickstream.ApiAuth.iam())
    return public | people | {"cdk": cdk, "stack": stack, "self": stack, "pipeline": pipeline}


@pytest.mark.parametrize("page", PAGES)
def test_the_python_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"ACCESS_KEY_ID": "LOCAL", "SECRET_ACCESS_KEY": "local", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_FIREHOSE", "http://127.0.0.1:9")
    (tmp_path / "rows.schema.json").write_text(json.dumps(ROWS))
    if any("VendoredPackages" in block.text for block in python_of(page)):
        (tmp_path / "requirements.txt").write_text(wheel(tmp_path))
        assert vendor(["requirements.txt", "build/vendored", "--", "--no-index", f"--find-links={tmp_path}"]) == 0
    stack = new_stack()
    namespace = names(stack)
    ran = 0
    for block in python_of(page):
        text = block.text.replace("/var/lib/clicks", str(tmp_path / "spool")).replace("timeout=10", "timeout=0")
        if block.file:
            (tmp_path / block.file).write_text(text)
        exec(compile(text, block.id, "exec"), namespace)
        ran += 1
    assert ran
    cdk.App.of(stack).synth()


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"JSII_NODE": os.environ.get("JSII_NODE", str(Path(sys.executable).parent / "node"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.matrix
def test_the_tests_that_the_page_on_testing_shows_pass(tmp_path: Path) -> None:
    tests, by_hand = python_of("docs/testing.md")
    (tmp_path / "test_shop.py").write_text(tests.text)
    # The second block is for a place that has no pytest, and reads what was synthesized.
    app = "import aws_cdk as cdk\nfrom cdk_clickstream.reference import ReferenceStack\n"
    app += "app = cdk.App(outdir='cdk.out')\nReferenceStack(app, 'Clickstream')\napp.synth()\n"
    body = "".join(f"    {line}\n" for line in by_hand.text.splitlines())
    (tmp_path / "test_by_hand.py").write_text(f"{app}\ndef test_by_hand():\n{body}")
    done = run_pytest(tmp_path)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.matrix
def test_the_snapshot_test_that_the_page_shows_writes_and_compares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conftest, test = python_of("docs/snapshots.md")
    (tmp_path / "conftest.py").write_text(conftest.text)
    (tmp_path / "test_stack.py").write_text(test.text)
    (tmp_path / "shop").mkdir()
    minimal = (CHECKOUT / "examples/minimal.py").read_text(encoding="utf-8")
    shop = minimal.replace("class Shop(", "class ShopStack(").partition("def build")[0]
    (tmp_path / "shop" / "stack.py").write_text(shop)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("CLICKSTREAM_UPDATE_SNAPSHOTS", "1")
    run_pytest(tmp_path)
    monkeypatch.delenv("CLICKSTREAM_UPDATE_SNAPSHOTS")
    done = run_pytest(tmp_path)
    assert "1 passed" in done.stdout, done.stdout
    assert (tmp_path / "snapshots" / "shop.json").exists()
