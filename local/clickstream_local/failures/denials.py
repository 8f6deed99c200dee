"""The rights that the last run of a data directory found missing, kept there for ``clickstream errors``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

_FILE = "denials.json"


def write_denials(data_dir: Path, denials: Iterable[str]) -> None:
    """Keep what is denied, each in AWS's words with what to change; what another run left goes."""
    (data_dir / _FILE).write_text(json.dumps(list(denials), indent=1), encoding="utf-8")


def read_denials(data_dir: Path) -> list[str]:
    """What the last run left; nothing where there was none."""
    try:
        found: list[str] = json.loads((data_dir / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return found
