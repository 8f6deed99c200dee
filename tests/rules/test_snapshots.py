"""The whole template of two pipelines, as committed: with nothing but defaults, and with every part."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import pytest

from support.full_stacks import full_stack


@pytest.mark.parametrize("name", ["default", "everything"])
def test_the_template_is_the_committed_one(
    name: str, assert_template_snapshot: Callable[[cdk.Stack, str], None]
) -> None:
    assert_template_snapshot(full_stack(name), name)
