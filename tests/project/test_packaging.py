"""What works from the checkout works the same from the built wheels (DESIGN section 4)."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.checkout import CHECKOUT

PRODUCER = CHECKOUT / "lambda" / "producer"

pytestmark = pytest.mark.xdist_group("packaging")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    out = tmp_path_factory.mktemp("wheels")
    for project in (PRODUCER, CHECKOUT):
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
        subprocess.run(command, cwd=project, check=True, capture_output=True)
    return sorted(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has the wheels, and of this one the third-party packages only.

    A path file adds this environment's packages without running their own path files, so the editable installs of
    the checkout are not seen.
    """
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    (library,) = (environment / "lib").glob("python3.*/site-packages")
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(library)
    (library / "third_party.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return python


def run(python: Path, *arguments: str, cwd: Path, **environment: str) -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = [str(python), *arguments]
    done = subprocess.run(command, cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def assembly_of(python: Path, app: list[str], folder: Path, cwd: Path) -> dict[str, str]:
    """File name to content of a synthesized assembly's templates and asset lists."""
    settings = json.loads((CHECKOUT / "cdk.json").read_text())
    run(python, *app, cwd=cwd, CDK_OUTDIR=str(folder), CDK_CONTEXT_JSON=json.dumps(settings.get("context", {})))
    files = {path.name: path.read_text() for path in folder.glob("*.json")}
    return {name: text for name, text in files.items() if name.endswith((".template.json", ".assets.json"))}


def test_the_wheels_synthesize_the_same_template_as_the_checkout(installed: Path, tmp_path: Path) -> None:
    """Asset hashes included: they are part of the templates and the asset lists."""
    app = tmp_path / "app.py"
    app.write_text((CHECKOUT / "app.py").read_text())
    from_wheels = assembly_of(installed, [str(app)], tmp_path / "wheels.out", tmp_path)
    from_checkout = assembly_of(Path(sys.executable), ["app.py"], tmp_path / "checkout.out", CHECKOUT)
    assert from_wheels
    assert from_wheels == from_checkout


def test_the_wheel_carries_a_reference_stack_for_the_demo(installed: Path, tmp_path: Path) -> None:
    """`clickstream demo` without an app.py runs it (DESIGN section 9)."""
    assembly = assembly_of(installed, ["-m", "cdk_clickstream.reference"], tmp_path / "out", tmp_path)
    assert any(name.endswith(".template.json") for name in assembly)


def test_every_package_is_typed_and_carries_its_data(wheels: list[Path]) -> None:
    names = {name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}
    for package in ("cdk_clickstream", "clickstream_transform", "clickstream_local", "clickstream_producer"):
        assert f"{package}/py.typed" in names
    assert {"clickstream_transform/click.schema.json", "clickstream_transform/click.columns.json"} <= set(names)


def test_the_licences_of_the_lists_are_in_the_wheel(wheels: list[Path]) -> None:
    names = {name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}
    for path in (CHECKOUT / "tools/enrichment/licences").glob("*.txt"):
        assert any(name.endswith(f".dist-info/licenses/{path.relative_to(CHECKOUT)}") for name in names)


def test_the_wheels_hold_no_tests_and_no_build_output(wheels: list[Path]) -> None:
    roots = {name.split("/")[0] for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}
    packages = {root for root in roots if not root.endswith(".dist-info")}
    assert packages == {"cdk_clickstream", "clickstream_local", "clickstream_producer", "clickstream_transform"}


def test_the_commands_start_from_the_wheels(installed: Path, tmp_path: Path) -> None:
    assert "clickstream demo" in run(installed, "-m", "clickstream_local", "--help", cwd=tmp_path)
