"""A glob of files: the paths that it finds, and why it finds none."""

from __future__ import annotations

import errno
import fnmatch
import os
import re
from collections.abc import Iterator
from typing import Final

COMPRESSED: Final = (".gz", ".bz2", ".xz", ".zst", ".zip")
"""Never followed: rotation makes them of files that were read."""

NOTHING_THERE: Final = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ELOOP)
"""Errors of a path that will not pass by themselves: it is not there, or not for this user, or leads in a circle."""

_MAGIC: Final = re.compile(r"[*?[]")


class PathPattern:
    """Finds files.

    Parameters
    ----------
    pattern
        A glob; a path that exists as it is written is one, too, whatever brackets it has.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def paths(self) -> list[str]:
        """Give the paths, sorted; without compressed files.

        Raises
        ------
        OSError
            A folder cannot be listed at this moment: which files are in it is not known. One that is not there, or that
            this user may not list, has none.
        """
        return [path for path in _found(self.pattern) if not path.lower().endswith(COMPRESSED)]

    def gzip_paths(self) -> list[str]:
        """Give the paths of gzip files that may belong to what the pattern finds; raises as :meth:`paths`."""
        return [path for path in sorted({*_found(self.pattern), *_found(f"{self.pattern}.gz")}) if path.endswith(".gz")]

    def why_nothing(self) -> str:
        """Say why no file is found."""
        if any(_found(self.pattern)):
            return "only compressed files, which are not followed, or no regular ones"
        folder = os.path.dirname(self.pattern) or "."  # noqa: PTH120  (bytes that are not UTF-8 stay as they are)
        while _MAGIC.search(folder):
            folder = os.path.dirname(folder) or "."  # noqa: PTH120
        if not os.path.isdir(folder):  # noqa: PTH112
            return f"there is no folder {shown(folder)}"
        if not os.access(folder, os.R_OK | os.X_OK):
            return f"the folder {shown(folder)} cannot be read by this user"
        return "[ begins a set of characters; write [[] for itself" if "[" in self.pattern else "none is there yet"


def shown(path: str) -> str:
    """Give a path as text for a message: bytes that are not UTF-8, and control characters, escaped."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _found(pattern: str) -> list[str]:
    found = sorted(_expand("", pattern.split("/")))
    return found if found or not os.path.lexists(pattern) else [pattern]


def _expand(folder: str, parts: list[str]) -> Iterator[str]:
    """Give what the parts of a pattern find below a folder, which ends with a slash or is empty.

    As ``glob.glob``, which takes a folder that cannot be listed for an empty one.
    """
    part, *rest = parts
    if part == "**":
        yield from _expand(folder, rest or ["*"])
        for name in _names(folder, "*"):
            if os.path.isdir(f"{folder}{name}"):  # noqa: PTH112
                yield from _expand(f"{folder}{name}/", parts)
    elif not rest:
        names = _names(folder, part) if _MAGIC.search(part) else [part] if os.path.lexists(f"{folder}{part}") else []
        yield from (f"{folder}{name}" for name in names)
    else:
        for name in _names(folder, part) if _MAGIC.search(part) else [part]:
            yield from _expand(f"{folder}{name}/", rest)


def _names(folder: str, part: str) -> list[str]:
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208  (half the time of Path.iterdir)
    except OSError as error:
        if error.errno in NOTHING_THERE:
            return []
        raise
    return [name for name in fnmatch.filter(names, part) if part[0] == "." or name[0] != "."]
