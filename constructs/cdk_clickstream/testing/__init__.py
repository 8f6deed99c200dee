"""Help for tests of stacks that hold a pipeline.

:func:`template_snapshot` needs nothing but the CDK; :mod:`cdk_clickstream.testing.fixtures` has a pytest fixture.
"""

from __future__ import annotations

from cdk_clickstream.testing.snapshot import template_snapshot

__all__ = ["template_snapshot"]
