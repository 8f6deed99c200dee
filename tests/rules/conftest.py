from __future__ import annotations

from support.construct_fixtures import assert_template_snapshot, reference, stack, with_key

__all__ = ["assert_template_snapshot", "reference", "stack", "with_key"]
