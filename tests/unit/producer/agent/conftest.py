"""Fixtures of the agent's tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the logs are."""
    logs = tmp_path / "logs"
    logs.mkdir()
    return logs
