"""Notices that files below some paths have changed, by looking again and again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

Fingerprint = frozenset[tuple[str, int, int]]


class Watch:
    """What some files and folders looked like when they were last looked at."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._seen = {path: fingerprint(path) for path in paths}

    def changed(self) -> set[Path]:
        """The paths that look different from the last time."""
        now = {path: fingerprint(path) for path in self._seen}
        different = {path for path, seen in self._seen.items() if now[path] != seen}
        self._seen = now
        return different


def fingerprint(path: Path) -> Fingerprint:
    """Name, time and size of each file at or below ``path``; what vanishes meanwhile is left out."""
    found = set()
    for file in [path, *path.rglob("*")]:
        try:
            status = file.stat()
        except OSError:
            continue
        if file.is_file() and file.suffix != ".pyc":
            found.add((str(file), status.st_mtime_ns, status.st_size))
    return frozenset(found)
