"""The reference app, synthesized once, and the local runtime that runs it in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickstream_local.demo.runtime_process import running
from clickstream_local.demo.synth import synthesize
from support.checkout import CHECKOUT
from support.running_pipeline import Pipeline


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("assembly") / "cdk.out"
    synthesize(CHECKOUT / "app.py", out)
    return out


@pytest.fixture
def pipeline(assembly: Path, tmp_path: Path) -> Iterator[Pipeline]:
    """A fresh runtime; delivery waits for `flush`."""
    with running(assembly, tmp_path / "data", buffer_interval=600) as runtime:
        yield Pipeline(runtime, tmp_path / "data")
