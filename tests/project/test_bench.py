"""Benchmarks compare like with like."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import synth
from clickstream_local.demo.synth import synthesize


@pytest.mark.matrix
def test_the_bare_app_has_the_resources_of_the_reference_app(tmp_path: Path) -> None:
    for name, app in synth.APPS.items():
        synthesize(app, tmp_path / name)
    assert synth.resources(tmp_path / "bare") == synth.resources(tmp_path / "reference")
