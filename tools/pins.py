"""Writes the hashes of the pinned Python packages, and the lock files of the Node.js tools: ``make pins``.

Versions are the ones that stand in ``requirements/*.txt`` and ``tools/*/package.json``; this adds what pip and npm check a
download against. No file names the address of a registry.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


def hash_requirements(file: Path) -> None:
    """Take the pins of a file, with or without hashes, and write them with hashes for every platform."""
    pins = re.findall(r"(?m)^[^\s#-]\S*(?: ;[^\\\n]*)?", file.read_text(encoding="utf-8"))
    with tempfile.NamedTemporaryFile("w", suffix=".in") as given:
        given.write("\n".join(pins) + "\n")
        given.flush()
        command = [str(BIN / "uv"), "pip", "compile", given.name, "--no-deps", "--generate-hashes", "--quiet"]
        command += ["--no-header", "--no-annotate", "--no-emit-index-url"]
        hashed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    file.write_text(hashed, encoding="utf-8")


def lock(folder: Path) -> None:
    """Lock the packages of a folder, without addresses: neither the registry's nor those for donations."""
    command = [str(BIN / "npm"), "install", "--package-lock-only", "--omit-lockfile-registry-resolved", "--silent"]
    # Elsewhere than in the folder: npm takes what is installed there for what the registry would give.
    with tempfile.TemporaryDirectory() as elsewhere:
        shutil.copy(folder / "package.json", elsewhere)
        subprocess.run([*command, "--no-audit", "--no-fund", "--prefix", elsewhere], check=True)
        locked = json.loads((Path(elsewhere) / "package-lock.json").read_text(encoding="utf-8"))
    for package in locked["packages"].values():
        package.pop("funding", None)
    text = json.dumps(locked, indent=2, ensure_ascii=False)
    (folder / "package-lock.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Write all of them."""
    for file in sorted((CHECKOUT / "requirements").glob("*.txt")):
        print(f"hashes of {file.name}")
        hash_requirements(file)
    for manifest in sorted((CHECKOUT / "tools").glob("*/package.json")):
        print(f"lock file of {manifest.parent.name}")
        lock(manifest.parent)


if __name__ == "__main__":
    main()
