"""The command that vendors packages for the transform's function when a project is built.

.. code-block:: shell

    python -m cdk_clickstream.vendor requirements.txt build/vendored

runs pip for the platform of the function (arm64, its Python), wheels only, every one pinned by its hash, and needs no
Docker. Synth resolves and downloads nothing: it copies the folder, and refuses one that was vendored from another
requirements file or for another platform.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cdk_clickstream._validation import refuse
from cdk_clickstream.transform.vendored import MARKER, PLATFORM, PYTHON_VERSION, describe


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
        When pip fails; pip prints why.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        refuse("folder", str(folder), "holds files that were not vendored", "give an empty or a new folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--require-hashes", "--only-binary=:all:", "--implementation=cp"]
    command += [f"--platform={PLATFORM}", f"--python-version={PYTHON_VERSION}"]
    subprocess.run([*command, f"--target={folder}", f"--requirement={requirements}", *pip_options], check=True)
    (folder / MARKER).write_text(json.dumps(describe(requirements), indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m cdk_clickstream.vendor",
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
