"""For all suites."""

from __future__ import annotations

import pytest
from hypothesis import settings

# The same inputs on every machine: what fails here fails there. `make soak` tries others.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("random")
settings.load_profile("repeatable")


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name packed bytes by what they are: gzip writes the time into them, and workers must collect the same names."""
    return f"{argname}-gzip" if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None
