"""Unit tests lie where their sources lie, so that a reader who knows one finds the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.checkout import CHECKOUT

SOURCES = {
    "constructs_": CHECKOUT / "constructs" / "cdk_clickstream",
    "integ": CHECKOUT / "integ",
    "local": CHECKOUT / "local" / "clickstream_local",
    "producer": CHECKOUT / "lambda" / "producer" / "clickstream_producer",
    "transform": CHECKOUT / "lambda" / "transform" / "clickstream_transform",
}


def source_of(test: Path, package: str) -> Path:
    """``<room>/test_<file>.py`` tests ``<room>/<file>.py``; a test of a private module leaves its underscore out."""
    room = test.parent.relative_to(CHECKOUT / "tests" / "unit" / package)
    name = test.stem.removeprefix("test_")
    private = SOURCES[package] / room / f"_{name}.py"
    return private if private.exists() else SOURCES[package] / room / f"{name}.py"


@pytest.mark.parametrize("package", SOURCES)
def test_each_unit_test_has_its_source_in_the_same_room(package: str) -> None:
    tests = sorted((CHECKOUT / "tests" / "unit" / package).rglob("test_*.py"))
    assert [str(test.relative_to(CHECKOUT)) for test in tests if not source_of(test, package).exists()] == []


def test_no_test_module_imports_another() -> None:
    """What tests share lies in tests/support."""
    tests = CHECKOUT / "tests"
    modules = {".".join(path.relative_to(tests).with_suffix("").parts) for path in tests.rglob("test_*.py")}
    sharing = [
        str(path.relative_to(CHECKOUT))
        for path in sorted(tests.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("from ", "import ")) and line.split()[1] in modules
    ]
    assert sharing == []
