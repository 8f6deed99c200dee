"""The built tracker is what its source says, and small."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from support.checkout import CHECKOUT
from support.requirements import absent

TRACKER = CHECKOUT / "tracker"
SERVED = CHECKOUT / "local/clickstream_local/live/clickstream.js"

sys.path.insert(0, str(TRACKER))
from bundle import TOOLS, bundle  # noqa: E402
from event_types import event_types, read_schema  # noqa: E402


def test_the_types_are_the_schema_s() -> None:
    assert (TRACKER / "src/event.ts").read_text() == event_types(read_schema()), "run `make tracker`"


def test_what_the_server_makes_is_not_a_client_s_to_send() -> None:
    types = event_types(read_schema())
    made = [name for name, member in read_schema()["properties"].items() if member.get("readOnly")]
    assert "is_bot" in made
    assert [name for name in made if f"  {name}?:" in types or f"  {name}:" in types] == []


@pytest.mark.parametrize("name", ["clickstream.js", "clickstream.mjs"])
def test_it_fits_three_kilobytes(name: str) -> None:
    """Goal 14 of transforms.md section 8; peers have 2.7 KB (plausible) to 122 KB (posthog-js)."""
    assert len(gzip.compress((TRACKER / name).read_bytes(), 9)) <= 3_000


def test_the_demo_shop_carries_the_same_file() -> None:
    assert SERVED.read_bytes() == (TRACKER / "clickstream.js").read_bytes(), "run `make tracker`"


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
