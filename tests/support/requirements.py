"""Things outside of Python's packages that some tests need."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def absent(what: str, remedy: str) -> NoReturn:
    """Skip a test for want of something, saying how to get it; in CI, which has to have it, fail."""
    if os.environ.get("CLICKSTREAM_CI"):
        pytest.fail(f"{what}, and CI has to have it: {remedy}")
    pytest.skip(f"{what}: {remedy}")
