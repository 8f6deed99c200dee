"""Errors that no one foresaw, as one line for standard error, which may be closed."""

from __future__ import annotations

import contextlib
import sys
import traceback
from pathlib import Path


def say(text: str) -> None:
    """Print a line to standard error; who started the runtime may have closed it, or gone."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(text, file=sys.stderr)


def describe(error: BaseException) -> str:
    """Type and place of an error, and its text where the operating system wrote it: others may quote a record."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}{f': {error.filename}' if error.filename else ''}"
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}" if frames else ""
    return f"{type(error).__name__}{place}"
