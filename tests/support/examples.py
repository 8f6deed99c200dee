"""The stacks of examples/."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import aws_cdk as cdk

from support.checkout import CHECKOUT
from support.stacks import CONTEXT

EXAMPLES = sorted((CHECKOUT / "examples").glob("*.py"))


def example_stacks(path: Path) -> dict[str, cdk.Stack]:
    """Return the stacks of one example, by the name that they have in the table of permissions."""
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app = cdk.App(context=CONTEXT)
    module.build(app)
    return {f"{path.stem}-{one.node.id}": one for one in app.node.children if isinstance(one, cdk.Stack)}
