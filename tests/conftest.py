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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many of AWS's own answers hold (tests/rules/test_recorded.py)."""
    held, broken = (
        sum(_is_recording(report.nodeid) for kind in kinds for report in terminalreporter.getreports(kind))
        for kinds in (("passed",), ("failed", "error"))
    )
    if held + broken:
        terminalreporter.write_line(f"recorded by AWS {held}/{held + broken}")


def _is_recording(test: str) -> bool:
    return "test_recorded.py::" in test and test.endswith("]")
