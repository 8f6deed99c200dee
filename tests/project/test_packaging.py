"""What works from the checkout works the same from the built wheels."""

from __future__ import annotations

import json
import os
import shlex
import site
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from support.checkout import CHECKOUT
from support.documents import Block, blocks
from support.local_process import LocalProcess

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
    """`clickstream demo` without an app.py runs it."""
    assembly = assembly_of(installed, ["-m", "cdk_clickstream.reference"], tmp_path / "out", tmp_path)
    assert any(name.endswith(".template.json") for name in assembly)


def test_the_command_tells_its_version_and_without_its_extra_what_to_install() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "clickstream_local", "--version"], capture_output=True, text=True, check=True
    )
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    assert version in told.stdout
    code = "import sys; sys.modules['click'] = None; from clickstream_local.cli import main; main()"
    bare = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (bare.returncode, bare.stdout) == (1, "")
    assert bare.stderr == "clickstream: click is not installed; pip install 'cdk-clickstream[local]' brings it\n"


def test_every_package_is_typed_and_carries_its_data(wheels: list[Path]) -> None:
    names = {name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}
    for package in ("cdk_clickstream", "clickstream_transform", "clickstream_local", "clickstream_producer"):
        assert f"{package}/py.typed" in names
    assert {"clickstream_transform/click.schema.json", "clickstream_transform/click.columns.json"} <= set(names)


ORIGINS = {
    "clickstream_local/aws/calls.json": "ours",
    "clickstream_local/cost/prices.json": "facts, each with its source",
    "clickstream_local/live/": "ours, and the tracker's bundle",
    "clickstream_local/plan/replacement.json": "names of properties in the schemas that cfn-lint carries (MIT-0)",
    "clickstream_transform/blueprints/": "ours",
    "clickstream_transform/click.": "ours",
}
"""Data in the wheels, by the beginning of its path, and where it is from."""


def test_all_data_in_the_wheels_is_named_with_where_it_is_from(wheels: list[Path]) -> None:
    names = {name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    data = {name for name in names if not name.endswith((".py", "py.typed"))}
    assert [name for name in sorted(data) if not name.startswith(tuple(ORIGINS))] == []
    assert [begin for begin in ORIGINS if not any(name.startswith(begin) for name in data)] == []


def test_the_licence_of_each_list_that_is_compiled_into_a_module_is_in_the_wheel(wheels: list[Path]) -> None:
    names = {name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}
    sources = tomllib.loads((CHECKOUT / "tools/enrichment/sources.toml").read_text(encoding="utf-8"))["sources"]
    compiled = [source["name"] for source in sources if "compiled" in source["use"].split()]
    assert len(compiled) >= 3
    for name in compiled:
        licence = f"tools/enrichment/licences/{name}.txt"
        assert (CHECKOUT / licence).stat().st_size > 200
        assert any(path.endswith(f".dist-info/licenses/{licence}") for path in names), name
    for wheel in wheels:
        assert any(path.endswith(".dist-info/licenses/LICENSE") for path in zipfile.ZipFile(wheel).namelist()), wheel


def test_the_wheels_hold_no_tests_and_no_build_output(wheels: list[Path]) -> None:
    roots = {name.split("/")[0] for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}
    packages = {root for root in roots if not root.endswith(".dist-info")}
    assert packages == {"cdk_clickstream", "clickstream_local", "clickstream_producer", "clickstream_transform"}


def test_the_commands_start_from_the_wheels(installed: Path, tmp_path: Path) -> None:
    assert "clickstream demo" in run(installed, "-m", "clickstream_local", "--help", cwd=tmp_path)


def installs() -> list[str]:
    """Every `pip install` of the documents, but those of tools that are not ours."""
    shown = [command for block in blocks("shell") for command in block.commands() if command.startswith("pip install")]
    return sorted({name for command in shown for name in shlex.split(command)[2:] if "clickstream" in name})


@pytest.mark.parametrize("name", installs())
def test_what_the_documents_install_is_a_wheel_with_that_extra(wheels: list[Path], tmp_path: Path, name: str) -> None:
    """Without a package index, so without what the wheels need."""
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--ignore-installed", "--target"]
    command += [str(tmp_path), "--find-links", str(wheels[0].parent), name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "does not provide the extra" not in done.stdout + done.stderr


def quickstart() -> dict[str, Block]:
    """The blocks of the quickstart by the first word of a command, or by the file that they are."""
    found = [block for block in blocks("shell", "python") if block.page == "docs/quickstart.md"]
    return {block.file or block.text.split()[0]: block for block in found}


def test_the_quickstart_runs_from_the_wheels_as_it_stands(installed: Path, tmp_path: Path) -> None:
    steps = quickstart()
    assert list(steps) == ["mkdir", "app.py", "CDK_OUTDIR=cdk.out", "curl", "clickstream", "test_shop.py", "pip", "cdk"]
    # What `pip install` puts on the path: the interpreter, its command, and Node.js.
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "python").write_text(f'#!/bin/sh\nexec {installed} "$@"\n')
    (commands / "clickstream").write_text(f'#!/bin/sh\nexec {installed} -m clickstream_local "$@"\n')
    (commands / "node").symlink_to(Path(sys.executable).parent / "node")
    for command in ("python", "clickstream"):
        (commands / command).chmod(0o755)
    shop = tmp_path / "shop"
    shop.mkdir()
    for name in ("app.py", "test_shop.py"):
        (shop / name).write_text(steps[name].text)

    def bash(*lines: str) -> str:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "JSII"))}
        environment["PATH"] = f"{commands}{os.pathsep}{environment['PATH']}"
        script = ["bash", "-ec", "\n".join(lines)]
        done = subprocess.run(script, cwd=shop, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    synthesize, serve = steps["CDK_OUTDIR=cdk.out"].commands()
    bash(synthesize)
    arguments = shlex.split(serve.replace("4580", "0"))[1:]
    data = ["--assembly", str(shop / "cdk.out"), "--data-dir", str(shop / ".clickstream")]
    local = LocalProcess([str(commands / "clickstream"), *arguments, *data], shop / ".clickstream")
    answers = bash(steps["curl"].text.replace("http://127.0.0.1:4580", local.url))
    assert answers.count("request_id") == 2
    rows = bash(*steps["clickstream"].commands()[:1])
    assert "/cart" in rows
    assert "42.5" in rows
    assert "value" in bash(*steps["clickstream"].commands()[1:])
    local.process.terminate()
    assert local.process.wait(timeout=60) == 0
    assert "1 passed" in bash(steps["pip"].commands()[1].replace("pytest", "pytest -p no:cacheprovider"))
    assert steps["cdk"].commands() == ['cdk deploy --app "python app.py"']
