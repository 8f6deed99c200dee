"""Packages for the transform's function, as ``python -m cdk_clickstream.vendor`` has left them in a folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from cdk_clickstream._validation import checked, refuse

PLATFORM = "manylinux2014_aarch64"
PYTHON_VERSION = "3.14"
"""Of the function: see TransformFunction."""

MARKER = ".vendored.json"
"""File in the folder that says what it was filled from."""

_UNWANTED = ("__pycache__", "*.pyc", "*.pyo", ".*")
# Scripts carry the path of the interpreter that installed them, so they differ between machines; nothing runs them.
_SCRIPTS = "bin"


@checked
@dataclass(frozen=True)
class VendoredPackages:
    """A folder that ``python -m cdk_clickstream.vendor`` has filled.

    Parameters
    ----------
    requirements:
        The requirements file, each package pinned with ``==`` and ``--hash``.
    folder:
        Where the packages are.

    Raises
    ------
    ConfigurationError
        When the folder was not filled from this file, as it is now, for the function's platform.
    """

    requirements: str | Path
    folder: str | Path

    def __post_init__(self) -> None:
        """Check the marker in the folder."""
        requirements, marker = Path(self.requirements), Path(self.folder) / MARKER
        again = f"run: python -m cdk_clickstream.vendor {self.requirements} {self.folder}"
        if not requirements.is_file():
            refuse("transform.packages", str(self.requirements), "is not a file", "give the path of one")
        if not marker.is_file():
            refuse("transform.packages", str(self.folder), "holds no vendored packages", again)
        if json.loads(marker.read_text(encoding="utf-8")) != describe(requirements):
            refuse(
                "transform.packages",
                str(self.folder),
                f"was vendored from other requirements or not for {PLATFORM}, Python {PYTHON_VERSION}",
                again,
            )

    def copy_to(self, target: Path) -> None:
        """Copy the packages, without what differs between machines."""
        copy_tree(Path(self.folder), target, _SCRIPTS)


def copy_tree(source: Path, target: Path, *unwanted: str) -> None:
    """Copy a folder's files into another, without bytecode and hidden files."""
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_UNWANTED, *unwanted))


def describe(requirements: Path) -> dict[str, str]:
    """Return what a folder is filled from: a requirements file as it is now, for the function's platform."""
    return {
        "requirements_sha256": hashlib.sha256(requirements.read_bytes()).hexdigest(),
        "platform": PLATFORM,
        "python": PYTHON_VERSION,
    }
