"""Packages for the transform's function: vendored for Lambda when the project is built, copied at synth.

.. code-block:: shell

    python -m cdk_clickstream.vendored requirements.txt build/vendored

runs pip for the platform of the function (arm64, its Python), wheels only, every one pinned by its hash, and needs no
Docker. Synth resolves and downloads nothing: it copies the folder, and refuses one that was vendored from another
requirements file or for another platform.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cdk_clickstream.errors import refuse

PLATFORM = "manylinux2014_aarch64"
PYTHON_VERSION = "3.14"
"""Of the function: see TransformFunction."""

_MARKER = ".vendored.json"
_UNWANTED = ("__pycache__", "*.pyc", "*.pyo", ".*")
# Scripts carry the path of the interpreter that installed them, so they differ between machines; nothing runs them.
_SCRIPTS = "bin"


@dataclass(frozen=True)
class VendoredPackages:
    """A folder that ``python -m cdk_clickstream.vendored`` has filled.

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
        requirements, marker = Path(self.requirements), Path(self.folder) / _MARKER
        again = f"run: python -m cdk_clickstream.vendored {self.requirements} {self.folder}"
        if not requirements.is_file():
            refuse("transform.packages", str(self.requirements), "is no file", "give the path of a requirements file")
        if not marker.is_file():
            refuse("transform.packages", str(self.folder), "holds no vendored packages", again)
        if json.loads(marker.read_text(encoding="utf-8")) != _describe(requirements):
            refuse(
                "transform.packages",
                str(self.folder),
                f"was vendored from other requirements or not for {PLATFORM}, Python {PYTHON_VERSION}",
                again,
            )

    def check_holds(self, package: str) -> None:
        """Refuse a folder without a package, which the function would miss when it starts."""
        if not (Path(self.folder) / package / "__init__.py").is_file():
            refuse(
                "transform.packages",
                str(self.folder),
                f"holds no {package}",
                f"pin {package} with its hashes in {self.requirements} and vendor again",
            )

    def copy_to(self, target: Path) -> None:
        """Copy the packages, without what differs between machines."""
        copy_tree(Path(self.folder), target, _SCRIPTS)


def copy_tree(source: Path, target: Path, *unwanted: str) -> None:
    """Copy a folder's files into another, without bytecode and hidden files."""
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_UNWANTED, *unwanted))


def vendor(requirements: Path, folder: Path, pip_options: Sequence[str] = ()) -> None:
    """Fill a folder, which is emptied first, with the packages of a requirements file.

    Parameters
    ----------
    requirements:
        Each package pinned with ``==`` and ``--hash``, those that others need included: pip refuses anything else.
    folder:
        Is made; what it held is removed, if it is empty or was filled by this command.
    pip_options:
        More options for pip, such as an index.

    Raises
    ------
    ConfigurationError
        For a folder that holds something else.
    subprocess.CalledProcessError
        When pip fails; it has said why.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARKER).is_file():
        refuse("folder", str(folder), "holds files that were not vendored", "give an empty or a new folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--require-hashes", "--only-binary=:all:", "--implementation=cp"]
    command += [f"--platform={PLATFORM}", f"--python-version={PYTHON_VERSION}"]
    subprocess.run([*command, f"--target={folder}", f"--requirement={requirements}", *pip_options], check=True)
    (folder / _MARKER).write_text(json.dumps(_describe(requirements), indent=2) + "\n", encoding="utf-8")


def _describe(requirements: Path) -> dict[str, str]:
    return {
        "requirements_sha256": hashlib.sha256(requirements.read_bytes()).hexdigest(),
        "platform": PLATFORM,
        "python": PYTHON_VERSION,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m cdk_clickstream.vendored",
        description="Fill a folder with the packages that a per-event function imports, for Lambda, by hash.",
        epilog="What follows -- is passed to pip, such as -- --index-url ADDRESS.",
    )
    parser.add_argument(
        "requirements", type=Path, help="pinned with == and --hash, as pip-compile --generate-hashes writes"
    )
    parser.add_argument("folder", type=Path, help="where the packages go")
    parser.add_argument("pip_options", nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    try:
        vendor(given.requirements, given.folder, given.pip_options)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
