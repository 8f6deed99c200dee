"""The app of `make integ`, synthesized once for all tests that run it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import aws_cdk as cdk

from integ.app import build
from integ.names import LoggingRole
from support.stacks import CONTEXT


@dataclass(frozen=True)
class IntegApp:
    """Its stacks, and the cloud assembly that they were synthesized into."""

    core: cdk.Stack
    edges: cdk.Stack
    assembly: Path
    folder: tempfile.TemporaryDirectory[str]


@cache
def integ_app() -> IntegApp:
    """Return the app with everything that it can have, the account's logging role included.

    Its folder goes with the process.
    """
    folder = tempfile.TemporaryDirectory(prefix="integ-")
    context = CONTEXT | {"logging-role": LoggingRole.MAKE.value}
    app = cdk.App(context=context, outdir=str(Path(folder.name) / "cdk.out"))
    core, edges = build(app)
    app.synth()
    return IntegApp(core, edges, Path(app.outdir), folder)
