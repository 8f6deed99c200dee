"""Fixtures of the constructs' tests. One Node.js process serves them all."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from cdk_clickstream import ApiAuth, ClickstreamPipeline, Encryption
from cdk_clickstream.testing.fixtures import assert_template_snapshot
from support.stacks import REASON, Synthesized, new_stack

__all__ = ["assert_template_snapshot", "reference", "stack", "with_key"]


@pytest.fixture
def stack() -> cdk.Stack:
    return new_stack()


@pytest.fixture(scope="session")
def reference() -> Synthesized:
    """The pipeline with nothing but defaults."""
    stack = new_stack("Clickstream")
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.public(reason=REASON))
    return Synthesized(stack)


@pytest.fixture(scope="session")
def with_key() -> Synthesized:
    """The pipeline with a customer managed key of its own."""
    stack = new_stack("WithKey")
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.iam(), encryption=Encryption.kms())
    return Synthesized(stack)
