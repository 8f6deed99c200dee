"""Every statement and every prefix of the full stacks, the CDK's own among them, against a table written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from support.full_stacks import STACKS, full_stack
from support.permission_tables import PERMISSIONS, PREFIXES
from support.stacks import Synthesized
from support.statements import mutations, permissions, prefixes, statements_in


@pytest.fixture(scope="module", params=STACKS)
def full(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Name and template of a stack."""
    return request.param, Synthesized(full_stack(request.param)).template


def sorted_lines(table: dict[str, list[str]]) -> dict[str, list[str]]:
    return {owner: sorted(lines) for owner, lines in table.items()}


def test_a_stack_allows_what_the_table_says_and_nothing_else(full: tuple[str, dict[str, Any]]) -> None:
    name, template = full
    assert permissions(template) == sorted_lines(PERMISSIONS[name])


def test_each_changed_statement_trust_policy_and_attachment_is_told_by_the_table(
    full: tuple[str, dict[str, Any]],
) -> None:
    """Dropped, turned around, widened in action or resource, freed of a condition, opened to somebody else."""
    name, template = full
    table = sorted_lines(PERMISSIONS[name])
    assert [what for what, changed in mutations(template) if permissions(changed) == table] == []


def test_each_statement_of_a_stack_is_changed_in_several_ways(full: tuple[str, dict[str, Any]]) -> None:
    """The test above would pass over an empty list."""
    template = full[1]
    statements = sum(1 for _ in statements_in(template["Resources"]))
    assert statements > 20
    assert sum(1 for _ in mutations(template)) > 5 * statements


def test_a_stack_writes_reads_and_deletes_where_the_table_says(full: tuple[str, dict[str, Any]]) -> None:
    name, template = full
    assert prefixes(template) == sorted_lines(PREFIXES[name])


def test_no_two_resources_of_a_stack_have_one_name_in_the_table(full: tuple[str, dict[str, Any]]) -> None:
    """Hashes are left out there: a right on another resource of the same name would go unnoticed."""
    names = [id_[:-8] for id_ in full[1]["Resources"]]
    assert len(set(names)) == len(names)
