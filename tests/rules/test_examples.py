"""The team stacks of examples/: synthesized, linted, nagged, and compared with the table of permissions."""

from __future__ import annotations

import json

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks, ServerlessChecks
from cfnlint.api import ManualArgs, lint

from support.checkout import CHECKOUT
from support.examples import EXAMPLES, example_stacks
from support.permission_tables import PERMISSIONS, PREFIXES
from support.stacks import Synthesized
from support.statements import permissions, prefixes


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> dict[str, cdk.Stack]:
    """The stacks of one example by their names."""
    return example_stacks(request.param)


def test_there_are_examples_enough() -> None:
    assert len(EXAMPLES) >= 8


def test_an_example_allows_what_the_table_says_and_nothing_else(example: dict[str, cdk.Stack]) -> None:
    for name, stack in example.items():
        table = {owner: sorted(lines) for owner, lines in PERMISSIONS[name].items()}
        assert permissions(Synthesized(stack).template) == table


def test_an_example_writes_reads_and_deletes_where_the_table_says(example: dict[str, cdk.Stack]) -> None:
    for name, stack in example.items():
        table = {owner: sorted(lines) for owner, lines in PREFIXES[name].items()}
        assert prefixes(Synthesized(stack).template) == table


def test_cfn_lint_has_nothing_to_say(example: dict[str, cdk.Stack]) -> None:
    for stack in example.values():
        text = json.dumps(Synthesized(stack).template)
        found = lint(text, config=ManualArgs(regions=["us-east-1"], include_checks=["W", "E"]))
        assert [f"{stack.node.id} {one.rule.id} {one.message}" for one in found] == []


@pytest.mark.parametrize("pack", [AwsSolutionsChecks, ServerlessChecks])
def test_cdk_nag_has_nothing_to_say(example: dict[str, cdk.Stack], pack: type) -> None:
    for stack in example.values():
        report = pack(stack).validate_scope(stack)
        found = [
            (one.rule_name, [each.construct_path for each in one.violating_resources]) for one in report.violations
        ]
        assert found == []


def test_the_readme_lists_each_example() -> None:
    text = (CHECKOUT / "examples" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in EXAMPLES if f"[{path.name}]({path.name})" not in text] == []
