"""From what a test has at hand (a stack, an app, a folder, a file) to a cloud assembly on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def assembly_of(source: Any) -> tuple[Path, str | None]:
    """Path of an assembly or template, and the name of the one stack that is meant.

    CDK objects are told by what they can do, so that nothing of the CDK is imported: a stack is synthesized with its
    whole app, an app or stage as a whole, a cloud assembly is taken as it lies.

    Raises
    ------
    TypeError
        If ``source`` is none of these.
    """
    if isinstance(source, str | Path):
        return Path(source), None
    if hasattr(source, "directory"):
        return Path(source.directory), None
    if hasattr(source, "stack_name"):
        return Path(source.node.root.synth().directory), str(source.stack_name)
    if hasattr(source, "synth"):
        return Path(source.synth().directory), None
    raise TypeError(
        f"a pipeline starts from a CDK stack or app, a cloud assembly, or the path of an assembly or template; "
        f"{type(source).__name__} is none of these"
    )
