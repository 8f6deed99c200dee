"""The team stacks of examples/: synthesized, compared with their snapshots, linted and nagged."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks, ServerlessChecks
from cfnlint.api import ManualArgs, lint

from support.checkout import CHECKOUT
from support.stacks import CONTEXT, Synthesized

EXAMPLES = sorted((CHECKOUT / "examples").glob("*.py"))


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> tuple[str, list[cdk.Stack]]:
    """Name and stacks of one example."""
    path: Path = request.param
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app = cdk.App(context=CONTEXT)
    module.build(app)
    return path.stem, [child for child in app.node.children if isinstance(child, cdk.Stack)]


def test_there_are_examples_enough() -> None:
    assert len(EXAMPLES) >= 8


def test_an_example_is_the_committed_one(
    example: tuple[str, list[cdk.Stack]], assert_template_snapshot: Callable[[cdk.Stack, str], None]
) -> None:
    name, stacks = example
    for stack in stacks:
        assert_template_snapshot(stack, f"example-{name.replace('_', '-')}-{stack.node.id.lower()}")


def test_cfn_lint_has_nothing_to_say(example: tuple[str, list[cdk.Stack]]) -> None:
    for stack in example[1]:
        text = json.dumps(Synthesized(stack).template)
        found = lint(text, config=ManualArgs(regions=["us-east-1"], include_checks=["W", "E"]))
        assert [f"{stack.node.id} {one.rule.id} {one.message}" for one in found] == []


@pytest.mark.parametrize("pack", [AwsSolutionsChecks, ServerlessChecks])
def test_cdk_nag_has_nothing_to_say(example: tuple[str, list[cdk.Stack]], pack: type) -> None:
    for stack in example[1]:
        report = pack(stack).validate_scope(stack)
        found = [
            (one.rule_name, [each.construct_path for each in one.violating_resources]) for one in report.violations
        ]
        assert found == []


def test_the_readme_lists_each_example() -> None:
    text = (CHECKOUT / "examples" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in EXAMPLES if f"[{path.name}]({path.name})" not in text] == []
