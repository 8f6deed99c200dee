"""The CDK command line, as ``make deploy`` uses it, on the app of a run."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


class CdkError(Exception):
    """A command failed; what it printed is on the console already."""


class CdkCli:
    """Deploys and destroys the stacks of one run.

    Parameters
    ----------
    cdk:
        The script of the pinned version, as npm installs it.
    region:
        Where to.
    context:
        Of the app, see :mod:`integ.app`.
    folder:
        Where the cloud assembly and the outputs go.
    """

    def __init__(self, cdk: Path, *, region: str, context: Mapping[str, str], folder: Path) -> None:
        self._folder = folder
        self._context = context
        self._assembly: Path | None = None
        node = Path(sys.executable).parent / "node"
        self._command = [str(node), str(cdk.resolve())]
        self._environment = {
            **os.environ,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "JSII_NODE": str(node),
            "PYTHONPATH": str(CHECKOUT),
        }

    def deploy(self, stack: str) -> dict[str, dict[str, str]]:
        """Deploy one stack and return its outputs.

        Raises
        ------
        CdkError
            If it is not deployed.
        """
        outputs = self._folder / f"{stack}.outputs.json"
        self._run(
            "deploy",
            stack,
            "--app",
            str(self.synthesize()),
            "--require-approval",
            "never",
            "--outputs-file",
            str(outputs),
        )
        found: dict[str, dict[str, str]] = json.loads(outputs.read_text(encoding="utf-8"))
        return found

    def destroy(self, stacks: Sequence[str]) -> None:
        """Delete stacks, those among them that were never made included.

        Raises
        ------
        CdkError
            If one is left.
        """
        self._run("destroy", *stacks, "--app", str(self.synthesize()), "--force")

    def synthesize(self) -> Path:
        """Synthesize both stacks, which takes no account, and return the cloud assembly: the same one each time.

        Raises
        ------
        CdkError
            If the app fails.
        """
        if self._assembly is None:
            assembly = self._folder / "cdk.out"
            settings = [part for name, value in self._context.items() for part in ("--context", f"{name}={value}")]
            app = shlex.join([sys.executable, "-m", "integ.app"])
            self._run("synth", "--quiet", "--app", app, "--output", str(assembly), *settings)
            self._assembly = assembly
        return self._assembly

    def _run(self, *arguments: str) -> None:
        done = subprocess.run([*self._command, *arguments], cwd=CHECKOUT, env=self._environment, check=False)
        if done.returncode:
            raise CdkError(f"cdk {' '.join(arguments[:2])} ended with {done.returncode}")
