"""The built tracker is what its source says, and small."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from support.checkout import CHECKOUT
from support.requirements import absent

TRACKER = CHECKOUT / "tracker"

sys.path.insert(0, str(TRACKER))
from bundle import BUILT, SERVED, TOOLS, bundle  # noqa: E402
from event_types import event_types, limits, read_schema  # noqa: E402


def test_the_types_are_the_schema_s() -> None:
    assert (TRACKER / "src/event.ts").read_text() == event_types(read_schema()), "run `make tracker`"
    assert (TRACKER / "src/limits.ts").read_text() == limits(read_schema()), "run `make tracker`"


def test_what_the_server_makes_is_not_a_client_s_to_send() -> None:
    types = event_types(read_schema())
    made = [name for name, member in read_schema()["properties"].items() if member.get("readOnly")]
    assert "is_bot" in made
    assert [name for name in made if f"  {name}?:" in types or f"  {name}:" in types] == []


@pytest.mark.parametrize(("name", "most"), [("core.mjs", 4_000), ("clickstream.mjs", 5_000), ("clickstream.js", 5_000)])
def test_it_stays_small(name: str, most: int) -> None:
    """Peers have 2.7 KB (plausible) to 122 KB (posthog-js) with gzip."""
    assert len(gzip.compress((TRACKER / name).read_bytes(), 9)) <= most


def test_its_package_has_the_licence() -> None:
    assert (TRACKER / "LICENSE").read_bytes() == (CHECKOUT / "LICENSE").read_bytes()


def test_the_wheel_carries_the_same_files() -> None:
    for name, copy in SERVED.items():
        assert copy.read_bytes() == (TRACKER / name).read_bytes(), "run `make tracker`"


@pytest.mark.browser
def test_the_built_files_are_those_that_the_source_builds(tmp_path: Path) -> None:
    if not (TOOLS / "esbuild").exists():
        absent("esbuild and tsc are not installed", "make test-browser installs them")
    bundle(tmp_path)
    built = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(built) > 3
    stale = [str(path) for path, data in built.items() if (TRACKER / path).read_bytes() != data]
    assert stale == [], "run `make tracker`"


@pytest.mark.browser
@pytest.mark.parametrize(("module", "resolution"), [("nodenext", "nodenext"), ("esnext", "bundler")])
def test_a_typed_program_takes_it_from_its_package(tmp_path: Path, module: str, resolution: str) -> None:
    if not (TOOLS / "tsc").exists():
        absent("tsc is not installed", "make test-browser installs it")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/clickstream-tracker").symlink_to(TRACKER)
    (tmp_path / "page.mts").write_text(PROGRAM)
    options = ["--module", module, "--moduleResolution", resolution, "--target", "es2022", "--lib", "es2022,dom"]
    tsc = [str(TOOLS / "tsc"), "--noEmit", "--strict", "--types", "", *options, "page.mts"]
    run = subprocess.run(tsc, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout == ""
    assert run.returncode == 0


def _tool(name: str, *arguments: str, cwd: Path = TRACKER) -> str:
    if not (TOOLS / name).exists():
        absent(f"{name} is not installed", "make test-browser installs it")
    command = [str(TOOLS / name), *arguments]
    run = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.mark.browser
def test_bundlers_and_type_checkers_find_what_the_package_names(tmp_path: Path) -> None:
    _tool("publint", "--strict", "--pack", "false")
    subprocess.run(["npm", "pack", "--silent", "--pack-destination", str(tmp_path)], cwd=TRACKER, check=True)
    (packed,) = tmp_path.glob("*.tgz")
    _tool("attw", str(packed), "--profile", "node16")
    with tarfile.open(packed) as files:
        names = {name.removeprefix("package/") for name in files.getnames()}
    assert {"README.md", "LICENSE", "package.json", *BUILT} <= names


ESLINT = """
import compat from "eslint-plugin-compat";
const browsers = ["defaults", "not op_mini all"];
export default [{...compat.configs["flat/recommended"], settings: {browsers}}];
"""


@pytest.mark.browser
def test_browsers_in_use_have_what_it_calls_or_it_asks_first(tmp_path: Path) -> None:
    """Those of `defaults, not op_mini all` (browserslist)."""
    (tmp_path / "eslint.config.mjs").write_text(ESLINT)
    (tmp_path / "node_modules").symlink_to(TOOLS.parent)
    for name in ("clickstream.mjs", "clickstream.js"):
        (tmp_path / name).write_bytes((TRACKER / name).read_bytes())
    _tool("eslint", ".", cwd=tmp_path)
    (tmp_path / "bad.js").write_text("navigator.bluetooth.getAvailability();")
    with pytest.raises(AssertionError, match="bluetooth"):
        _tool("eslint", ".", cwd=tmp_path)


LISTS = Path("/usr/share/chromium/extensions/ublock-origin/assets/thirdparties/easylist")

MATCH = """
import {readFileSync} from "node:fs";
import {StaticNetFilteringEngine} from "@gorhill/ubo-core";
const engine = await StaticNetFilteringEngine.create();
const lists = process.argv.slice(2).map((path) => ({name: path, raw: readFileSync(path, "utf-8")}));
await engine.useLists(lists);
const asked = (url, type) => engine.matchRequest({originURL: "https://shop.example/tea", url, type}) != 0;
console.log(JSON.stringify({
  site: asked("https://shop.example/s/site.js", "script"),
  debug: asked("https://shop.example/s/debug.mjs", "script"),
  own: asked("https://shop.example/s/events", "fetch"),
  api: asked("https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/events", "fetch"),
  clickstream: asked("https://shop.example/clickstream.js", "script"),
  beacon: asked("https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/events", "ping"),
}));
"""


@pytest.mark.browser
def test_the_guide_s_names_are_on_no_list_of_trackers(tmp_path: Path) -> None:
    """EasyList and EasyPrivacy by uBlock Origin's own engine: what they block is why the guide names neither."""
    if not LISTS.exists():
        absent("EasyList and EasyPrivacy", "install Debian's webext-ublock-origin-chromium")
    if not (TOOLS.parent / "@gorhill/ubo-core").exists():
        absent("ubo-core is not installed", "make test-browser installs it")
    (tmp_path / "match.mjs").write_text(MATCH)
    (tmp_path / "node_modules").symlink_to(TOOLS.parent)
    command = [os.environ["JSII_NODE"], "match.mjs", str(LISTS / "easylist.txt"), str(LISTS / "easyprivacy.txt")]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout.splitlines()[-1]) == {
        "site": False,
        "debug": False,
        "own": False,
        "api": False,
        "clickstream": True,
        "beacon": True,
    }


PROGRAM = """
import { createTracker } from "clickstream-tracker";

const lost: string[] = [];
const tracker = createTracker({
  endpoint: "https://api.example/prod/events",
  common: { app_id: "shop" },
  onDrop: (events, reason) => lost.push(`${events[0]!.event_id} ${reason.toUpperCase()}`),
});
tracker.track("purchase", { value: 42.5, currency: "EUR", properties: { order: "A-1" } });
// @ts-expect-error: the schema wants a number
tracker.track("purchase", { value: "42.5" });
// @ts-expect-error: there is no such option
createTracker({ endpoint: "https://api.example/prod/events", batchsize: 10 });
"""
