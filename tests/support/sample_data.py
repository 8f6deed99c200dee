"""Sample data that lies beside the checkout, not in it: tests that use it skip where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.checkout import CHECKOUT


def shared_file(relative: str) -> Path:
    """A file of the sample data (``CLICKSTREAM_SHARED``, or ``shared`` beside the checkout), or skip."""
    root = Path(os.environ.get("CLICKSTREAM_SHARED", CHECKOUT.parent / "shared"))
    path = root / relative
    if not path.exists():
        pytest.skip(f"sample data {relative} is not here; set CLICKSTREAM_SHARED to the folder that has it")
    return path


def sample_lines(relative: str) -> list[bytes]:
    """The lines of a file of the sample data."""
    return [line for line in shared_file(f"data/{relative}").read_bytes().split(b"\n") if line]
